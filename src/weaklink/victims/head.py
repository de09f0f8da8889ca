"""Whether a model has a classification head, by its configuration and the names of its weights."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification

from weaklink.errors import WeaklinkError

_FEWEST_LABELS = 2


def require_head(name: str, config: Any, tensors: Collection[str] | None) -> None:  # noqa: ANN401
    """Refuse a model that is no single-label text classifier, before its weights are loaded.

    Args:
        name: How the user named the model.
        config: Its transformers configuration.
        tensors: Names of the tensors in its weights; None where they cannot be read without
            unpickling.

    Raises:
        WeaklinkError: The model is a bare encoder, was made for another task, has a single output
            (a regression) or gives every label a probability of its own (multi-label).
    """
    named = config.architectures or []
    if named and not any("ForSequenceClassification" in one for one in named):
        raise bare(name, f"its configuration names {', '.join(named)}")
    if config.num_labels < _FEWEST_LABELS:
        raise _unsuited(name, "has one output only, a regression")
    if config.problem_type == "multi_label_classification":
        raise _unsuited(name, "gives several labels at once (multi-label)")
    if getattr(config, "auto_map", None):
        return
    head = _head_tensors(name, config)
    if tensors is not None and head.isdisjoint(tensors):
        raise bare(name, f"its weights have no {' or '.join(sorted(head))}")


def bare(name: str, seen: str) -> WeaklinkError:
    """Return the error for a model without a classification head."""
    return WeaklinkError(
        f"{name} is a bare encoder ({seen}): it has no classification head, so it has no "
        "robustness to measure.",
        f"Fine-tune it first: weaklink finetune {name} --data NAME --out DIR.",
    )


def _unsuited(name: str, fault: str) -> WeaklinkError:
    return WeaklinkError(
        f"{name} {fault}. weaklink measures models that choose one of several labels.",
        "Choose a single-label classifier.",
    )


def _head_tensors(name: str, config: Any) -> frozenset[str]:  # noqa: ANN401
    """Return the names of the classifier's tensors that lie outside its encoder."""
    try:
        with torch.device("meta"):
            model = AutoModelForSequenceClassification.from_config(config)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise WeaklinkError(
            f"{name} is a {config.model_type} model; transformers cannot classify text with it.",
            "Choose a model of another architecture.",
        ) from error
    encoder = f"{model.base_model_prefix}."
    return frozenset(key for key in model.state_dict() if not key.startswith(encoder))
