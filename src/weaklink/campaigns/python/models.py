"""A model that is loaded already, or a function, as a victim."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from weaklink.errors import WeaklinkError
from weaklink.victims import Victim, load_victim

Model: TypeAlias = Any
"""A name, a function of texts, a pair of transformers model and tokenizer, or a pipeline."""

Make: TypeAlias = Callable[[], Victim]


def named(model: Model, used: set[str], timeout: float | None = None) -> tuple[str, Make | None]:
    """Return the name of a model, and what makes it a victim; None for one that has but a name.

    Args:
        model: See ``Model``.
        used: Names that are taken; the new one joins them.
        timeout: Seconds that a function may take for one list of texts.

    Raises:
        WeaklinkError: It is nothing that can be attacked.
    """
    if isinstance(model, str | Path):
        name = str(model)
        used.add(name)
        return name, None
    network, tokenizer = _parts(model)
    if network is not None:
        stated = Path(getattr(network.config, "name_or_path", "") or "").name
        name = _free(stated or type(network).__name__, used)
        return name, lambda: _loaded(name, network, tokenizer)
    if not callable(model):
        raise WeaklinkError(
            f"A {type(model).__name__} is not a model.",
            "Give a name, a function from texts to probabilities, a pair (model, tokenizer) of "
            "transformers, or a text-classification pipeline.",
        )
    name = _free(_name_of(model), used)
    return name, lambda: _function(model, name, timeout)


def _parts(model: Model) -> tuple[Any, Any]:
    """Return model and tokenizer of a pair or a pipeline, else None."""
    first, second = model if isinstance(model, tuple) and len(model) == len("mt") else (None, None)
    if first is None:
        first, second = getattr(model, "model", None), getattr(model, "tokenizer", None)
    whole = all(hasattr(one, "save_pretrained") for one in (first, second))
    return (first, second) if whole and hasattr(first, "config") else (None, None)


def _loaded(name: str, network: Any, tokenizer: Any) -> Victim:  # noqa: ANN401 - of transformers
    """Load a copy of a model, by way of the files that it would be saved as.

    The victim then has all that one from a folder has: a digest of its weights, gradients and
    faster runtimes. The caller's model stays as it is.
    """
    with TemporaryDirectory(prefix="weaklink-") as folder:
        network.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return load_victim(name, place=folder)


def _function(function: Callable[[list[str]], Any], name: str, timeout: float | None) -> Victim:
    from weaklink.victims.local.callable import CallableVictim

    return CallableVictim(function, name, timeout)


def _name_of(function: Any) -> str:  # noqa: ANN401 - any callable
    return getattr(function, "__qualname__", type(function).__qualname__).rpartition(".")[2]


def _free(name: str, used: set[str]) -> str:
    """Return the name, with a number if it is taken."""
    free, number = name, 1
    while free in used:
        number += 1
        free = f"{name}-{number}"
    used.add(free)
    return free
