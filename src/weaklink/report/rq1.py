"""RQ1 as one self-contained HTML page. It reads figures and computes none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from weaklink.report.rq1_charts import distribution_chart, lengths_chart, lorenz_chart

if TYPE_CHECKING:
    from weaklink.popularity.downloads import Share
    from weaklink.popularity.measure import Rq1

_SCOPES = {
    "within": "within the set: both ends are models of the task",
    "any": "with any upstream: the downstream is a model of the task",
}


def rq1_page(rq1: Rq1) -> str:
    """Return the report as HTML; everything that came from the Hub is escaped."""
    environment = Environment(
        loader=PackageLoader("weaklink.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figure": figure, "percent": percent, "share": share, "whole": whole}
    charts = {"distribution": distribution_chart(rq1.popularity)}
    if rq1.popularity.lorenz:
        charts["lorenz"] = lorenz_chart(rq1.popularity)
    if rq1.chains:
        charts |= {scope: lengths_chart(chains) for scope, chains in rq1.chains.items()}
    template = environment.get_template("rq1.html")
    return template.render(rq1=rq1, charts=charts, scopes=_SCOPES, compared=rq1.compared())


def figure(value: float | None, unit: str) -> str:
    """Return a value in its unit; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "count":
        return whole(value)
    return percent(value) if unit == "share" else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Return a share in per cent, to two decimals as the paper gives them."""
    return "–" if value is None else f"{100 * value:.2f} %"


def share(found: Share) -> str:
    """Return a share with the count that it comes from."""
    return f"{found.count:,} ({percent(found.value)})"


def whole(value: float | None) -> str:
    """Return a count with thousands set apart."""
    return "–" if value is None else f"{int(value):,}"
