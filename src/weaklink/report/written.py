"""How a figure is written: on the page, in files, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from weaklink.measures import Estimate
from weaklink.measures.bounds import Bounds

Kind: TypeAlias = Literal["text", "share", "rate", "difference", "count", "amount", "number", "p"]
"""What a value is, and so how it is written. A rate is a share of its own samples; a share may be
a mean of several rates."""

UNKNOWN = "–"
"""Stands where there is no figure."""

_FOUR_DIGITS = 999.5
"""Is written as a thousand, without a fraction."""

FEW = 20
"""A rate of fewer samples is written as a count: 25 % of 4 says more than is known."""


def percent(value: float | None) -> str:
    """Write a share in per cent.

    >>> percent(0.527)
    '52.7 %'
    """
    return UNKNOWN if value is None else f"{100 * value:.1f} %"


def points(value: float | None) -> str:
    """Write a difference of shares in percentage points, with its sign and a true minus.

    >>> points(0.126), points(-0.02), points(0.0)
    ('+12.6', '−2.0', '0.0')
    """
    if value is None:
        return UNKNOWN
    written = f"{100 * value:+z.1f}".replace("-", "−")
    return "0.0" if written == "+0.0" else written


def number(value: float | None, digits: int = 2) -> str:
    """Write a plain figure.

    >>> number(0.666)
    '0.67'
    """
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def p_value(value: float | None) -> str:
    """Write a p-value.

    >>> p_value(0.0000012), p_value(0.0421)
    ('< 0.001', '0.042')
    """
    if value is None:
        return UNKNOWN
    return "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004


def written(value: str | float | None, kind: Kind) -> str:
    """Write a value of any kind.

    >>> written(1200, "count"), written(0.6, "number"), written("yes", "text")
    ('1,200', '0.600', 'yes')
    """
    if value is None or isinstance(value, str):
        return UNKNOWN if value is None else value
    kinds: Mapping[str, str] = {
        "share": percent(value),
        "rate": percent(value),
        "difference": points(value),
        "count": f"{value:,.0f}",
        "amount": f"{value:,.0f}",
        "p": p_value(value),
    }
    return kinds.get(kind, _digits(value))


def _digits(value: float) -> str:
    """Write three digits, with zeros at their end, so that the figures of a column line up."""
    return f"{value:,.0f}" if abs(value) > _FOUR_DIGITS else f"{value:#.3g}".removesuffix(".")


def interval(figure: Estimate, kind: Kind = "share") -> str:
    """Write the interval of an estimate, in the unit of its value; beside a count, in per cent.

    >>> interval(Estimate(value=0.527, low=0.5, high=0.55, n=100))
    '[50.0, 55.0]'
    >>> interval(Estimate(value=0.25, low=0.05, high=0.7, n=4), "rate")
    '[5.0, 70.0] %'
    """
    if kind == "difference":
        return f"[{points(figure.low)}, {points(figure.high)}]"
    unit = "" if _successes(figure, kind) is None else " %"
    return f"[{100 * figure.low:.1f}, {100 * figure.high:.1f}]{unit}"


def value_of(figure: Estimate, kind: Kind = "share") -> str:
    """Write an estimate without its interval; a rate of few samples as their number.

    >>> value_of(Estimate(value=0.25, low=0.05, high=0.7, n=4), "rate")
    '1 of 4'
    """
    successes = _successes(figure, kind)
    return written(figure.value, kind) if successes is None else f"{successes} of {figure.n}"


def _successes(figure: Estimate, kind: Kind) -> int | None:
    """Return how many samples a rate of few samples counts; None where it is written as a share."""
    successes = figure.value * figure.n
    whole = abs(successes - round(successes)) < 1e-9  # noqa: PLR2004
    return round(successes) if kind == "rate" and figure.n < FEW and whole else None


def estimate(figure: Estimate | None, kind: Kind = "share") -> str:
    """Write an estimate with its interval, for a sentence or a file.

    >>> estimate(Estimate(value=0.527, low=0.5, high=0.55, n=100))
    '52.7 % [50.0, 55.0]'
    """
    return UNKNOWN if figure is None else f"{value_of(figure, kind)} {interval(figure, kind)}"


def counted(figure: Estimate | None, kind: Kind = "share") -> str:
    """Write an estimate with its interval and the number of samples that it rests on.

    >>> counted(Estimate(value=0.527, low=0.5, high=0.55, n=1200))
    '52.7 % [50.0, 55.0], n = 1,200'
    >>> counted(Estimate(value=0.25, low=0.05, high=0.7, n=4), "rate")
    '1 of 4 [5.0, 70.0] %'
    """
    if figure is None:
        return UNKNOWN
    named = _successes(figure, kind) is not None
    return estimate(figure, kind) if named else f"{estimate(figure, kind)}, n = {figure.n:,}"


def within(bounds: Bounds) -> str:
    """Write what makes an adversarial text valid.

    >>> within(Bounds(min_similarity=0.9, max_perplexity_ratio=3, max_words_changed=0.2))
    'similarity at least 0.9, perplexity at most 3 times the original, at most 20% of words changed'
    """
    words = bounds.max_words_changed
    return (
        f"similarity at least {bounds.min_similarity:g}, "
        f"perplexity at most {bounds.max_perplexity_ratio:g} times the original"
        + (f", at most {words:.0%} of words changed" if words < 1 else "")
    )


def enumerated(names: Sequence[str]) -> str:
    """Write names as a sentence has them.

    >>> enumerated(["a"]), enumerated(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def listed(names: tuple[str, ...] | list[str], most: int = 10) -> str:
    """Write names with commas, or the first ones and how many more there are.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"
