"""The joint loss of the networks. Each sees its adversary's current weights.

The papers let autoencoder, critic and generator take turns, and train the inverter when all others
are done. Here the critic's loss and the loss of those that it judges are added up, the one with
their codes cut off from the gradient, the other with the critic's weights cut off; one step of the
optimizer moves all. The generator learns to invert the inverter, and the decoder to read what the
generator makes of it, so that what is decoded around a sentence is that sentence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from weaklink.generators.gan.networks import Critic, Networks, Sizes
from weaklink.generators.vocabulary import PAD
from weaklink.training.gan.sampled_softmax import SampledSoftmax

_RAREST = 1e-7


@dataclass(frozen=True, slots=True)
class Terms:
    """How much each part of the loss counts, and how far the noise reaches.

    Attributes:
        noise: The most noise on latent places (its standard deviation) and on codes (its length);
            each sentence gets a share of it, drawn evenly.
        critic: Of the critic's own loss.
        adversarial: Of what the critic says to encoder and generator.
        latent: Of the inverter's error on generated codes.
        code: Of the generator's error on inverted codes.
        prior: Of how far the latent places of sentences are from N(0, I).
        penalty: Of the critic's gradient (Gulrajani et al. 2017, equation 3).
    """

    noise: float = 0.5
    critic: float = 1.0
    adversarial: float = 0.1
    latent: float = 1.0
    code: float = 1.0
    prior: float = 1.0
    penalty: float = 10.0


class Arae(nn.Module):
    """All networks.

    Args:
        sizes: Of the networks.
        terms: Of the loss.
        frequencies: The share of each word among all, which the decoder begins with.
    """

    def __init__(self, sizes: Sizes, terms: Terms, frequencies: Tensor) -> None:
        super().__init__()
        self.networks = Networks(sizes)
        self.critic = Critic(sizes)
        with torch.no_grad():
            self.networks.autoencoder.bias.copy_(torch.log(frequencies + _RAREST))
        self._latent = sizes.latent
        self._terms = terms

    def loss(self, words: Tensor, softmax: SampledSoftmax) -> dict[str, Tensor]:
        """Return the parts of the loss, weighted, for words of shape (batch, length).

        - ``words``: cross-entropy of the sentence decoded from its code and some noise (ARAE,
          Algorithm 1, part 1) for one half of the batch, and from the code that the generator makes
          of its latent place and some noise for the other half.
        - ``critic`` and ``adversarial``: the two sides of the Wasserstein game between codes of
          sentences and generated ones (ARAE, Algorithm 1, parts 2 and 3), with a gradient penalty.
        - ``latent`` and ``code``: the two errors of the inverter (Zhao, Dua and Singh, section 2),
          of drawn places that were generated and inverted, and of codes inverted and generated.
        - ``prior``: the distance of the sentences' latent places from N(0, I), in their second
          moments and in their lengths. Without it they move away from where the generator is asked.
        """
        terms = self._terms
        autoencoder, generator = self.networks.autoencoder, self.networks.generator
        inverter = self.networks.inverter
        codes = autoencoder.encode(words)
        latents = inverter(codes)
        again = generator(latents)
        half = len(codes) // 2
        noisy = codes[:half] + self._noise(codes[:half]) / math.sqrt(codes.shape[-1])
        nearby = generator(latents[half:] + self._noise(latents[half:]))
        mixed = torch.cat([functional.normalize(noisy, dim=-1), nearby])
        drawn = torch.randn(len(codes), self._latent, device=codes.device)
        generated = generator(drawn)
        return {
            "words": softmax(autoencoder, autoencoder.decode(mixed, words), words),
            "critic": terms.critic * self._critic_loss(codes.detach(), generated.detach()),
            "adversarial": terms.adversarial
            * (self._judged(codes).mean() - self._judged(generated).mean()),
            "latent": terms.latent * (inverter(generated) - drawn).square().mean(),
            "code": terms.code * (again - codes).square().sum(dim=-1).mean(),
            "prior": terms.prior * _distance_from_normal(latents.float()),
        }

    def words_loss(self, words: Tensor) -> Tensor:
        """Return the cross-entropy of sentences written from their latent places, without noise."""
        networks = self.networks
        codes = networks.generator(networks.inverter(networks.autoencoder.encode(words)))
        present = words != PAD
        told = networks.autoencoder.decode(codes, words)[present]
        logits = networks.autoencoder.logits(told)
        loss: Tensor = functional.cross_entropy(logits, words[present])
        return loss

    def _noise(self, vectors: Tensor) -> Tensor:
        """Return noise for each vector, of a standard deviation drawn for it."""
        share = self._terms.noise * torch.rand_like(vectors[:, :1])
        return share * torch.randn_like(vectors)

    def _critic_loss(self, real: Tensor, generated: Tensor) -> Tensor:
        gap = self.critic(generated).mean() - self.critic(real).mean()
        share = torch.rand(len(real), 1, device=real.device)
        between = (share * real + (1 - share) * generated).requires_grad_()
        values = self.critic(between).sum()
        (slope,) = torch.autograd.grad(values, between, create_graph=True)
        excess: Tensor = slope.norm(dim=-1) - 1
        loss: Tensor = gap + self._terms.penalty * excess.square().mean()
        return loss

    def _judged(self, codes: Tensor) -> Tensor:
        """Return the critic's values, as something that the critic does not learn from."""
        weights = {name: weight.detach() for name, weight in self.critic.named_parameters()}
        values: Tensor = functional_call(self.critic, weights, (codes,))
        return values


def _distance_from_normal(latents: Tensor) -> Tensor:
    """Return how far latent places are from N(0, I); 0 where their moments and lengths are its."""
    count, dimensions = latents.shape
    moments = latents.T @ latents / count - torch.eye(dimensions, device=latents.device)
    lengths = latents.square().mean(dim=1) - 1
    return moments.square().sum() / dimensions + lengths.square().mean()
