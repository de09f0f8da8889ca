"""Popularity and reuse as one self-contained HTML page. It reads figures and computes none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.hub.pages import hub_page
from weaklink.report.html import environment, render_page
from weaklink.report.lineage.drawing import drawn
from weaklink.report.page.bounded import bounded_model
from weaklink.report.popularity_charts import distribution_chart, lengths_chart, lorenz_chart

if TYPE_CHECKING:
    from weaklink.popularity.downloads import Share
    from weaklink.popularity.measure import PopularityReport
    from weaklink.report.lineage.known import KnownLineage

_SCOPES = {
    "within": "within the set: both ends are models of the task",
    "any": "with any upstream: the downstream is a model of the task",
}
_STYLES = ("page.css", "tables.css", "popularity.css", "lineage/lineage.css")


def popularity_page(measured: PopularityReport, lineage: KnownLineage | None = None) -> str:
    """Return the page; every value from the Hub is made visible and escaped, and long ones are cut.

    Args:
        measured: Its figures.
        lineage: What its picture shows; None for no picture.
    """
    measured = bounded_model(measured)
    templates = environment(
        figure=figure,
        hub_page=hub_page,
        percent=percent,
        share=share,
        whole=whole,
    )
    downloads = measured.popularity
    charts = [distribution_chart(downloads)]
    if downloads.lorenz:
        charts.append(lorenz_chart(downloads))
    return render_page(
        templates,
        "popularity.html",
        styles=_STYLES,
        scripts=("tables.js", "lineage/lineage.js"),
        report=measured,
        lineage=drawn(lineage) if lineage and lineage.edges else None,
        figures=measured.figures(),
        scopes=_SCOPES,
        download_charts=charts,
        chain_charts={
            scope: [lengths_chart(chains, _SCOPES[scope].partition(":")[0])]
            for scope, chains in (measured.chains or {}).items()
            if chains.paths
        },
    )


def figure(value: float | None, unit: str) -> str:
    """Return a value in its unit; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "count":
        return whole(value)
    return percent(value) if unit == "share" else f"{value:.3f}"


def change(value: float | None, unit: str) -> str:
    """Return a difference in its unit, with its sign."""
    shown = figure(None if value is None else abs(value), unit)
    if not value:
        return shown
    return f"{'+' if value > 0 else '−'}{shown}".replace(" %", " points")


def percent(value: float | None) -> str:
    """Return a share in per cent, to two decimals as the paper gives them."""
    return "–" if value is None else f"{100 * value:.2f} %"


def share(part: Share) -> str:
    """Return a share with the count that it comes from."""
    return f"{part.count:,} ({percent(part.value)})"


def whole(value: float | None) -> str:
    """Return a count with thousands set apart."""
    return "–" if value is None else f"{int(value):,}"
