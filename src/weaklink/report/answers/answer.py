"""The answer at the top of a report: about the audited model, or about all chains."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.measures.results import Results
from weaklink.report.answers.audit_answer import audit_answer
from weaklink.report.answers.study_answer import study_answer
from weaklink.report.audited import audited
from weaklink.store.studies import Study


def answer(study: Study, results: Results) -> Sequence[str]:
    """Return what a reader should know if they read no further; the first sentence sums it up."""
    stopped = results.stopped
    if stopped is not None and not stopped.samples:
        return [
            f"No sample was finished in time: 0 of {stopped.asked:,}.",
            "Nothing can be said of the model. The same command goes on from there.",
        ]
    model = audited(study, results)
    return study_answer(results) if model is None else audit_answer(study, results, model)
