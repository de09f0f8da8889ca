"""A report as one HTML file that opens from disk and asks the network for nothing."""

from __future__ import annotations

from collections.abc import Mapping

from weaklink.measures.results import Results
from weaklink.report.about import about
from weaklink.report.answers.answer import answer
from weaklink.report.answers.gauges import gauges
from weaklink.report.audited import audited
from weaklink.report.html import environment, packed, render_page
from weaklink.report.lineage.drawing import drawn
from weaklink.report.lineage.of_study import lineage_of_study
from weaklink.report.page.bounded import bounded_text
from weaklink.report.page.browser import columns, names_alone
from weaklink.report.page.chain_sections import chain_sections
from weaklink.report.page.contents import contents, piles
from weaklink.report.page.definitions import DEFINITIONS
from weaklink.report.page.examples import Examples
from weaklink.report.page.methods import (
    at_a_glance,
    attack_facts,
    data_facts,
    methods,
    specification_facts,
)
from weaklink.report.page.model_sections import model_sections
from weaklink.report.page.notices import notices
from weaklink.report.page.shown_outcomes import OUTCOMES_SHOWN, chosen_outcomes
from weaklink.report.roles import short_names
from weaklink.report.svg import Figure
from weaklink.report.tables.outcome_links import MOST_NAMES
from weaklink.report.tables.table import ROWS_SHOWN, Table
from weaklink.report.visible_lines import visible_lines
from weaklink.report.written import estimate, interval, value_of
from weaklink.store.studies import Study

_FEW = 4
"""Models with sections that are open at first."""


def campaign_page(  # noqa: PLR0913 - what a page is made of
    study: Study,
    results: Results,
    tables: Mapping[str, Table],
    charts: Mapping[str, Figure],
    *,
    command: str | None = None,
    digest: str = "",
    beside: bool = False,
    served: str | None = None,
    most: int = OUTCOMES_SHOWN,
) -> str:
    """Return the page; every value that came from outside is made visible and escaped.

    Args:
        study: What was run.
        results: Its figures.
        tables: By their names among files.
        charts: Likewise.
        command: What runs the campaign again, if it is known.
        digest: Of what the page is drawn from.
        beside: Whether the tables and charts stand beside the page as files.
        served: Where the page asks for its outcomes; None: it holds them.
        most: Outcomes that the page chooses from, and holds, at most.
    """
    templates = environment(
        lines=_lines,
        piles=piles,
        estimate=estimate,
        interval=interval,
        valued=value_of,
    )
    model = audited(study, results)
    lineage = lineage_of_study(study, results)
    chosen = chosen_outcomes(study, results, most)
    examples = Examples(chosen.outcomes)
    return render_page(
        templates,
        "campaign/campaign.html",
        styles=("page.css", "tables.css", "campaign/campaign.css", "lineage/lineage.css"),
        scripts=("tables.js", "campaign/campaign.js", "lineage/lineage.js"),
        asks=served is not None,
        served=served,
        packed=packed(
            columns(chosen.outcomes, results) if served is None else names_alone(results)
        ),
        chosen=chosen,
        record=study.record,
        results=results,
        audited=model,
        lineage=drawn(lineage) if lineage.edges else None,
        contents=contents(study.record, results, tables, charts, one_model=model is not None),
        excluded=tables["excluded_chains"],
        glance=at_a_glance(study, results),
        answer=answer(study, results),
        shown_rates=gauges(study, results),
        notices=notices(study, results),
        models=[*model_sections(study, results, examples)],
        roles=short_names(results),
        few_models=len(study.record.models) <= _FEW,
        chains=[*chain_sections(study, results, examples, one_model=model is not None)],
        methods=methods(study, results),
        data=data_facts(study),
        attacks=attack_facts(study),
        specification=specification_facts(study.record),
        definitions=DEFINITIONS,
        many_names=len(results.models) > MOST_NAMES,
        most_names=MOST_NAMES,
        rows_shown=ROWS_SHOWN,
        beside=beside,
        command=command,
        digest=digest,
        about=about(study),
    )


def _lines(text: str) -> str:
    """Return what a page shows of a text of several lines; the list of outcomes has the whole."""
    return bounded_text(visible_lines(text))
