"""Values that users give: what they may be, and what pydantic found wrong, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Number
from os import PathLike
from pathlib import Path, PurePath
from typing import Annotated, Any, TypeAlias, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from weaklink.errors import WeaklinkError, guess, instead

_Model = TypeVar("_Model", bound=BaseModel)

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
SEEDS = 2**63
"""How many seeds there are, the first of which is 0."""

Seed: TypeAlias = Annotated[int, Field(ge=0, lt=SEEDS)]


class GivenValues(BaseModel):
    """What a user gives, in a file or in Python: no boolean is a number, and no text is either.

    No text and no path has the character U+0000, which no file's name can have, or half of a pair
    of surrogates, which no UTF-8 has. Pydantic takes one kind for the other. Its strict mode would
    also refuse lists for tuples and texts for paths, which TOML has no other way to write.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="wrap")
    @classmethod
    def _of_its_kind(
        cls,
        value: Any,  # noqa: ANN401 - anything may stand in a file
        handler: ValidatorFunctionWrapHandler,
        info: ValidationInfo,
    ) -> Any:  # noqa: ANN401 - the value of any field
        found = handler(value)
        if info.mode in {"python", "json"}:
            _check_kinds(value, found)
        return found

    @classmethod
    def of_words(cls, words: Mapping[str, str]) -> dict[str, Any]:
        """Return the values that words of a command line stand for, by name.

        Raises:
            ValidationError: A name is unknown or its value is not allowed.
        """
        return cls.model_validate_strings(words).model_dump(include=set(words))


def listed(given: str | PathLike[str] | Sequence[Any]) -> Sequence[Any]:
    """Return values of which one text or path may stand alone."""
    return (given,) if isinstance(given, str | PathLike) else given


def check_seed(seed: int) -> int:
    """Return a seed that every source of random numbers takes.

    Raises:
        WeaklinkError: It is none.
    """
    if not _is_whole(seed) or not 0 <= seed < SEEDS:
        raise WeaklinkError(
            f"The seed {seed!r:.100} is not allowed.", "Give a whole number from 0 to 2^63 - 1."
        )
    return seed


def _check_kinds(given: object, found: object) -> None:
    """Refuse a boolean or a number that was made of something else, at any depth, and U+0000."""
    if isinstance(found, list | tuple) and isinstance(given, list | tuple):
        for one, other in zip(given, found, strict=False):
            _check_kinds(one, other)
    if isinstance(found, Mapping) and isinstance(given, Mapping):
        for name in found.keys() & given.keys():
            _check_kinds(given[name], found[name])
    if isinstance(found, str | PurePath) and (wrong := _NO_TEXT.search(str(found))):
        raise ValueError(f"it has the character U+{ord(wrong[0]):04X}")
    kind = _kind(found)
    if kind is not None and _kind(given) != kind:
        raise ValueError(f"it should be {kind}")


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and _kind(value) == _kind(0)


def _kind(value: object) -> str | None:
    if type(value).__name__ in {"bool", "bool_"}:  # numpy's, too
        return "true or false"
    return "a number" if isinstance(value, Number) else None


def read_model(
    path: Path, model: type[_Model], missing: WeaklinkError, broken: WeaklinkError
) -> _Model:
    """Return what a JSON file holds.

    Args:
        path: The file.
        model: What it should hold.
        missing: Is raised where the file cannot be read.
        broken: Is raised where it holds something else; what is wrong is added to its problem.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise missing from error
    except ValidationError as error:
        problem = f"{broken.problem}: {fault(error, model)}."
        raise WeaklinkError(problem, broken.remedy) from error


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
