"""The charts of popularity and reuse: downloads (Figure 4), Lorenz curve, chains (Figure 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import altair as alt

from weaklink.report.charts.axes import QUARTERS, SHARE_LABEL, label_axis, root_scale
from weaklink.report.charts.labels import column_of, labels_of, width_of
from weaklink.report.svg import INK, SERIES, WIDTH, Figure, styled

if TYPE_CHECKING:
    from weaklink.lineage.graph.lineage import Chains
    from weaklink.popularity.downloads import Bin, Popularity

_BAR, _LINE = 14, 24
"""Pixels of a bar, and of the line that it stands in."""
_NAMES = 170
"""Pixels that the names of rows may take."""
_LORENZ_HEIGHT = 240
_AROUND = 14
"""Pixels left of the names, and between them and the bars."""


def distribution_chart(popularity: Popularity) -> Figure:
    """Draw the number of models in each decade of downloads."""
    rows = [(_decade(part), part.models) for part in popularity.distribution]
    return _bars("Models by downloads in 30 days (Figure 4 of the paper)", rows, "models")


def lengths_chart(chains: Chains, scope: str) -> Figure:
    """Draw the number of chains of each length.

    Args:
        chains: The chains.
        scope: Which chains these are, for the title.
    """
    rows = [(f"{length:,} models", count) for length, count in sorted(chains.lengths.items())]
    return _bars(f"Chains by length, {scope} (Figure 5 of the paper)", rows, "chains")


def lorenz_chart(popularity: Popularity) -> Figure:
    """Draw the share of downloads against the share of models, beside the line of equality."""
    points = [{"models": models, "downloads": share} for models, share in popularity.lorenz]
    x = alt.X("models:Q", axis=_share(flush=True), title="models, least downloaded first")
    y = alt.Y("downloads:Q", axis=_share(flush=False), title="share of downloads")
    curve = alt.Chart(alt.InlineData(values=points)).mark_line(color=SERIES[0]).encode(x=x, y=y)
    equal = alt.InlineData(values=[{"models": end, "downloads": end} for end in (0, 1)])
    dashed = alt.Chart(equal).mark_line(color=INK, strokeDash=[4, 4]).encode(x=x, y=y)
    title = "Lorenz curve of downloads; dashed: all models equally often"
    said = "" if popularity.gini is None else f" Gini coefficient {popularity.gini:.3f}."
    return Figure(title, f"Chart. {title}.{said}", styled([dashed, curve], _LORENZ_HEIGHT))


def _share(*, flush: bool) -> alt.Axis:
    return alt.Axis(
        values=[*QUARTERS], labelExpr=SHARE_LABEL, titleColor=INK, titleFontWeight="normal",
        labelFlush=flush,
    )  # fmt: skip


def _decade(part: Bin) -> str:
    return f"{part.low:,}" if part.low == part.high else f"{part.low:,} to {part.high:,}"


def _bars(title: str, rows: Sequence[tuple[str, int]], unit: str) -> Figure:
    """Draw bars with their counts; the square root keeps small bars visible and zero at zero."""
    labels = labels_of((row for row, _ in rows), _NAMES)
    values = [{"row": labels[row], "count": count, "label": f"{count:,}"} for row, count in rows]
    title += "; square-root scale"
    most = max((count for _, count in rows), default=0)
    space = WIDTH - _AROUND - column_of(labels)
    scale = root_scale(most, max(width_of(f"{count:,}") for _, count in rows), space)
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("count:Q", scale=scale, axis=None),
        y=alt.Y("row:N", sort=[*labels.values()], title=None, axis=label_axis(labels)),
    )
    bars = base.mark_bar(height=_BAR, color=SERIES[0])
    counts = base.mark_text(align="left", dx=6).encode(text=alt.Text("label:N"))
    said = "; ".join(f"{row}: {count:,} {unit}" for row, count in rows)
    chart = styled([bars, counts], _LINE * len(rows))
    return Figure(title, f"Chart. {title}. {said}.", chart)
