"""Whether a model has a classification head, by its configuration and the names of its weights."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification

from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import loading

_MOST_ABSENT = 10_000_000
"""Numbers that a model may have beyond twice those in its weights, such as tables it makes anew."""


def require_head(
    name: str,
    config: Any,  # noqa: ANN401
    tensors: Collection[str] | None,
    parameters: int | None = None,
) -> None:
    """Refuse a model that is not a text classifier, before its weights are loaded.

    Args:
        name: How the user named the model.
        config: Its transformers configuration.
        tensors: Names of the tensors in its weights; None where they cannot be read without
            unpickling.
        parameters: How many numbers these hold; None where it is not known.

    Raises:
        WeaklinkError: Its configuration asks for much more memory than its weights fill, or the
            model is a bare encoder or was made for another task.
    """
    named = config.architectures or []
    if named and not any("ForSequenceClassification" in one for one in named):
        told = f"its configuration names {', '.join(named)}"
        raise bare(name, told) if all(map(_is_bare, named)) else _another_task(name, told)
    if getattr(config, "auto_map", None):
        return
    with loading(name, "Check its configuration."):
        model = empty_classifier(name, config)
    if parameters is not None and model.num_parameters() > 2 * parameters + _MOST_ABSENT:
        raise WeaklinkError(
            f"{name} cannot be loaded: its configuration asks for {model.num_parameters():,} "
            f"numbers, and its weights have {parameters:,}.",
            "Check that its files are complete and belong together.",
        )
    encoder = f"{model.base_model_prefix}."
    head = frozenset(key for key in model.state_dict() if not key.startswith(encoder))
    if head and tensors is not None and head.isdisjoint(tensors):
        raise bare(name, f"its weights have no {' or '.join(sorted(head))}")


def bare(name: str, seen: str) -> WeaklinkError:
    """Return the error for a model without a classification head."""
    return WeaklinkError(
        f"{name} is a bare encoder ({seen}): it has no classification head, so it has no "
        "robustness to measure.",
        f"Fine-tune it first: weaklink finetune {name} --data NAME --out DIR.",
    )


def _is_bare(architecture: str) -> bool:
    """Return whether a class has no head at all: ``BertModel``."""
    return architecture.endswith("Model")


def _another_task(name: str, seen: str) -> WeaklinkError:
    return WeaklinkError(
        f"{name} is not a sequence classifier of transformers ({seen}), so weaklink cannot tell "
        "what labels it gives to a text.",
        f"Fine-tune it: weaklink finetune {name} --data NAME --out DIR. If it classifies in a way "
        "of its own, give a Python function that calls it.",
    )


def stock_instead(config: Any, model: Any) -> str:  # noqa: ANN401
    """Return the classes that a model was made for, if one of transformers runs in their place.

    Args:
        config: The model's configuration, as its files have it.
        model: The model that was loaded.

    Returns:
        Their names, or "" where the model runs as it was made.
    """
    ran = type(model)
    if not ran.__module__.startswith("transformers."):
        return ""
    own = (getattr(config, "auto_map", None) or {}).values()
    named = [] if ran.__name__ in (config.architectures or [ran.__name__]) else config.architectures
    return ", ".join(dict.fromkeys(map(str, (*named, *own))))


def empty_classifier(name: str, config: Any) -> Any:  # noqa: ANN401
    """Return the classifier that a configuration describes, without memory for its weights."""
    try:
        with torch.device("meta"):
            return AutoModelForSequenceClassification.from_config(config)
    except ValueError as error:
        if "Unrecognized configuration class" not in str(error):
            raise
        raise WeaklinkError(
            f"{name} is a {config.model_type} model; transformers cannot classify text with it.",
            "Choose a model of another architecture.",
        ) from error
