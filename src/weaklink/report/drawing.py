"""Draws a report: the page, and the tables and charts as files."""

from __future__ import annotations

from pathlib import Path

from weaklink.files import whole_file, write_atomically
from weaklink.measures.results import Results
from weaklink.report.charts.all_charts import all_charts
from weaklink.report.page.bounded import bounded
from weaklink.report.page.page import campaign_page
from weaklink.report.svg import Figure
from weaklink.report.tables.all_tables import all_tables
from weaklink.report.tables.latex import to_latex
from weaklink.report.tables.table import Table, for_spreadsheets
from weaklink.store.studies import Study

_SCALE = 2
"""Pixels of a PNG for each of the figure's."""


def draw(
    page: Path,
    study: Study,
    results: Results,
    *,
    command: str | None,
    digest: str,
    beside: bool,
    served: str | None = None,
) -> None:
    """Write the page, after all that stands beside it.

    Args:
        page: The page's file.
        study: What was run.
        results: Its figures.
        command: What runs the campaign again, if it is known.
        digest: Of what the report is drawn from; the page carries it.
        beside: Whether the charts and the tables are written too.
        served: Where the page asks for its outcomes; None: it holds them.

    Raises:
        WeaklinkError: A file cannot be written; what stood there before stays.
    """
    tables, shown = all_tables(study, results), bounded(study, results)
    whole = shown[0] is study and shown[1] is results
    on_page, charts = tables if whole else all_tables(*shown), all_charts(*shown)
    made = campaign_page(
        *shown, on_page, charts, command=command, digest=digest, beside=beside, served=served
    )
    if beside:
        folder = page.parent
        for key, table in tables.items():
            _write_table(folder / "tables" / key, table)
        for key, figure in charts.items():
            _write_figure(folder / "figures" / key, figure)
    write_atomically(page, made)


def _write_table(path: Path, table: Table) -> None:
    frame = table.frame()
    with whole_file(path.with_suffix(".parquet")) as partial:
        frame.write_parquet(partial)
    with whole_file(path.with_suffix(".csv")) as partial:
        for_spreadsheets(frame).write_csv(partial)
    write_atomically(path.with_suffix(".tex"), to_latex(table))


def _write_figure(path: Path, figure: Figure) -> None:
    import vl_convert

    svg = figure.plain()
    write_atomically(path.with_suffix(".svg"), svg)
    for ending, made in (
        (".png", vl_convert.svg_to_png(svg, scale=_SCALE)),
        (".pdf", vl_convert.svg_to_pdf(svg)),
    ):
        with whole_file(path.with_suffix(ending)) as partial:
            partial.write_bytes(made)
