"""Axes that leave room for labels: Vega measures them in a font that the browser need not have."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from weaklink.report.charts.labels import column_of

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Where an axis of shares has its lines."""
SHARE_LABEL = "datum.value * 2 % 1 ? '' : format(100 * datum.value, '.0f') + ' %'"
"""Vega's expression that writes every other of them: all five would touch in a narrow chart."""
_BESIDE = 10
"""Pixels around a figure beside a bar."""


def label_axis(labels: Mapping[str, str], *, gap: int = 6) -> alt.Axis:
    """Return a vertical axis with as much room as the widest label takes."""
    room = column_of(labels) + gap
    return alt.Axis(labelLimit=0, labelPadding=gap, minExtent=room, maxExtent=room)


def root_scale(most: float, beside: float, space: float) -> alt.Scale:
    """Return a square-root scale from 0 on which the longest bar leaves room beside itself.

    Args:
        most: Value of the longest bar.
        beside: Pixels that the figure beside a bar takes.
        space: Pixels of both.
    """
    end = max(1, most) * (space / (space - beside - _BESIDE)) ** 2
    return alt.Scale(type="sqrt", domain=[0, end], nice=False)
