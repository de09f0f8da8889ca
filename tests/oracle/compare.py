"""Where what was found is not as expected, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isclose
from typing import Any

from .figures import Between, Figure, Untold

_CLOSE = 1e-9


def differences(expected: Any, found: Any, at: str = "results") -> Iterator[str]:
    """Yield every difference; an expectation may be bounds or open (see ``figures``)."""
    match expected, found:
        case Untold(), _:
            pass
        case Figure(), dict():
            yield from _figure(expected, found, at)
        case Between(), float():
            if not expected.low <= found <= expected.high:
                yield f"{at}: {found}, not within {expected.low} to {expected.high}"
        case dict(), dict():
            yield from _mapping(expected, found, at)
        case list(), list():
            yield from _sequence(expected, found, at)
        case ((float() | Fraction()), (float() | int())):
            if not isclose(expected, found, abs_tol=_CLOSE):
                yield f"{at}: {found}, not {float(expected)}"
        case _:
            if expected != found:
                yield f"{at}: {found!r}, not {expected!r}"


def _figure(expected: Figure, found: Mapping[str, Any], at: str) -> Iterator[str]:
    value, low, high = (found[part] for part in ("value", "low", "high"))
    yield from differences(expected.value, value, f"{at}.value")
    yield from differences(expected.n, found["n"], f"{at}.n")
    if not low <= value <= high:
        yield f"{at}: {value} is not within its interval, {low} to {high}"
    if expected.interval is not None:
        yield from differences([*expected.interval], [low, high], f"{at}.interval")


def _mapping(expected: Mapping[str, Any], found: Mapping[str, Any], at: str) -> Iterator[str]:
    if expected.keys() != found.keys():
        yield f"{at}: of different keys, {sorted(expected.keys() ^ found.keys())}"
    for key in expected.keys() & found.keys():
        yield from differences(expected[key], found[key], f"{at}.{key}")


def _sequence(expected: Sequence[Any], found: Sequence[Any], at: str) -> Iterator[str]:
    if len(expected) != len(found):
        yield f"{at}: {len(found)} entries, not {len(expected)}"
    for number, pair in enumerate(zip(expected, found, strict=False)):
        yield from differences(*pair, f"{at}[{number}]")
