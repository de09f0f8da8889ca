"""How one figure is written, wherever it stands: in HTML, in Markdown, on the terminal."""

from __future__ import annotations

from weaklink.measures import Bounds, Estimate

UNKNOWN = "–"
"""Stands where there is no figure."""

_SIGNIFICANT = 0.05


def number(value: float | None, digits: int = 2) -> str:
    """Write a plain figure.

    >>> number(0.666)
    '0.67'
    """
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def signed(value: float) -> str:
    """Write a difference with its sign, a true minus, and no sign for zero.

    >>> signed(0.125), signed(-0.25), signed(-0.001)
    ('+0.12', '−0.25', '0.00')
    """
    return f"{value:+z.2f}".replace("-", "−") if round(value, 2) else "0.00"


def estimate(figure: Estimate | None) -> str:
    """Write a share with its interval and the number of samples.

    >>> estimate(Estimate(value=0.62, low=0.52, high=0.71, n=100))
    '0.62 [0.52, 0.71] n=100'
    """
    if figure is None:
        return UNKNOWN
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}] n={figure.n}"


def difference(figure: Estimate | None) -> str:
    """Write a difference with its interval and the number of samples, all with their sign.

    >>> difference(Estimate(value=0.1, low=-0.02, high=0.22, n=100))
    '+0.10 [−0.02, +0.22] n=100'
    """
    if figure is None:
        return UNKNOWN
    interval = f"[{signed(figure.low)}, {signed(figure.high)}]"
    return f"{signed(figure.value)} {interval} n={figure.n}"


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


def p_value(value: float | None) -> str:
    """Write a p-value.

    >>> p_value(0.0000012), p_value(0.0421)
    ('< 0.001', '0.042')
    """
    if value is None:
        return UNKNOWN
    return "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004


def verdict(delta: Estimate | None, p: float | None) -> str:
    """Return what a delta says of the downstream.

    It is undecided where the interval includes zero, or where the test of the delta does not reach
    0.05: with few samples one alone says too much.
    """
    if delta is None or p is None or delta.low <= 0 <= delta.high or p >= _SIGNIFICANT:
        return "undecided"
    return "less robust" if delta.value > 0 else "more robust"
