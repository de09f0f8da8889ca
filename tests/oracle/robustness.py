"""RQ2 from the rows: rates of every scenario, their averages, and the worst case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from statistics import variance
from typing import Any, TypeAlias

from .described import described
from .facts import Facts, Row, Scenario, counts, fell
from .figures import Cell, average, cell, macro, share, wilson

Known: TypeAlias = Mapping[str, bool]
"""Whether each sample was classified correctly, where that is known."""
Cells: TypeAlias = Mapping[str, Mapping[Scenario, Cell]]
"""By measure."""

_MEASURES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
_STATUSES = ("succeeded", "failed", "skipped", "exhausted", "error")


def rq2(facts: Facts) -> dict[str, Any]:
    """Return the part of ``results.json`` that is about single models."""
    cells = _cells(facts, facts.models, mapped=False)
    mapped = facts.record["specification"].get("labels") or {}
    return {
        "overall": _rates(cells, {}),
        "by_model": _by_model(facts, cells, facts.models, mapped=False),
        "by_attack": [_group(cells, attack=a) for a in facts.repetitions],
        "by_dataset": [_group(cells, dataset=d) for d in facts.samples],
        "by_cell": [
            _group(cells, attack=a, dataset=d)
            for a, d in product(facts.repetitions, facts.samples)
        ],
        "references": _by_model(
            facts, _cells(facts, facts.references, mapped=False), facts.references, mapped=False
        ),
        "by_model_mapped": _by_model(
            facts, _cells(facts, facts.models, mapped=True), mapped, mapped=True
        ),
        "scenarios": [*_scenarios(facts, cells)],
        "worst": [*_worst(facts, cells)],
    }  # fmt: skip


def correct(facts: Facts, dataset: str, model: str, *, mapped: bool = False) -> Known:
    """Return whether the model classifies each sample correctly, by labels or by their meaning."""
    meaning = facts.record["specification"]["labels"].get(model) if mapped else None
    found: dict[str, bool] = {}
    for attack in facts.repetitions:
        for (sample, _), row in facts.scenario(dataset, model, attack).items():
            if meaning is not None:
                found[sample] = meaning[row["original_label"]] == row["gold_label"]
            elif row["gold_index"] is not None:
                found[sample] = row["gold_index"] == row["original_index"]
    return found


def _cells(facts: Facts, models: Iterable[str], *, mapped: bool) -> dict[str, dict[Scenario, Cell]]:
    bounds = facts.record["specification"]["bounds"]
    found: dict[str, dict[Scenario, Cell]] = {measure: {} for measure in _MEASURES}
    for dataset, model in product(facts.samples, models):
        known = correct(facts, dataset, model, mapped=mapped)
        for attack in facts.repetitions:
            place = Scenario(dataset, model, attack)
            rows = facts.counted(*place)
            falls = {sample: share(map(fell, made)) for sample, made in rows.items()}
            shares = {
                "asr_all": falls.items(),
                "asr_correct": ((s, part) for s, part in falls.items() if known.get(s)),
                "robust_accuracy": (
                    (s, (1 - part) * known[s])
                    for s, part in falls.items()
                    if part is not None and s in known
                ),
                "asr_valid": (
                    (s, share(fell(row) and valid(row, bounds) for row in made))
                    for s, made in rows.items()
                ),
            }
            for measure, parts in shares.items():
                found[measure][place] = cell(dataset, parts)
    return found


def valid(row: Row, bounds: Mapping[str, float]) -> bool:
    """Return whether a text is within the bounds; one on what was not measured does not apply."""
    perplexities = row["original_perplexity"], row["adversarial_perplexity"]
    measured = None not in perplexities
    return bool(
        row["similarity"] >= bounds["min_similarity"]
        and (not measured or perplexities[1] / perplexities[0] <= bounds["max_perplexity_ratio"])
        and row["words_changed"] / row["words"] <= bounds["max_words_changed"]
    )


def _rates(cells: Cells, of: Mapping[str, str]) -> dict[str, Any]:
    return {
        measure: average(
            [one for place, one in cells[measure].items() if of.items() <= place._asdict().items()]
        )
        for measure in _MEASURES
    }


def _group(cells: Cells, **of: str) -> dict[str, Any]:
    return {"model": None, "attack": None, "dataset": None, "accuracy": None} | {
        **of,
        "rates": _rates(cells, of),
    }


def _by_model(
    facts: Facts, cells: Cells, models: Iterable[str], *, mapped: bool
) -> list[dict[str, Any]]:
    return [
        _group(cells, model=model)
        | {"accuracy": average([_accuracy(facts, d, model, mapped) for d in facts.samples])}
        for model in models
    ]


def _accuracy(facts: Facts, dataset: str, model: str, mapped: bool = False) -> Cell:
    known = correct(facts, dataset, model, mapped=mapped)
    return cell(dataset, ((sample, Fraction(truth)) for sample, truth in known.items()))


def _scenarios(facts: Facts, cells: Cells) -> Iterator[dict[str, Any]]:
    for model, attack, dataset in product(facts.models, facts.repetitions, facts.samples):
        made = facts.scenario(dataset, model, attack).values()
        counted = [row for row in made if counts(row)]
        runs = (
            share(fell(row) for row in counted if row["repetition"] == number)
            for number in range(facts.repetitions[attack])
        )
        by_repetition = [rate for rate in runs if rate is not None]
        statuses = [row["status"] for row in made]
        yield {
            "model": model,
            "attack": attack,
            "dataset": dataset,
            **{name: wilson(cells[name][Scenario(dataset, model, attack)]) for name in _MEASURES},
            "by_repetition": by_repetition,
            "variance": variance(by_repetition) if len(by_repetition) > 1 else None,
            "statuses": {status: statuses.count(status) for status in _STATUSES},
            "missing": facts.repetitions[attack] * len(facts.samples[dataset]) - len(made),
            **described(made, counted),
        }


def _worst(facts: Facts, cells: Cells) -> Iterator[dict[str, Any]]:
    robust = cells["robust_accuracy"]
    for model in facts.models:
        accuracy = {dataset: _accuracy(facts, dataset, model) for dataset in facts.samples}
        falls = {dataset: attacks_fallen_to(facts, dataset, model) for dataset in facts.samples}
        stands = {
            dataset: cell(
                dataset,
                (
                    (sample, truth * (falls[dataset][sample] == 0))
                    for sample, truth in accuracy[dataset].shares.items()
                    if sample in falls[dataset]
                ),
            )
            for dataset in facts.samples
        }
        for dataset in (None, *facts.samples):
            where = [*facts.samples] if dataset is None else [dataset]
            left = {
                attack: macro([robust[Scenario(d, model, attack)] for d in where])
                if dataset is None
                else wilson(robust[Scenario(dataset, model, attack)])
                for attack in facts.repetitions
            }
            known = [(figure.value, attack) for attack, figure in left.items() if figure]
            worst = min(known)[1] if known else None
            counted = [count for d in where for count in falls[d].values()]
            yield {
                "model": model,
                "dataset": dataset,
                "accuracy": _one(accuracy, dataset),
                "robust_accuracy": _one(stands, dataset),
                "texts_cut": sum(_cut(facts, d, model) for d in where),
                "worst_attack": worst,
                "worst_attack_leaves": left[worst] if worst else None,
                "fallen": [counted.count(k) for k in range(len(facts.repetitions) + 1)],
            }


def _cut(facts: Facts, dataset: str, model: str) -> int:
    """Return how many samples are longer than the model reads."""
    return len(
        {
            sample
            for attack in facts.repetitions
            for (sample, _), row in facts.scenario(dataset, model, attack).items()
            if row["cut"]
        }
    )


def _one(cells: Mapping[str, Cell], dataset: str | None) -> Any:
    return macro([*cells.values()]) if dataset is None else wilson(cells[dataset])


def attacks_fallen_to(facts: Facts, dataset: str, model: str) -> dict[str, int]:
    """Return how many attacks each sample falls to, of samples that every attack was tried on."""
    by_attack = [facts.counted(dataset, model, attack) for attack in facts.repetitions]
    return {
        sample: sum(any(map(fell, rows[sample])) for rows in by_attack)
        for sample in facts.samples[dataset]
        if all(rows[sample] for rows in by_attack)
    }
