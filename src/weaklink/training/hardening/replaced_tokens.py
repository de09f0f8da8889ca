"""Replaced-token detection as a second task, which the paper takes from ELECTRA."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from weaklink.models.runtimes import untyped
from weaklink.training.batches import Batches, drawn_anew
from weaklink.training.classifier import mixed_precision
from weaklink.training.hardening.defence import Defence, DefenceSettings, Lesson, Regime


class ReplacedTokenSettings(DefenceSettings):
    """How much is replaced, and what finding it is worth."""

    replaced: float = Field(0.15, gt=0, lt=1, description="Share of the tokens that are replaced")
    weight: float = Field(1.0, gt=0, description="Of the second task's loss beside the first's")


class _WithHead(nn.Module):
    """A classifier and a head that says of each token whether it was replaced."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.model = model
        self.head = nn.Linear(model.config.hidden_size, 1)

    def replaced(self, given: dict[str, Tensor]) -> Tensor:
        """Return a logit for each token, shape (batch, tokens)."""
        encoder = getattr(self.model, self.model.base_model_prefix)
        seen = encoder(**given)
        logits: Tensor = self.head(seen[0]).squeeze(-1)
        return logits


def _begin(lesson: Lesson) -> Regime:
    """Classify, and tell at the same time which tokens of a text were replaced.

    Qin et al. 2024, section 7, see ELECTRA keep more robustness than other models and suggest its
    training task (Clark, Luong, Le and Manning 2020, section 2): 15 % of the tokens are exchanged,
    and the model tells which. As in ``training.electra`` they are exchanged for draws from the
    unigram distribution, and not for those of a generator. The head for tokens is new and is not
    kept. Texts with replaced tokens are not classified. Stored adversarial texts are samples, too.
    Of a pair, tokens of both segments are exchanged.
    """
    student, settings = lesson.student, lesson.settings
    items = student.items([*lesson.samples, *lesson.stored])
    size = student.recipe.batch_size
    batches = Batches([len(ids) for ids, _ in items], size, drawn_anew(lesson.seed))
    torch.manual_seed(lesson.seed)
    network = _WithHead(student.model).to(student.model.device)
    tokens = [token for ids, _ in items for token in untyped(ids)]
    counts = torch.bincount(torch.tensor(tokens)).float()
    special = sorted(student.special_tokens)
    counts[[one for one in special if one < len(counts)]] = 0

    def loss(step: int) -> Tensor:
        batch = [items[i] for i in batches.at(step)]
        given, _ = student.inputs(batch)
        ids = given["input_ids"]
        mask = given.get("attention_mask", torch.ones_like(ids))
        inner = mask.bool() & ~torch.isin(ids, torch.tensor(special, device=ids.device))
        chosen = (torch.rand(ids.shape) < settings.replaced).to(ids.device) & inner
        drawn = torch.multinomial(counts, max(1, int(chosen.sum())), replacement=True)
        shown = ids.masked_scatter(chosen, drawn.to(ids.device))
        with mixed_precision(ids.device):
            logits = network.replaced({**given, "input_ids": shown}).float()
        told = binary_cross_entropy_with_logits(logits[inner], (shown != ids)[inner].float())
        both: Tensor = student.loss(batch) + settings.weight * told
        return both

    return Regime(network, student.recipe.epochs * batches.per_epoch, loss)


replaced_tokens = Defence(
    name="replaced-tokens",
    paper="Clark, Luong, Le and Manning 2020, ELECTRA: Pre-training Text Encoders as "
    "Discriminators Rather Than Generators, https://arxiv.org/abs/2003.10555",
    needs_stored=False,
    settings=ReplacedTokenSettings,
    begin=_begin,
)
