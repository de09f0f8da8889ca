"""A gate and its report as the summary of a build step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from weaklink.measures import Results
from weaklink.measures.gate import Judgement
from weaklink.report.summary import markdown
from weaklink.store.studies import Study
from weaklink.text import markdown_table

MOST_BYTES = 1_000_000
"""GitHub refuses the summary of a step beyond 1 MiB."""
_HEADINGS = ("gate", "model", "attack", "data", "bound", "figure", "95 % interval", "n")


def step_summary(study: Study, results: Results, judgements: Sequence[Judgement]) -> str:
    """Return the gate as a table of Markdown, then the report's answer and tables if they fit."""
    gate = _gate(judgements)
    whole = "\n\n".join(filter(None, (gate, markdown(study, results))))
    if len(whole.encode()) <= MOST_BYTES:
        return whole
    return f"{gate}\n\nThe tables are too long to show here. See the report.\n"


def _gate(judgements: Sequence[Judgement]) -> str:
    if not judgements:
        return ""
    counts = Counter(judgement.state for judgement in judgements)
    told = ", ".join(
        f"{counts[state]} {state}"
        for state in ("failed", "unknown", "undecided", "passed")
        if state in counts
    )
    return f"## Gate: {told}\n\n" + markdown_table(
        _HEADINGS, map(_row, judgements), figures={5, 6, 7}
    )


def _row(judgement: Judgement) -> tuple[str, ...]:
    found = judgement.figure
    told = (
        ("unknown", "", "0")
        if found is None
        else (f"{found.value:.3f}", f"{found.low:.3f} to {found.high:.3f}", str(found.n))
    )
    place = (judgement.model, judgement.attack, judgement.dataset)
    return (judgement.state, *place, f"{judgement.bound}{judgement.kind}", *told)
