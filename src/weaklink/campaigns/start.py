"""The two entry points: an audit of one link or one model, and a study of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from weaklink.campaigns.finished import find_finished
from weaklink.campaigns.prepare.call_arguments import NOTHING, CallArguments
from weaklink.campaigns.python.call import read_call
from weaklink.campaigns.python.errors import in_python
from weaklink.campaigns.python.models import Model
from weaklink.campaigns.python.notebook_progress import default_progress
from weaklink.campaigns.result import AuditResult
from weaklink.campaigns.specification import AUTO, AuditOptions, Specification
from weaklink.errors import WeaklinkError
from weaklink.files import write_atomically
from weaklink.measures import Bound, parse_bound
from weaklink.progress import Progress
from weaklink.store import open_store
from weaklink.store.databases import Location
from weaklink.store.record import StudyRecord
from weaklink.store.studies import RECORD, keep_store_of, store_of
from weaklink.validation import listed

if TYPE_CHECKING:
    from weaklink.engine import Models
    from weaklink.measures.runs.baseline import Baseline


def audit(
    downstream: Model,
    upstream: Model | None = None,
    *,
    progress: Progress | None = None,
    fail_over: str | Sequence[str] = (),
    fail_under: str | Sequence[str] = (),
    **options: Unpack[AuditOptions],
) -> AuditResult:
    """Attack a model, or both ends of a chain, and return the figures.

    Args:
        downstream: Hub id, local folder, ``package.module:function``, a function from a list of
            texts to probabilities, a pair of a transformers model and its tokenizer, or a
            text-classification pipeline.
        upstream: What it was fine-tuned from, likewise; ``auto`` finds it on the Hub.
        progress: Is told how far the work is; None: bars in a notebook, nothing elsewhere.
        fail_over: A gate, or several, such as ``pwws.asr_correct=0.5``: ``judgements`` of the
            result says what becomes of them, and ``until="decided"`` waits for it.
        fail_under: The same from below, such as ``robust_accuracy=0.4``.
        options: Those of ``weaklink audit``: ``samples``, ``seed``, ... ``data`` may be a data
            frame of pandas or polars, and ``attacks`` may hold attacks that are not installed.

    Raises:
        WeaklinkError: Something is wrong that the user can fix. Outcomes so far are stored, and
            the same call resumes.
    """
    with in_python():
        gates = [parse_bound(text, "over") for text in listed(fail_over)]
        gates += [parse_bound(text, "under") for text in listed(fail_under)]
        spec, given = read_call(downstream, upstream, options)
        given = replace(given, gates=gates)
        if upstream == AUTO:
            from weaklink.campaigns.ancestry import find_upstream

            spec = find_upstream(spec).spec
        return run_audit(spec, progress or default_progress(), given)


def run_audit(
    spec: Specification, progress: Progress, given: CallArguments = NOTHING
) -> AuditResult:
    """Do what ``audit`` does, for a specification.

    Args:
        spec: What to do.
        progress: Is told how far the work is.
        given: Gates, and models, attacks and data that are objects of the caller.

    Raises:
        WeaklinkError: It is not an audit, or as ``audit``.
    """
    if spec.link is None:
        raise WeaklinkError(
            "An audit measures one link or one model on one data set.",
            "Give fewer, or run a study.",
        )
    check_gates(spec, given.gates)
    with open_store(spec.store) as store:
        store.register(spec.digest, spec.canonical())
        made, record = 0, None if given.objects else find_finished(spec, store)
        if record is None:
            from weaklink.campaigns.run import run

            record, made = run(spec, store, progress, strict=True, given=given)
        else:
            store.put_record(record)
    bounds = tuple(one for one in given.gates if isinstance(one, Bound))
    return AuditResult(record, spec.store, spec.bounds, made, bounds)


def check_gates(spec: Specification, gates: Sequence[Bound | Baseline]) -> None:
    """Refuse gates on what an audit will not have.

    Raises:
        WeaklinkError: There is such a gate.
    """
    if spec.link is None or spec.replay is not None:
        return
    for one in gates:
        if isinstance(one, Bound):
            one.check(
                spec.attacks,
                chain=spec.link.upstream is not None,
                defended=spec.guard is not None or spec.hardened_model is not None,
                replays=spec.text_transfer,
            )


def run_study(
    spec: Specification,
    folder: Path,
    progress: Progress,
    models: Models | None = None,
    *,
    store: Location | None = None,
) -> StudyRecord:
    """Run or resume a study, and return its record.

    Args:
        spec: What to do.
        folder: Holds the store, the record and the models that the study makes. Another
            specification in the same folder asks only for what is new.
        progress: Is told how far the work is.
        models: Encoder, tagger and the like; by default those that the specification names.
        store: Where the outcomes are kept, if not in the folder, which then says where.

    Raises:
        WeaklinkError: The specification cannot be followed at all, or the store failed. What has
            ended is stored, and the same call resumes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if store is not None:
        keep_store_of(folder, store)
    with open_store(store_of(folder)) as opened:
        opened.register(spec.digest, spec.canonical())
        finished = None if models else find_finished(spec, opened, folder)
        if finished is not None:
            opened.put_record(finished)
            write_record(finished, folder)
            return finished
        from weaklink.campaigns.defending.learning import learning
        from weaklink.campaigns.run import run

        return run(
            spec, opened, progress,
            strict=False, folder=folder, models=models, keep=lambda r: write_record(r, folder),
            learn=learning(spec, folder, progress, models),
        ).record  # fmt: skip


def write_record(record: StudyRecord, folder: Path) -> None:
    """Write a study's record beside its store."""
    text = record.model_dump_json(indent=2, exclude={"inputs"})
    write_atomically(folder / RECORD, text + "\n")
