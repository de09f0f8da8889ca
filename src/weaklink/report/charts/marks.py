"""Figures as the marks of a chart: what they say, and where they lead."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.measures import Estimate
from weaklink.report.charts.axes import QUARTERS, SHARE_LABEL
from weaklink.report.charts.dot_plot import Dot, Scale
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.written import counted, points
from weaklink.text import visible

WIDE = 420
"""Pixels of a chart that many rows share."""
SHARES = Scale(0.0, 1.0, QUARTERS, SHARE_LABEL)


def share_dot(
    row: str, series: str, figure: Estimate, link: OutcomeLink | None = None, about: str = ""
) -> Dot:
    """Return a share as a dot that says what it is and leads to its outcomes."""
    return Dot(
        row=visible(row),
        series=visible(series),
        value=figure.value,
        low=figure.low,
        high=figure.high,
        label=f"{100 * figure.value:.1f}",
        hover=visible(f"{about or row}, {series}: {counted(figure)}"),
        href=(link.href or "") if link else "",
    )


def delta_dot(row: str, figure: Estimate, link: OutcomeLink, about: str) -> Dot:
    """Return a delta as a dot that says what it is and leads to the outcomes of both ends."""
    value, _, rest = counted(figure, "difference").partition("]")
    return Dot(
        row=visible(row),
        series="delta",
        value=figure.value,
        low=figure.low,
        high=figure.high,
        label=points(figure.value),
        hover=visible(f"{about}: delta {value}] points{rest}"),
        href=link.href or "",
    )


def around_zero(dots: Sequence[Dot]) -> Scale:
    """Return a scale of tenths, with zero in its middle, that holds every interval and tick."""
    reach = max(max(abs(dot.low), abs(dot.high)) if dot.label else abs(dot.value) for dot in dots)
    end = next((tenths / 10 for tenths in range(1, 10) if tenths / 10 >= reach), 1.0)
    label = "datum.value === 0 ? '0' : format(100 * datum.value, '+.0f')"
    return Scale(-end, end, (-end, -end / 2, 0.0, end / 2, end), label, zero_line=True)
