"""Which tables and charts a page shows: no empty ones and no repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from weaklink.measures.results import Results
from weaklink.report.roles import short_names
from weaklink.report.svg import Figure
from weaklink.report.tables.robustness_tables import brief_scenarios_table
from weaklink.report.tables.table import Table
from weaklink.store.record import StudyRecord

_QUESTION = re.compile(r"^RQ[\d.]+: ")
_ONE_MODEL = {
    "robustness": ("scenarios", "worst_case", "statuses"),
    "robustness_charts": (
        "asr_correct", "asr_all", "asr_valid", "robust_accuracy", "worst_case", "fallen",
    ),
    "chains": ("figure_9_links", "figure_10_attacks", "references"),
    "chain_charts": ("figure_9_links", "delta_attacks", "figure_10_attacks"),
}  # fmt: skip
"""What a page about one model shows; its links stand attack by attack in the part of its chain."""
_MANY_MODELS = {
    "selected": ("selection", "table_2_chains", "models"),
    "robustness": (
        "figure_6_models", "figure_7_attacks", "figure_8_datasets", "attacks_by_datasets",
        "worst_case", "mapped_labels", "statuses",
    ),
    "robustness_charts": (
        "figure_6_models", "figure_7_attacks", "figure_8_datasets", "attacks_by_datasets",
        "worst_case", "fallen",
    ),
    "chains": (
        "figure_9_chains", "figure_9_links", "delta_architectures", "delta_families", "contrasts",
        "figure_10_attacks",
        "transfer_chains", "references",
    ),
    "chain_charts": (
        "figure_9_links", "delta_architectures", "figure_10_attacks", "transfer_chains",
    ),
    "published": ("published", "published_findings", "attack_sets"),
    "advice": ("advice",),
}  # fmt: skip
_ALWAYS = {
    "queries": ("queries",), "query_charts": ("queries",), "quality": ("quality",),
    "selected_charts": ("selection",),
    "defence": ("defences", "defence_attacks", "defence_inheritance"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contents:
    """What each section of the page shows.

    Attributes:
        tables: By section.
        charts: By section.
    """

    tables: Mapping[str, Sequence[Table]]
    charts: Mapping[str, Sequence[Figure]]


_LOW = 120
"""Pixels of a chart that leaves room for another one under it."""


def piles(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Return charts in order, low ones that follow each other together."""
    found: list[list[Figure]] = []
    for figure in figures:
        low = figure.chart.height <= _LOW
        if low and found and found[-1][-1].chart.height <= _LOW:
            found[-1].append(figure)
        else:
            found.append([figure])
    return found


def contents(
    record: StudyRecord,
    results: Results,
    tables: Mapping[str, Table],
    charts: Mapping[str, Figure],
    *,
    one_model: bool,
) -> Contents:
    """Return what the page shows; ``one_model`` tells whether it is about one."""
    nothing: dict[str, tuple[str, ...]] = dict.fromkeys((*_ONE_MODEL, *_MANY_MODELS), ())
    sections = nothing | (_ONE_MODEL if one_model else _MANY_MODELS) | _ALWAYS
    hidden = _repeated(record, results)
    if one_model:
        tables = {**tables, "scenarios": brief_scenarios_table(results)}
        tables = {key: narrow(table, results) for key, table in tables.items()}
    undrawn = hidden | ({"figure_9_links"} if "delta_attacks" in charts else set())
    return Contents(
        {
            section: [
                tables[key]
                for key in keys
                if key in tables and key not in hidden and tables[key].rows
            ]
            for section, keys in sections.items()
            if not section.endswith("charts")
        },
        {
            section: [charts[key] for key in keys if key not in undrawn and key in charts]
            for section, keys in sections.items()
            if section.endswith("charts")
        },
    )


def narrow(table: Table, results: Results) -> Table:
    """Return a table as a page about one model shows it.

    Nothing stands in it that is the same in every row, or that no row has; models and links go by
    their roles; and it is not a counterpart of a table of the paper.
    """
    names = short_names(results)
    links = {
        link.name: f"{names[link.upstream]} → {names[link.downstream]}" for link in results.links
    }
    for name in ("dataset", "chains", "architecture", *table.empty_columns()):
        table = table.without(name)
    title = _QUESTION.sub("", table.title)
    title = f"{title[:1].upper()}{title[1:]}"
    return replace(table.renamed("model", names).renamed("link", links), number="", title=title)


def _repeated(record: StudyRecord, results: Results) -> set[str]:
    """Return the tables and charts that would say what others do."""
    hidden = set()
    if len(results.datasets) < 2:  # noqa: PLR2004
        hidden |= {"figure_8_datasets", "attacks_by_datasets"}
    if len(results.links) == 1:
        hidden |= {"figure_9_chains", "transfer_chains"}
    if len(results.architectures) == 1:
        hidden |= {"delta_architectures"}
    if len(results.families) == 1:
        hidden |= {"delta_families"}
    if not record.funnel:
        hidden |= {"selection"}
    return hidden
