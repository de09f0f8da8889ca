"""A chart of stacked bars with ordered steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import altair as alt

from weaklink.report.charts.axes import QUARTERS, SHARE_LABEL, label_axis
from weaklink.report.charts.labels import labels_of
from weaklink.report.svg import INK, Figure, styled

_STEPS = ("#d9e7f2", "#1a5a99")
"""Colours of the first and the last step."""
_NAMES = 190
"""Pixels that the names of rows may take."""


@dataclass(frozen=True, slots=True)
class Part:
    """The share of a row that stands at a step, what it says, and where it leads.

    ``row`` is a whole name, as it can be shown.
    """

    row: str
    step: int
    value: float
    hover: str
    href: str


def stacked_bars(title: str, parts: Sequence[Part], steps: str, width: int) -> Figure:
    """Return the chart; ``steps`` names what is counted."""
    labels = labels_of((part.row for part in parts), _NAMES)
    highest = max(part.step for part in parts)
    values = [asdict(part) | {"row": labels[part.row]} for part in parts if part.value]
    base = alt.Chart(alt.InlineData(values=values))
    bars = base.mark_bar(height=11).encode(
        y=alt.Y("row:N", sort=[*labels.values()], title=None, axis=label_axis(labels)),
        x=alt.X(
            "value:Q", title=None, stack="zero", scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(values=[*QUARTERS], labelExpr=SHARE_LABEL, labelFlush=True),
        ),
        color=alt.Color(
            "step:O",
            scale=alt.Scale(domain=[*range(highest + 1)], range=_ramp(highest + 1)),
            legend=alt.Legend(
                titlePadding=12,
                title=steps, titleColor=INK, titleOrient="left", columns=highest + 1,
            ),
        ),
        order=alt.Order("step:O"),
        description=alt.Description("hover:N"),
        href=alt.Href("href:N"),
    )  # fmt: skip
    said = "; ".join(part.hover for part in parts)
    chart = styled([bars], 18 * len(labels), width, live=True)
    return Figure(title, f"Chart. {title}. {said}.", chart)


def _ramp(steps: int) -> list[str]:
    first, last = ([int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in _STEPS)
    shares = [step / max(1, steps - 1) for step in range(steps)]
    return [
        "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in zip(first, last, strict=True))
        for share in shares
    ]
