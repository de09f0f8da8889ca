"""What a classifier's outputs say: one of several labels, or whether one thing holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from weaklink.errors import WeaklinkError, instead

_NUMBERED = re.compile(r"label_?\d+|\d+", re.IGNORECASE)
_THRESHOLD = re.compile(r">=\s*([+-]?\d+(?:\.\d*)?)")
_LEAST_LABELS = 2


@dataclass(frozen=True)
class Outputs:
    """How logits become those of labels of which exactly one holds.

    Attributes:
        labels: The labels, in the order of the logits.
        column: The output that says whether the last label holds; None: one output for each label.
        threshold: The value of that output from which on it is more likely than not.
    """

    labels: tuple[str, ...]
    column: int | None = None
    threshold: float = 0.0

    def __call__(self, logits: Tensor) -> Tensor:
        """Return logits of shape (batch, labels).

        The softmax of (0, z) is a pipeline's sigmoid of z.
        """
        if self.column is None:
            return logits
        one = logits[:, self.column] - self.threshold
        return torch.stack([torch.zeros_like(one), one], dim=1)


def outputs_of(name: str, config: Any, read_as: str | None) -> Outputs:  # noqa: ANN401
    """Return how the outputs of a model are read, by its configuration, as a pipeline reads them.

    Several outputs are labels that exclude each other (softmax), unless the configuration says
    ``multi_label_classification``. One output is the log odds of its label (sigmoid), unless the
    configuration says ``regression``.

    Args:
        name: How the user named the model.
        config: Its transformers configuration.
        read_as: ``>=NUMBER``, where a single output is a number that is compared with this one; or
            one of several labels, each of which holds or not. None: as the configuration says.

    Raises:
        WeaklinkError: The configuration does not say enough, or it cannot be read as asked.
    """
    labels = tuple(str(label) for _, label in sorted(config.id2label.items()))
    threshold = _THRESHOLD.fullmatch(read_as) if read_as else None
    if len(labels) < _LEAST_LABELS:
        return _single(name, labels[0] if labels else "", config.problem_type, read_as)
    if read_as in labels:
        return Outputs((f"not {read_as}", read_as), labels.index(read_as))
    if read_as is not None and threshold is None:
        raise WeaklinkError(
            f"{name} has no label {read_as!r}.", instead(read_as, labels, "Its labels are")
        )
    if config.problem_type == "regression" or threshold:
        raise WeaklinkError(
            f"{name} gives {len(labels)} numbers, and weaklink compares one with a threshold.",
            "Give a model with one output, or a Python function that gives probabilities.",
        )
    if config.problem_type == "multi_label_classification":
        raise WeaklinkError(
            f"{name} gives several labels at once (multi-label), and weaklink measures one.",
            f"Choose one with --read-as: {', '.join(labels)}.",
        )
    return Outputs(labels)


def _single(name: str, label: str, problem: str | None, read_as: str | None) -> Outputs:
    threshold = _THRESHOLD.fullmatch(read_as) if read_as else None
    if threshold:
        number = threshold[1]
        return Outputs((f"below {number}", f"{number} or more"), 0, float(number))
    if read_as is not None and read_as != label:
        raise WeaklinkError(
            f"{name} has one output, {label!r}, and cannot be read as {read_as!r}.",
            "Give --read-as '>=NUMBER' for a regression, or leave it out.",
        )
    if problem == "regression":
        raise WeaklinkError(
            f"{name} gives a number (a regression), and weaklink measures models that choose.",
            "Say which numbers count as one label: --read-as '>=3.5'.",
        )
    if not label or _NUMBERED.fullmatch(label):
        return Outputs(("LABEL_0", "LABEL_1"), 0)
    return Outputs((f"not {label}", label), 0)
