"""All that a study's report is made of, written to a folder: page, figures, tables, results."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from weaklink.errors import WeaklinkError
from weaklink.files import whole_file, write_atomically
from weaklink.measures.results import StudyResults
from weaklink.report.study import design_tables, rq2_tables, rq3_tables
from weaklink.report.study.funnel import funnel_figure
from weaklink.report.study.latex import to_latex
from weaklink.report.study.page import study_page
from weaklink.report.study.rq2_figures import rq2_figures
from weaklink.report.study.rq3_figures import rq3_figures
from weaklink.report.study.tables import StudyTable
from weaklink.report.svg import Figure
from weaklink.store.reading import Study

_SCALE = 2
"""Pixels of a PNG for each of the figure's."""


def write_study_report(folder: Path, study: Study, results: StudyResults) -> list[Path]:
    """Write ``report.html``, ``results.json``, ``figures/`` and ``tables/``; return the paths.

    Raises:
        WeaklinkError: A file cannot be written.
    """
    tables, figures = study_tables(study, results), study_figures(study, results)
    page, numbers = folder / "report.html", folder / "results.json"
    try:
        for name in ("figures", "tables"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeaklinkError(
            f"{folder} cannot be made: {error.strerror or error}.", "Give another --out."
        ) from error
    write_atomically(page, study_page(study, results, tables, figures))
    write_atomically(numbers, results.model_dump_json(indent=1) + "\n")
    for key, table in tables.items():
        _write_table(folder / "tables" / key, table)
    for key, figure in figures.items():
        _write_figure(folder / "figures" / key, figure)
    return [page, numbers, folder / "figures", folder / "tables"]


def study_tables(study: Study, results: StudyResults) -> dict[str, StudyTable]:
    """Return every table of the report by its name among files."""
    record = study.record
    tables = [
        design_tables.published_table(results),
        design_tables.failures_table(results),
        design_tables.funnel_table(record),
        design_tables.excluded_table(record),
        design_tables.chains_table(record),
        design_tables.models_table(record),
        rq2_tables.models_table(results, record),
        rq2_tables.attacks_table(results),
        rq2_tables.datasets_table(results),
        rq2_tables.cells_table(results),
        rq2_tables.worst_table(results),
        rq2_tables.mapped_table(results),
        rq2_tables.scenarios_table(results),
        rq3_tables.chains_table(results),
        rq3_tables.links_table(results),
        rq3_tables.architectures_table(results),
        rq3_tables.link_scenarios_table(results),
        rq3_tables.transfer_by_attack(results),
        rq3_tables.transfer_by_chain(results),
        rq3_tables.transfer_by_link(results),
        rq3_tables.advice_table(results),
    ]
    return {table.key: table for table in tables}


def study_figures(study: Study, results: StudyResults) -> dict[str, Figure]:
    """Return every figure of the report by its name among files."""
    return dict(chain(funnel_figure(study.record), rq2_figures(results), rq3_figures(results)))


def _write_table(path: Path, table: StudyTable) -> None:
    frame = table.frame()
    with whole_file(path.with_suffix(".parquet")) as partial:
        frame.write_parquet(partial)
    with whole_file(path.with_suffix(".csv")) as partial:
        frame.write_csv(partial)
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
