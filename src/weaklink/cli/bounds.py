"""The bounds of valid texts that a command was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from weaklink.errors import WeaklinkError
from weaklink.validation import fault

if TYPE_CHECKING:
    from weaklink.measures import Bounds


def read_bounds(known: Bounds | None = None, /, **given: float | None) -> Bounds:
    """Return the known bounds with those in their place that are not None.

    Args:
        known: The default ones if None.
        given: Bounds by name.

    Raises:
        WeaklinkError: A bound is one that no text could have.
    """
    from weaklink.measures import Bounds

    try:
        stated = (known or Bounds()).model_dump()
        return Bounds.model_validate(stated | {k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        wrong = fault(error, Bounds, lambda key: f"--{key.replace('_', '-')}")
        raise WeaklinkError(f"Option {wrong}.", "Give a bound that a text can satisfy.") from error
