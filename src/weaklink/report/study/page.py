"""A study's report as one HTML file that opens from disk and asks the network for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weaklink.measures.results import StudyResults
from weaklink.report.html import environment, policy, source
from weaklink.report.lines import visible_lines
from weaklink.report.study.browser import packed_outcomes
from weaklink.report.study.examples import Examples
from weaklink.report.study.headline import headline
from weaklink.report.study.methods import attack_facts, methods, specification_facts
from weaklink.report.study.sections import chain_sections, model_sections
from weaklink.report.study.tables import StudyTable
from weaklink.report.svg import Figure
from weaklink.store.reading import Study
from weaklink.version import __version__


def study_page(
    study: Study,
    results: StudyResults,
    tables: Mapping[str, StudyTable],
    figures: Mapping[str, Figure],
) -> str:
    """Return the page; every value that came from outside is made visible and escaped."""
    templates = environment()
    templates.filters["lines"] = visible_lines
    style = source(templates, "page.css") + source(templates, "study.css")
    script = source(templates, "tables.js") + source(templates, "study.js")
    examples = Examples(study)
    return templates.get_template("study.html").render(
        policy=policy(style, script),
        style=style,
        script=script,
        data=packed_outcomes(study, results),
        record=study.record,
        results=results,
        tables=tables,
        figures=figures,
        headline=headline(results),
        incomplete=[*_incomplete(results)],
        cautions=[*_cautions(study)],
        models=[*model_sections(study, results, examples)],
        chains=[*chain_sections(study, results, examples)],
        methods=methods(study, results),
        attacks=attack_facts(study),
        specification=specification_facts(study.record.specification),
        version=__version__,
    )


def _incomplete(results: StudyResults) -> Iterator[str]:
    errors = sum(scenario.statuses["error"] for scenario in results.scenarios)
    missing = sum(scenario.missing for scenario in results.scenarios)
    if errors:
        yield f"{errors:,} attempts ended in an error. They enter no rate."
    if missing:
        yield f"{missing:,} attempts were not made yet. The same command makes them."


def _cautions(study: Study) -> Iterator[tuple[str, str]]:
    """Yield what the trust checks said of chains, then of models: once for all of whom it holds."""
    for chain in study.record.chains:
        for warning in chain.warnings:
            yield chain.name, warning.message
    about = dict[str, dict[str, None]]()
    for entry in study.record.campaigns:
        for victim in study.campaigns[entry.campaign].victims:
            for warning in victim.warnings:
                said = f"on {entry.dataset}: {warning.message}"
                about.setdefault(said, {})[victim.name] = None
    for said, models in about.items():
        yield ", ".join(models), said
