"""What a study found of a model, as ``model-index`` in the metadata of a model card."""

from __future__ import annotations

from collections.abc import Iterator

from weaklink.data.hub import HUB_DATASETS
from weaklink.measures import Estimate
from weaklink.measures.goals import measure_of
from weaklink.measures.results import Results, Scenario
from weaklink.report.exports.hub_yaml import to_yaml
from weaklink.report.exports.subject import Subject
from weaklink.store.studies import Study

_MEASURES = ("asr_all", "asr_correct", "robust_accuracy")
_DIGITS = 4


def model_index(subject: Subject, study: Study, results: Results) -> str:
    """Return the ``model-index`` of a model card's metadata as YAML."""
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import eval_results_to_model_index

    splits = _splits(study)
    entries = [
        EvalResult(
            task_type="text-classification",
            task_name="Text classification under attack",
            dataset_type=dataset_id(scenario.dataset),
            dataset_name=scenario.dataset,
            dataset_split=splits[scenario.dataset],
            metric_type=measure,
            metric_name=f"{measure_of(measure, results.goal)} under {scenario.attack}",
            metric_value=round(figure.value, _DIGITS),
            metric_args={
                "attack": scenario.attack,
                "n": figure.n,
                "interval": [round(figure.low, _DIGITS), round(figure.high, _DIGITS)],
            },
        )
        for scenario, measure, figure in _figures(subject)
    ]
    return to_yaml({"model-index": eval_results_to_model_index(subject.model.name, entries)})


def dataset_id(name: str) -> str:
    """Return the Hub's id of a data set, or its name where the Hub does not have it."""
    known = HUB_DATASETS.get(name)
    return name if known is None else known.repository


def _figures(subject: Subject) -> Iterator[tuple[Scenario, str, Estimate]]:
    for scenario in subject.scenarios:
        for measure in _MEASURES:
            figure = getattr(scenario, measure)
            if figure is not None:
                yield scenario, measure, figure


def _splits(study: Study) -> dict[str, str]:
    return {
        entry.dataset: study.campaigns[entry.campaign].data.split
        for entry in study.record.campaigns
    }
