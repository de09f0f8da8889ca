"""What a delta says of the downstream."""

from __future__ import annotations

from weaklink.measures.results import Verdict
from weaklink.measures.statistics.estimate import Estimate

SIGNIFICANT = 0.05
ENOUGH = 5
"""Independent lineages below which nothing is said of chains in general."""


def verdict(delta: Estimate | None, p_value: float | None) -> Verdict:
    """Return whether the downstream is less or more robust than its upstream.

    It is undecided where the interval of delta includes zero, and where its test does not reach
    0.05: with few samples one alone says too much.
    """
    if p_value is None or p_value >= SIGNIFICANT or not excludes_zero(delta):
        return "undecided"
    assert delta is not None  # noqa: S101  its interval excludes zero
    return "less robust" if delta.value > 0 else "more robust"


def excludes_zero(figure: Estimate | None) -> bool:
    """Return whether the figure's interval lies on one side of zero."""
    return figure is not None and not figure.low <= 0 <= figure.high
