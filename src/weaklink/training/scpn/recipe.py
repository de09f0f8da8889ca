"""How the network is trained."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from pydantic import JsonValue
from torch import Tensor

from weaklink.generators.networks import Network
from weaklink.generators.scpn.lexis import Lexis
from weaklink.generators.scpn.network import ScpnNetwork, ScpnSizes, log_likelihood
from weaklink.generators.tokens import tokenise
from weaklink.generators.vocabulary import PAD
from weaklink.lexicons.counter_fitted import load_counter_fitted
from weaklink.progress import Progress
from weaklink.training.batches import Batches, drawn_anew
from weaklink.training.building import Learnt
from weaklink.training.corpus import Corpus
from weaklink.training.loop import train
from weaklink.training.schedule import Schedule, seed_step
from weaklink.training.scpn.examples import Batch, TemplateExample, batch
from weaklink.training.scpn.noise import Noise
from weaklink.training.scpn.parses import parse_once
from weaklink.training.scpn.quality import measure
from weaklink.training.scpn.selection import select, similar_words

_VALIDATED = 1000


class ScpnRecipe:
    """Parses the corpus, trains the network on it, and measures it.

    Args:
        steps: Steps of training.
        batch: Sentences in a step.
        words: Numbers of words.
        generable: Numbers of words that can be generated.
        width: Dimensions of every vector.
        seed: What every random choice depends on.
    """

    name: Network = "scpn"
    paper = "https://aclanthology.org/2021.eacl-main.88"

    def __init__(
        self,
        *,
        steps: int = 6000,
        batch: int = 48,
        words: int = 8000,
        generable: int = 2000,
        width: int = 192,
        seed: int = 0,
    ) -> None:
        self.seed = seed
        self.settings: dict[str, JsonValue] = {
            "steps": steps,
            "batch": batch,
            "words": words,
            "generable": generable,
            "width": width,
        }
        self._batch = batch
        self._schedule = Schedule(steps=steps, learning_rate=1.5e-3, warm_up=300, seed=seed)
        self._words, self._generable, self._width = words, generable, width

    def learn(self, corpus: Corpus, work: Path, device: torch.device, progress: Progress) -> Learnt:
        """Train it; ``work`` keeps the parses and the checkpoint."""
        templates = parse_once(corpus.training, work / "templates.json", progress)
        progress.begin("Choosing sentences")
        examples = select([tokenise(s) for s in corpus.training], templates, self.seed)
        lexis = Lexis.learn(
            [example.tokens for example in examples],
            [example.template for example in examples],
            self._words,
            self._generable,
        )
        noise = Noise(
            similar_words(lexis, load_counter_fitted(progress=progress)), lexis.can_generate
        )
        network, seconds = self.fit(examples, lexis, noise, work, device, progress)
        return Learnt(
            tensors=network.state_dict(),
            metadata=lexis.metadata(),
            settings=self.settings,
            figures=measure(network, lexis, corpus.held_out, progress),
            seconds=seconds,
        )

    def fit(
        self,
        examples: Sequence[TemplateExample],
        lexis: Lexis,
        noise: Noise,
        work: Path,
        device: torch.device,
        progress: Progress,
    ) -> tuple[ScpnNetwork, float]:
        """Train a new network on examples; return it with the seconds that it took.

        Its weights are rounded as ``save_weights`` rounds them.
        """
        seed_step(self.seed, 0)
        network = ScpnNetwork(ScpnSizes.of(lexis, self._width)).to(device)
        apart, learnt = examples[:_VALIDATED], examples[_VALIDATED:]
        batches = Batches([len(e.tokens) for e in learnt], self._batch, drawn_anew(self.seed))

        def drawn(chosen: Sequence[TemplateExample], number: int) -> Batch:
            choice = random.Random(self.seed * 1_000_003 + number)  # noqa: S311
            return batch(chosen, lexis, noise, choice).to(device)

        def loss(step: int) -> Tensor:
            return mean_loss(network, drawn([learnt[i] for i in batches.at(step)], step))

        def validate() -> float:
            parts = range(0, len(apart), self._batch)
            losses = [mean_loss(network, drawn(apart[i : i + self._batch], -1 - i)) for i in parts]
            return float(torch.stack(losses).mean())

        trained = train(network, loss, self._schedule, work, progress, validate=validate)
        return network.half().float().eval(), trained.seconds


def mean_loss(network: ScpnNetwork, learnt: Batch) -> Tensor:
    """Return the mean negative log-likelihood of the targets, computed in bfloat16."""
    with torch.autocast(learnt.said.device.type, torch.bfloat16):
        memory, states = network.encode(learnt.source)
        step = network.decode(memory, learnt.said, learnt.slots, states)
    likelihood = log_likelihood(step, learnt.targets, learnt.copies)
    wanted = learnt.targets != PAD
    total: Tensor = -(likelihood * wanted).sum() / wanted.sum()
    return total
