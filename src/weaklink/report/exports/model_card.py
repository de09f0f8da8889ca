"""What a study found of a model, as a section for its model card."""

from __future__ import annotations

from weaklink.measures.results import LinkResult, StudyResults
from weaklink.report.figures import within
from weaklink.report.study.rq2_tables import scenarios_table
from weaklink.report.study.rq3_tables import links_of_table
from weaklink.report.study.subject import Subject
from weaklink.report.study.tables import StudyTable, write
from weaklink.text import as_markdown
from weaklink.version import __version__


def model_card_section(subject: Subject, results: StudyResults) -> str:
    """Return a section of Markdown; names are escaped, so they stay text."""
    table = scenarios_table(results, subject.model.name)
    parts = [
        "## Adversarial robustness",
        as_markdown(_summary(subject, results)),
        *(as_markdown(_link(link)) for link in subject.links),
        _markdown(table),
        *([_markdown(links_of_table(results, subject.model.name))] if subject.links else []),
        as_markdown(_method(results)),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(subject: Subject, results: StudyResults) -> str:
    rates, worst = subject.group.rates, subject.worst
    success = None if rates.asr_all is None else rates.asr_all.macro
    said = (
        f"Attacked by {', '.join(results.attacks)} on {', '.join(results.datasets)}: attacks "
        f"succeed on {write(success)} of all attacked samples (asr_all, mean of the attacks and "
        "data sets)."
    )
    if worst.robust_accuracy is None:
        return said
    return (
        f"{said} When any of the attacks will do, accuracy falls from {write(worst.accuracy)} to "
        f"{write(worst.robust_accuracy)}."
    )


def _link(link: LinkResult) -> str:
    found = link.all
    return (
        f"Fine-tuned from {link.upstream}: asr_all changed by {write(found.delta, 'difference')} "
        f"points (above 0: less robust). Of the samples that fall there, "
        f"{write(found.sample_transfer)} fall here, where chance gives {write(found.downstream)}; "
        f"of the adversarial texts found there, {write(found.text_transfer)} work here."
    )


def _method(results: StudyResults) -> str:
    return (
        f"Measured by weaklink {__version__} (study {results.name}, digest {results.digest[:12]}). "
        "asr_all divides successes by all attacked samples, asr_correct by those classified "
        "correctly before; robust_accuracy is the share classified correctly before and after; "
        f"asr_valid counts only valid texts: {within(results.bounds)}. Intervals are at 95 %."
    )


def _markdown(table: StudyTable) -> str:
    heading = " | ".join(as_markdown(column.heading) for column in table.columns)
    rules = " | ".join(":--" if column.kind == "text" else "--:" for column in table.columns)
    rows = [
        " | ".join(as_markdown(f"{cell.text} {cell.interval}".strip()) for cell in row)
        for row in table.cells()
    ]
    lines = "\n".join(f"| {line} |" for line in (heading, rules, *rows))
    return f"### {as_markdown(table.title)}\n\n{lines}"
