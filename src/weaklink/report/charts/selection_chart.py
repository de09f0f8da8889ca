"""The selection as a chart: a bar for each criterion, of the chains that it kept and left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

import altair as alt

from weaklink.report.charts.axes import root_scale
from weaklink.report.charts.labels import width_of
from weaklink.report.svg import GRID, SERIES, Figure, styled
from weaklink.store.record import FunnelStep, StudyRecord
from weaklink.text import visible

_WIDE, _AROUND = 420, 8
_LETTERS = 62
"""Letters of a criterion on one line."""
_LINE, _BAR, _GAP = 15, 12, 10
"""Pixels of a line of words, of the bar under it, and below the bar."""


def selection_chart(record: StudyRecord) -> Iterator[tuple[str, Figure]]:
    """Yield the chart with its name among files, if the study selected its chains."""
    steps = record.funnel
    if not any(step.kept or step.dropped for step in steps):
        return
    title = "Section 5.1.1. How the chains were selected; pale: left out (square-root scale)"
    said = "; ".join(f"{_kept(step)}, {step.dropped:,} left out" for step in steps)
    yield "selection", Figure(title, f"Chart. {title}. {said}.", _bars(steps))


def _bars(steps: Sequence[FunnelStep]) -> alt.LayerChart:
    """Return bars under their criteria, which are too long to stand beside them."""
    criteria = [wrap(visible(step.criterion), _LETTERS) for step in steps]
    labels = [f"{step.kept:,}" + _of(step) for step in steps]
    lines = max(map(len, criteria))
    row = _LINE * lines + _BAR + _GAP
    values = [
        {
            "row": number,
            "criterion": [""] * (lines - len(words)) + words,
            "kept": step.kept,
            "before": step.kept + step.dropped,
            "label": labels[number],
            "hover_kept": _kept(step),
            "hover_dropped": f"{visible(step.criterion)}: {step.dropped:,} chains left out",
        }
        for number, (step, words) in enumerate(zip(steps, criteria, strict=True))
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(y=alt.Y("row:O", axis=None))
    most = max(step.kept + step.dropped for step in steps)
    scale = root_scale(most, max(map(width_of, labels)), _WIDE - _AROUND)
    kept, before = (alt.X(f"{name}:Q", scale=scale, axis=None) for name in ("kept", "before"))
    middle = (row - _BAR) / 2 - _GAP
    bar = base.mark_bar(height=_BAR, yOffset=middle, color=SERIES[0])
    rest = base.mark_bar(height=_BAR, yOffset=middle, color=GRID)
    above = base.mark_text(
        align="left", baseline="top", x=0, dy=-row / 2, lineHeight=_LINE, aria=False
    )
    beside = base.mark_text(align="left", dx=6, dy=middle, aria=False)
    layers = [
        bar.encode(x=kept, description=alt.Description("hover_kept:N")),
        rest.encode(x=kept, x2=alt.X2("before:Q"), description=alt.Description("hover_dropped:N")),
        above.encode(text=alt.Text("criterion:N")),
        beside.encode(x=before, text=alt.Text("label:N")),
    ]
    return styled(layers, row * len(steps), _WIDE, live=True)


def _kept(step: FunnelStep) -> str:
    return f"{visible(step.criterion)}: {step.kept:,} chains kept"


def _of(step: FunnelStep) -> str:
    return f" of {step.kept + step.dropped:,}" if step.dropped else ""
