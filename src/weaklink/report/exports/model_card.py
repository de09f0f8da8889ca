"""What a study found of a model, as a section for its model card."""

from __future__ import annotations

from weaklink.measures.goals import evasion
from weaklink.measures.results import LinkResult, Results
from weaklink.report.advice import handed_down
from weaklink.report.exports.subject import Subject
from weaklink.report.tables.chain_tables import links_of_table
from weaklink.report.tables.markdown import to_markdown
from weaklink.report.tables.robustness_tables import scenarios_table
from weaklink.report.tables.table import Table
from weaklink.report.written import estimate, within
from weaklink.text import as_markdown
from weaklink.version import __version__


def model_card_section(subject: Subject, results: Results) -> str:
    """Return a section of Markdown; names are escaped, so they stay text."""
    table = scenarios_table(results, subject.model.name)
    parts = [
        "## Adversarial robustness",
        as_markdown(_summary(subject, results)),
        *(as_markdown(_link(link, results)) for link in subject.links),
        _section(table),
        *([_section(links_of_table(results, subject.model.name))] if subject.links else []),
        as_markdown(_method(results)),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(subject: Subject, results: Results) -> str:
    rates, worst = subject.group.rates, subject.worst
    success = None if rates.asr_all is None else rates.asr_all.macro
    said = (
        f"Attacked by {', '.join(results.attacks)} on {', '.join(results.datasets)}: attacks "
        f"succeed on {estimate(success)} of all attacked samples (asr_all, mean of the attacks and "
        "data sets)."
    )
    if worst.robust_accuracy is None:
        return said
    return (
        f"{said} If any attack may succeed, accuracy falls from "
        f"{estimate(worst.accuracy)} to {estimate(worst.robust_accuracy)}."
    )


def _link(link: LinkResult, results: Results) -> str:
    found = link.all
    return (
        f"Fine-tuned from {link.upstream}: asr_all changed by "
        f"{estimate(found.delta, 'difference')} points (above 0: less robust). Of the samples that "
        f"fall there, {estimate(found.sample_transfer)} fall here; of the adversarial texts found "
        f"there, {estimate(found.text_transfer)} work here. {handed_down(found, results)}"
    )


def _method(results: Results) -> str:
    return (
        f"Measured by weaklink {__version__} (study {results.name}, digest {results.digest[:12]}). "
        "asr_all divides successes by all attacked samples, asr_correct by those classified "
        "correctly before; robust_accuracy is the share classified correctly before and after; "
        f"asr_valid counts only valid texts: {within(results.bounds)}. Intervals are at 95 %. "
        f"{evasion(results.goal)}"
    ).strip()


def _section(table: Table) -> str:
    return f"### {as_markdown(table.title)}\n\n{to_markdown(table)}"
