"""A sequence classifier that is being trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from weaklink.cache import digest_of_parts
from weaklink.data.samples import Sample
from weaklink.errors import WeaklinkError
from weaklink.models.runtimes import BatchLayout, arranged
from weaklink.models.runtimes.dropout import fast_dropout
from weaklink.models.runtimes.linear import fast_linear
from weaklink.progress import Progress
from weaklink.training.batches import Batches, cut, drawn_on
from weaklink.training.finetune_recipe import Recipe
from weaklink.training.loop import Trained, train
from weaklink.training.schedule import FinetuneSchedule
from weaklink.victims.labels import align
from weaklink.victims.local.checkpoint import (
    ClassifierCheckpoint,
    hushed,
    pick_device,
    reading_length,
)
from weaklink.victims.local.logits import INPUTS, named_inputs
from weaklink.victims.local.reader import Reader

_WARM_UP = 0.1
_POOL = 16

Item: TypeAlias = tuple[tuple[int, ...], int]
"""Token ids of a text, and its label as the model's index."""


class Student:
    """A model that is being trained.

    Labels of a classifier that mean the same as the data's are kept, so that it goes on from its
    head; otherwise, and on a bare encoder, a new head is made.

    Args:
        base: Hub id or local folder.
        labels: Names of the data's labels.
        recipe: How to train.

    Attributes:
        model: The transformers model.
        reader: Its tokenizer with a maximum length.
        recipe: How it is trained.

    Raises:
        WeaklinkError: The base cannot be loaded, or cannot read as many tokens.
    """

    def __init__(self, base: str, labels: Sequence[str], recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        checkpoint = ClassifierCheckpoint.open(base)
        self._checkpoint = checkpoint
        self._labels = labels
        self.recipe = recipe
        self._gold = _gold_order(checkpoint, labels)
        names = dict(sorted(zip(self._gold, labels, strict=True)))
        loaded = checkpoint.load(
            new_head=True,
            id2label=names,
            label2id={name: place for place, name in names.items()},
            problem_type="single_label_classification",
        )
        self.model = loaded.model.to(pick_device(recipe.device))
        self.model.config.pad_token_id = loaded.filler
        self._tokenizer = loaded.tokenizer
        length = reading_length(base, loaded, recipe.max_length)
        self.reader = Reader(loaded.tokenizer, length, loaded.filler)

    @property
    def special_tokens(self) -> frozenset[int]:
        """Ids of the tokens that stand for no text."""
        return frozenset(self._tokenizer.all_special_ids)

    @property
    def base(self) -> Path:
        """Folder of the files that it started from."""
        return self._checkpoint.source.folder

    def digest(self, samples: Sequence[Sample]) -> str:
        """Return the digest of all that the weights depend on if it is trained on the samples."""
        rows = (f"{sample.label} {sample.text}" for sample in samples)
        base = self._checkpoint.fingerprint(repr(self.recipe))
        return digest_of_parts([base, *self._labels, "", *rows])

    def train(self, samples: Sequence[Sample], work: Path, progress: Progress) -> Trained:
        """Train on the samples.

        Args:
            samples: What to learn from.
            work: Folder of what an interrupted training goes on from.
            progress: Is told of each step.

        Raises:
            WeaklinkError: Training diverged.
        """
        recipe, items = self.recipe, self.items(samples)
        lengths = [len(ids) for ids, _ in items]
        batches = Batches(lengths, recipe.batch_size, drawn_on(recipe.seed), _POOL)

        def loss(step: int) -> Tensor:
            return self.loss([items[i] for i in batches.at(step)])

        return self.learn(self.model, loss, recipe.epochs * batches.per_epoch, work, progress)

    def learn(
        self,
        network: torch.nn.Module,
        loss: Callable[[int], Tensor],
        steps: int,
        work: Path,
        progress: Progress,
    ) -> Trained:
        """Train the model, alone or in a network around it, by the recipe's rate.

        Args:
            network: All weights that are learnt.
            loss: Returns the loss of a step, given its number.
            steps: How many steps.
            work: Folder of what an interrupted training goes on from.
            progress: Is told of each step.

        Raises:
            WeaklinkError: Training diverged.
        """
        schedule = FinetuneSchedule(
            steps=steps,
            learning_rate=self.recipe.learning_rate,
            warm_up=max(1, round(steps * _WARM_UP)),
            seed=self.recipe.seed,
        )
        return train(network, loss, schedule, work, progress)

    @torch.inference_mode()
    def accuracy(self, samples: Sequence[Sample], progress: Progress) -> float:
        """Return the share of the samples that are classified correctly."""
        items = sorted(self.items(samples), key=lambda item: len(item[0]))
        progress.begin("Testing on held-out samples", len(items))
        correct = 0
        for batch in cut(items, self.recipe.batch_size):
            given, gold = self.inputs(batch)
            with fast_linear(str(self.model.device)):
                logits = self.model(**given).logits
            correct += int((logits.argmax(dim=1) == gold).sum())
            progress.advance(len(batch))
        return correct / len(items)

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), configuration and tokenizer."""
        self._tokenizer.model_max_length = self.reader.max_length
        with hushed():
            self.model.save_pretrained(folder)
            self._tokenizer.save_pretrained(folder)

    def loss(self, batch: Sequence[Item]) -> Tensor:
        """Return the cross entropy of a batch.

        Raises:
            WeaklinkError: It is not finite.
        """
        return self.loss_of(*self.inputs(batch))

    def loss_of(self, given: Mapping[str, Tensor], gold: Tensor) -> Tensor:
        """Return the cross entropy of what the model takes, by name, and the labels.

        Raises:
            WeaklinkError: It is not finite.
        """
        device = self.model.device
        with mixed_precision(device), fast_dropout(str(device)):
            logits = self.model(**given).logits
        loss = cross_entropy(logits.float(), gold)
        if not torch.isfinite(loss):
            raise WeaklinkError("Training diverged: the loss is not finite.", "Lower --lr.")
        return loss

    def inputs(self, batch: Sequence[Item]) -> tuple[dict[str, Tensor], Tensor]:
        """Return what the model takes of a batch, by name, and the labels.

        Ids, mask and token types have the shape (batch, tokens), the labels the shape (batch,).
        """
        device = self.model.device
        layout = BatchLayout(self.reader.filler, typed=self.reader.typed)
        parts = arranged([ids for ids, _ in batch], layout)
        gold = torch.tensor([label for _, label in batch], device=device)
        named = named_inputs(self.model)
        given = {
            name: torch.from_numpy(part).to(device)
            for name, part in zip(INPUTS, parts, strict=False)
            if name in named
        }
        return given, gold

    def items(self, samples: Sequence[Sample]) -> list[Item]:
        """Return token ids and the model's index of the label of each sample."""
        ids = self.reader.encode([sample.text for sample in samples])
        return [(row, self._gold[s.label]) for row, s in zip(ids, samples, strict=True)]


def _gold_order(checkpoint: ClassifierCheckpoint, labels: Sequence[str]) -> tuple[int, ...]:
    """Return the model's index for each label of the data."""
    theirs = tuple(checkpoint.config.id2label.values())
    known = align(labels, theirs) if checkpoint.has_head and len(theirs) == len(labels) else None
    return known or tuple(range(len(labels)))


def mixed_precision(device: torch.device) -> AbstractContextManager[object]:
    """Return bf16 autocasting where the hardware computes in it, which doubles the speed."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", torch.bfloat16)
    told: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    if device.type == "cpu" and (told.get("avx512_bf16") or told.get("amx_bf16")):
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()
