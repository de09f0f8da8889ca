"""The lineage of one model as a page of its own."""

from __future__ import annotations

from weaklink.report.html import environment, render_page
from weaklink.report.lineage.drawing import drawn
from weaklink.report.lineage.known import KnownLineage


def lineage_page(model: str, known: KnownLineage) -> str:
    """Return the page of a model's lineage; values from outside are made visible and escaped."""
    return render_page(
        environment(),
        "lineage/page.html",
        styles=("page.css", "tables.css", "lineage/lineage.css"),
        scripts=("tables.js", "lineage/lineage.js"),
        model=model,
        lineage=drawn(known),
    )
