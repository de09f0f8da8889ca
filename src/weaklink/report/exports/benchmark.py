"""A model's robust accuracy on a benchmark of the Hub: its results, and the benchmark's tasks.

``.eval_results/*.yaml`` of a model's repository names a data set and one of its tasks. The tasks
stand in ``eval.yaml`` of the data set, which the Hub checks when it is pushed
(https://huggingface.co/docs/hub/eval-results).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeGuard

from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from weaklink.cache import digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.guards.yaml_text import parse_yaml
from weaklink.measures import Estimate
from weaklink.measures.goals import evasion
from weaklink.measures.results import Results
from weaklink.report.exports.hub_yaml import to_yaml
from weaklink.report.exports.subject import Subject
from weaklink.report.written import percent
from weaklink.store import AttackRecord, Campaign
from weaklink.store.studies import Study
from weaklink.version import __version__

TASKS = "eval.yaml"
FRAMEWORK = "weaklink"
_FOLDER = ".eval_results"
_DESCRIPTION = (
    "Robust accuracy of text classifiers, in per cent: the share of samples that a model "
    "classifies correctly before and after an attack that changes their texts. A task is one "
    "attack, or any of several, on the same samples with the same parameters; its name ends with "
    "their digest."
)
_CONFIG = "default"
"""What the Hub calls the only configuration of a data set."""
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class TaskResult:
    """The robust accuracy of a model in one task.

    Attributes:
        id: Of the task.
        split: Of the data that samples are drawn from.
        value: The figure.
        notes: How it was measured.
    """

    id: str
    split: str
    value: Estimate
    notes: str


def task_results(subject: Subject, study: Study, results: Results) -> list[TaskResult]:
    """Return the robust accuracy of a model under each attack, and under any of them.

    Raises:
        WeaklinkError: Some outcomes are missing, or none has a robust accuracy.
    """
    found = [*_task_results(subject, study, results)]
    if not found:
        raise WeaklinkError(
            f"There is no robust accuracy of {subject.model.name}.",
            "It takes gold labels that match the model's labels, and attacks that ended.",
        )
    return found


def result_file(benchmark: str) -> str:
    """Return the path of the results on a benchmark in a model's repository."""
    return str(PurePosixPath(_FOLDER, f"{benchmark.replace('/', '_')}.yaml"))


def to_eval_results(
    benchmark: str,
    found: Sequence[TaskResult],
    results: Results,
    *,
    source: str | None = None,
    before: str | None = None,
) -> str:
    """Return the results of a model on a benchmark, as YAML.

    Args:
        benchmark: Id of the data set.
        found: The results.
        results: Says when they were made.
        source: Address of the report, if there is one.
        before: What the file holds already. Results in other tasks stay.

    Raises:
        WeaklinkError: What the file holds cannot be read.
    """
    date = results.created.date().isoformat() if results.created else None
    entries = [
        EvalResultEntry(
            dataset_id=benchmark,
            task_id=one.id,
            value=round(100 * one.value.value, 2),
            date=date,
            source_url=source,
            source_name=source and "weaklink report",
            notes=one.notes,
        )
        for one in found
    ]
    new = [(one.dataset_id, one.task_id) for one in entries]
    kept = [entry for entry, task in _entries(before) if task not in new]
    return to_yaml([*kept, *eval_result_entries_to_yaml(entries)])


def to_tasks(benchmark: str, found: Sequence[TaskResult], before: str | None = None) -> str:
    """Return the ``eval.yaml`` of a benchmark with the tasks of some results.

    Args:
        benchmark: Id of the data set.
        found: The results.
        before: What the file holds already, which stays.

    Raises:
        WeaklinkError: The file is of another framework, or cannot be read.
    """
    content = _tasks(before) or {
        "name": benchmark.partition("/")[2],
        "description": _DESCRIPTION,
        "evaluation_framework": FRAMEWORK,
        "tasks": [],
    }
    known = {task.get("id") for task in content["tasks"]}
    new = [
        {"id": one.id, "config": _CONFIG, "split": one.split}
        for one in found
        if one.id not in known
    ]
    return to_yaml(content | {"tasks": [*content["tasks"], *new]})


def _task_results(subject: Subject, study: Study, results: Results) -> Iterator[TaskResult]:
    campaigns = {one.dataset: study.campaigns[one.campaign] for one in study.record.campaigns}
    name = subject.model.name
    for dataset, campaign in campaigns.items():
        scenarios = [one for one in subject.scenarios if one.dataset == dataset]
        if missing := sum(one.missing for one in scenarios):
            raise WeaklinkError(
                f"{missing} outcomes of {name} on {dataset} are missing.",
                "Let the run end: the same command goes on where it stopped.",
            )
        for one in scenarios:
            attacks = [attack for attack in campaign.attacks if attack.name == one.attack]
            if one.robust_accuracy is not None:
                yield _result(one.robust_accuracy, campaign, attacks, one.attack, results)
        worst = next(w for w in results.worst if (w.model, w.dataset) == (name, dataset))
        if worst.robust_accuracy is not None and len(scenarios) > 1:
            yield _result(worst.robust_accuracy, campaign, campaign.attacks, "any", results)


def _result(
    figure: Estimate,
    campaign: Campaign,
    attacks: Sequence[AttackRecord],
    what: str,
    results: Results,
) -> TaskResult:
    data = campaign.data
    under = f"any of {', '.join(one.name for one in attacks)}" if what == "any" else what
    measured = (
        f"Robust accuracy under {under} on {data.name}, in per cent; 95 % interval "
        f"{percent(figure.low)} to {percent(figure.high)}, n = {figure.n}."
    )
    made = f"weaklink {__version__}, study digest {results.digest[:12]}."
    dataset = "".join(sign if sign.isalnum() else "_" for sign in data.name)
    task = f"{dataset}_{what}_{_digest(campaign, attacks)}"
    notes = " ".join(filter(None, (measured, evasion(results.goal), made)))
    return TaskResult(task, data.split, figure, notes)


def _digest(campaign: Campaign, attacks: Sequence[AttackRecord]) -> str:
    """Return a digest of all that makes results in a task comparable."""
    data = campaign.data
    parts = sorted(f"{one.fingerprint} {one.repetitions}" for one in attacks)
    samples = sorted(data.sample_ids)
    whole = digest_of_parts([data.fingerprint, data.split, str(campaign.seed), *samples, *parts])
    return whole[:_DIGEST]


def _entries(text: str | None) -> list[tuple[dict[str, Any], tuple[object, object]]]:
    """Return what a file of results holds, each entry as it is, with its data set and task."""
    found = _parsed(text or "", "of results") or []
    if not _are_tables(found) or not _are_tables([entry.get("dataset") for entry in found]):
        raise _unreadable("of results")
    tasks = [(entry["dataset"].get("id"), entry["dataset"].get("task_id")) for entry in found]
    return list(zip(found, tasks, strict=True))


def _tasks(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    content: dict[str, Any] = _parsed(text, TASKS)
    tasks = content.get("tasks") if isinstance(content, dict) else None
    if not _are_tables(tasks) or not all(isinstance(one.get("id"), str) for one in tasks):
        raise _unreadable(TASKS)
    framework = content.get("evaluation_framework")
    if framework != FRAMEWORK:
        raise WeaklinkError(
            f"The data set is a benchmark of {str(framework)[:60]!r} already.",
            "A benchmark has one framework: name another data set with --benchmark.",
        )
    return content


def _parsed(text: str, what: str) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return parse_yaml(text)
    except ValueError as error:
        raise _unreadable(what) from error


def _are_tables(value: object) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _unreadable(what: str) -> WeaklinkError:
    return WeaklinkError(
        f"The file {what} on the Hub cannot be read.", "Correct or remove it there."
    )
