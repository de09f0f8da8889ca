"""TOML of strangers, whose parser bounds neither depth nor numbers."""

from __future__ import annotations

import tomllib
from typing import Any

_DEEPEST = 50
_LARGEST = 2**63


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of a text.

    Raises:
        ValueError: It is not TOML, too deep, or has an integer of more than 64 bits.
    """
    try:
        found = tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError as error:
        raise ValueError("it has too many levels") from error
    level: list[Any] = [found]
    for _ in range(_DEEPEST):
        if not level:
            return found
        if any(isinstance(one, int) and not -_LARGEST <= one < _LARGEST for one in level):
            raise ValueError("an integer has more than 64 bits")
        level = [inner for one in level for inner in _within(one)]
    raise ValueError("it has too many levels")


def _within(value: object) -> list[Any]:
    if isinstance(value, dict):
        return [*value.values()]
    return value if isinstance(value, list) else []
