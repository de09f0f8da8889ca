"""What pydantic found wrong, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from weaklink.errors import guess, instead


def fault(error: ValidationError, model: type[BaseModel], named: Callable[[str], str] = str) -> str:
    """Describe the first value that is not allowed, and what is allowed.

    Args:
        error: What the model raised.
        model: The model.
        named: How its user knows a field, given its path with dots.
    """
    first = error.errors()[0]
    place, message = first["loc"], first["msg"].removeprefix("Value error, ")
    if not place:
        return message
    name = named(".".join(map(str, place)))
    if first["type"] == "missing":
        return f"{name} is missing"
    if first["type"] == "extra_forbidden":
        keys = _keys(model, place[:-1])
        told = instead(str(place[-1]), keys, "There are:").removesuffix(".")
        message = f"there is no such key. {told}"
    if first["type"] == "literal_error":
        meant = guess(str(first["input"]), re.findall(r"'([^']*)'", first["ctx"]["expected"]))
        message = f"{meant}{message}"
    return f"{name:.300} = {first['input']!r:.300} is not allowed: {message}"


def _keys(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """Return the keys of the model that stands at a place within another."""
    for step in place:
        if field := model.model_fields.get(str(step)):
            model = _model_in(field.annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - types of types have none
    """Return the model that a field holds, alone or in a collection."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
