"""The training loop of a sequence classifier."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_

from weaklink.data.samples import Sample
from weaklink.errors import WeaklinkError
from weaklink.models.runtimes import pad
from weaklink.progress import Progress
from weaklink.victims.checkpoint import ClassifierCheckpoint, hushed, pick_device, reading_length
from weaklink.victims.labels import align
from weaklink.victims.reader import Reader

_WARM_UP = 0.1
_GRADIENT_NORM = 1.0
_BUCKET = 16
"""Batches of samples that are sorted by length together, so that little is padding."""

_Item: TypeAlias = tuple[tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: Times that every sample is seen.
        learning_rate: Peak of AdamW's rate, reached after a tenth of the steps and then lowered
            linearly to zero.
        batch_size: Samples in a step.
        max_length: Tokens read of each text, also by the model that comes out.
        seed: Chooses the samples, the new head's weights, dropout and the order.
        device: ``auto`` (CUDA, else MPS, else CPU) or a torch device.
    """

    epochs: int = 1
    learning_rate: float = 2e-4
    batch_size: int = 32
    max_length: int = 128
    seed: int = 0
    device: str = "auto"


class Student:
    """A model that is being trained.

    Labels of a classifier that mean the same as the data's are kept, so that it goes on from its
    head; otherwise, and on a bare encoder, a new head is made.

    Args:
        base: Hub id or local folder.
        labels: Names of the data's labels.
        recipe: How to train.

    Raises:
        WeaklinkError: The base cannot be loaded, or cannot read as many tokens.
    """

    def __init__(self, base: str, labels: Sequence[str], recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        checkpoint = ClassifierCheckpoint.open(base)
        self.source = checkpoint.source
        self._recipe = recipe
        self._gold = _gold_order(checkpoint, labels)
        names = dict(sorted(zip(self._gold, labels, strict=True)))
        loaded = checkpoint.load(
            new_head=True,
            id2label=names,
            label2id={name: place for place, name in names.items()},
            problem_type="single_label_classification",
        )
        self._model = loaded.model.to(pick_device(recipe.device))
        self._tokenizer = loaded.tokenizer
        length = reading_length(base, loaded, recipe.max_length)
        self._reader = Reader(loaded.tokenizer, length, self._model.config.pad_token_id)

    def train(self, samples: Sequence[Sample], progress: Progress) -> None:
        """Train on the samples.

        Raises:
            WeaklinkError: Training diverged.
        """
        items = self._items(samples)
        shuffle = random.Random(self._recipe.seed)  # noqa: S311 - an order, not a secret
        epochs = [self._batches(items, shuffle) for _ in range(self._recipe.epochs)]
        steps = sum(map(len, epochs))
        optimiser = torch.optim.AdamW(self._model.parameters(), lr=self._recipe.learning_rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
        self._model.train()
        for epoch, batches in enumerate(epochs, start=1):
            of = f", epoch {epoch} of {len(epochs)}" if len(epochs) > 1 else ""
            progress.begin(f"Training{of}", len(items))
            for batch in batches:
                self._step(batch, optimiser)
                schedule.step()
                progress.advance(len(batch))

    @torch.inference_mode()
    def accuracy(self, samples: Sequence[Sample], progress: Progress) -> float:
        """Return the share of the samples that are classified correctly."""
        self._model.eval()
        items = sorted(self._items(samples), key=lambda item: len(item[0]))
        progress.begin("Testing on held-out samples", len(items))
        correct = 0
        for batch in _cut(items, self._recipe.batch_size):
            logits, gold = self._forward(batch)
            correct += int((logits.argmax(dim=1) == gold).sum())
            progress.advance(len(batch))
        return correct / len(items)

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), configuration and tokenizer."""
        self._tokenizer.model_max_length = self._reader.max_length
        with hushed():
            self._model.save_pretrained(folder)
            self._tokenizer.save_pretrained(folder)

    def _step(self, batch: Sequence[_Item], optimiser: torch.optim.Optimizer) -> None:
        with _mixed_precision(self._model.device):
            logits, gold = self._forward(batch)
        loss = cross_entropy(logits.float(), gold)
        if not torch.isfinite(loss):
            raise WeaklinkError("Training diverged: the loss is not finite.", "Lower --lr.")
        torch.autograd.backward(loss)
        clip_grad_norm_(self._model.parameters(), _GRADIENT_NORM)
        optimiser.step()
        optimiser.zero_grad()

    def _forward(self, batch: Sequence[_Item]) -> tuple[Tensor, Tensor]:
        device = self._model.device
        parts = pad([ids for ids, _ in batch], self._model.config.pad_token_id)
        ids, mask = (torch.from_numpy(part).to(device) for part in parts)
        gold = torch.tensor([label for _, label in batch], device=device)
        return self._model(input_ids=ids, attention_mask=mask).logits, gold

    def _items(self, samples: Sequence[Sample]) -> list[_Item]:
        ids = self._reader.encode([sample.text for sample in samples])
        return [(row, self._gold[s.label]) for row, s in zip(ids, samples, strict=True)]

    def _batches(self, items: Sequence[_Item], shuffle: random.Random) -> list[list[_Item]]:
        """Return the items in random batches of similar length."""
        size = self._recipe.batch_size
        order = shuffle.sample(items, len(items))
        buckets = (sorted(b, key=lambda item: len(item[0])) for b in _cut(order, size * _BUCKET))
        batches = [batch for bucket in buckets for batch in _cut(bucket, size)]
        shuffle.shuffle(batches)
        return batches


def _gold_order(checkpoint: ClassifierCheckpoint, labels: Sequence[str]) -> tuple[int, ...]:
    """Return the model's index for each label of the data."""
    theirs = tuple(checkpoint.config.id2label.values())
    known = align(labels, theirs) if checkpoint.has_head and len(theirs) == len(labels) else None
    return known or tuple(range(len(labels)))


def _cut(items: Sequence[_Item], size: int) -> list[list[_Item]]:
    return [list(items[i : i + size]) for i in range(0, len(items), size)]


def _rate(step: int, steps: int) -> float:
    """Return the share of the peak learning rate at a step: up, then down to zero."""
    warm_up = max(1, round(steps * _WARM_UP))
    return min((step + 1) / warm_up, (steps - step) / max(1, steps - warm_up + 1))


def _mixed_precision(device: torch.device) -> AbstractContextManager[object]:
    """Return bf16 autocasting where the hardware computes in it, which doubles the speed."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", torch.bfloat16)
    told: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    if device.type == "cpu" and (told.get("avx512_bf16") or told.get("amx_bf16")):
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()
