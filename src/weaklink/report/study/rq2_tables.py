"""RQ2 as tables: rates by model, attack and data set, and the worst case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from weaklink.measures import Estimate
from weaklink.measures.results import Average, Group, StudyResults, WorstCase
from weaklink.report.study.query import Query
from weaklink.report.study.tables import Column, Row, StudyTable, Value
from weaklink.store.record import StudyRecord

_RATES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")


def models_table(results: StudyResults, record: StudyRecord) -> StudyTable:
    """Return RQ2.1: each model over all attacks and data sets."""
    architectures = {model.name: model.architecture for model in record.models}
    return _rates_table(
        "figure_6_models",
        "Figure 6",
        "RQ2.1: success rates by model, over all attacks and data sets",
        [Column("model", "model"), Column("architecture", "architecture")],
        results.by_model,
        lambda group: (group.model, architectures.get(str(group.model))),
        accuracy=True,
    )


def attacks_table(results: StudyResults) -> StudyTable:
    """Return RQ2.2: each attack over all models and data sets."""
    return _rates_table(
        "figure_7_attacks",
        "Figure 7",
        "RQ2.2: success rates by attack, over all models and data sets",
        [Column("attack", "attack")],
        results.by_attack,
        lambda group: (group.attack,),
    )


def datasets_table(results: StudyResults) -> StudyTable:
    """Return RQ2.2: each data set over all models and attacks."""
    return _rates_table(
        "figure_8_datasets",
        "Figure 8",
        "RQ2.2: success rates by data set, over all models and attacks",
        [Column("dataset", "data set")],
        results.by_dataset,
        lambda group: (group.dataset,),
    )


def cells_table(results: StudyResults) -> StudyTable:
    """Return each attack on each data set, over all models."""
    return _rates_table(
        "attacks_by_datasets",
        "",
        "Attack × data set, over all models",
        [Column("attack", "attack"), Column("dataset", "data set")],
        results.by_cell,
        lambda group: (group.attack, group.dataset),
    )


def mapped_table(results: StudyResults) -> StudyTable:
    """Return models whose labels are mapped to the data's, without and with that mapping."""
    plain = {group.model: group for group in results.by_model}
    figures = ("accuracy", "asr_correct", "robust_accuracy")
    rows = []
    for mapped in results.by_model_mapped:
        values: list[Value] = [mapped.model]
        for group in (plain[mapped.model], mapped):
            rates = (group.accuracy, group.rates.asr_correct, group.rates.robust_accuracy)
            values += [_macro(rate) for rate in rates]
        query = Query(models=(str(mapped.model),))
        queries = {name: query.numerator(name) for name in figures}
        rows.append(Row(tuple(values), {"model": query} | queries))
    return StudyTable(
        key="mapped_labels",
        number="",
        title="Label spaces mapped as the specification says",
        columns=(
            Column("model", "model"),
            *(Column(name, name, "share", interval=True) for name in figures),
            *(Column(f"{name}_mapped", f"{name}, mapped", "share", interval=True)
              for name in figures),
        ),
        rows=tuple(rows),
        note="asr_all does not depend on what labels mean.",
    )  # fmt: skip


def worst_table(results: StudyResults) -> StudyTable:
    """Return each model under the union of all attacks."""
    overall = [worst for worst in results.worst if worst.dataset is None]
    return StudyTable(
        key="worst_case",
        number="",
        title="The worst case: what is left when any of the attacks will do",
        columns=(
            Column("model", "model"),
            Column("accuracy", "accuracy", "share", interval=True),
            Column("strongest", "strongest attack"),
            Column("strongest_leaves", "it leaves", "share", interval=True),
            Column("robust_accuracy", "the union leaves", "share", interval=True),
            *(Column(f"fallen_{k}", f"fall to {k}", "count")
              for k in range(len(results.attacks) + 1)),
        ),
        rows=tuple(
            Row(
                (
                    worst.model, worst.accuracy, worst.strongest, worst.strongest_leaves,
                    worst.robust_accuracy, *worst.fallen,
                ),
                worst_queries(worst),
            )
            for worst in overall
        ),
        note="Robust accuracy under the union counts a sample as robust if no attack succeeds on "
        "it in any repetition. A single attack understates what an attacker with a choice can do. "
        "The last columns count samples by the number of attacks that they fall to.",
    )  # fmt: skip


def worst_queries(worst: WorstCase) -> dict[str, Query]:
    """Return the outcomes behind each figure of a model's worst case."""
    query = Query(models=(worst.model,))
    return {
        "model": query,
        "accuracy": query.numerator("accuracy"),
        "strongest_leaves": replace(query, attack=worst.strongest).numerator("robust_accuracy"),
        "robust_accuracy": replace(query, correct=True, falls=0),
        **{f"fallen_{k}": replace(query, falls=k) for k in range(len(worst.fallen))},
    }


def scenarios_table(results: StudyResults, model: str | None = None) -> StudyTable:
    """Return every scenario, or those of one model."""
    repeated = any(scenario.variance is not None for scenario in results.scenarios)
    rows = []
    for one in results.scenarios:
        if model not in (None, one.model):
            continue
        query = Query(models=(one.model,), attack=one.attack, dataset=one.dataset)
        values: list[Value] = [one.model] if model is None else []
        values += [one.attack, one.dataset, *(getattr(one, name) for name in _RATES)]
        values += [one.variance, ", ".join(f"{rate:.3f}" for rate in one.by_repetition)] * repeated
        values += [one.statuses["error"], one.missing]
        queries = {name: query.numerator(name) for name in _RATES}
        rows.append(Row(tuple(values), queries))
    return StudyTable(
        key="scenarios",
        number="",
        title="Every scenario" if model is None else "Every attack on every data set",
        columns=(
            *([Column("model", "model")] if model is None else []),
            Column("attack", "attack"),
            Column("dataset", "data set"),
            *(Column(name, name, "share", interval=True) for name in _RATES),
            *([Column("variance", "variance between repetitions", "number"),
               Column("by_repetition", "asr_all by repetition")] if repeated else []),
            Column("errors", "errors", "count"),
            Column("missing", "missing", "count"),
        ),
        rows=tuple(rows),
        note="Intervals are Wilson's.",
    )  # fmt: skip


def _rates_table(
    key: str,
    number: str,
    title: str,
    columns: Sequence[Column],
    groups: Sequence[Group],
    named: Callable[[Group], tuple[Value, ...]],
    *,
    accuracy: bool = False,
) -> StudyTable:
    rows = []
    for group in groups:
        query = Query(() if group.model is None else (group.model,), group.attack, group.dataset)
        values = [*named(group), _micro(group.rates.asr_all)]
        values += [_macro(getattr(group.rates, name)) for name in _RATES]
        values += [_macro(group.accuracy)] if accuracy else []
        queries = {name: query.numerator(name) for name in (*_RATES, "accuracy")}
        queries["asr_all_micro"] = queries["asr_all"]
        rows.append(Row(tuple(values), queries))
    return StudyTable(
        key=key,
        number=number,
        title=title,
        columns=(
            *columns,
            Column("asr_all_micro", "asr_all, micro", "share", interval=True),
            *(Column(name, f"{name}, macro", "share", interval=True) for name in _RATES),
            *([Column("accuracy", "accuracy", "share", interval=True)] if accuracy else []),
        ),
        rows=tuple(rows),
        note="Macro: every scenario weighs the same. Micro: every sample does. Intervals: 95 %, "
        "bootstrap over samples, clustered by sample across attacks and models.",
    )


def _macro(average: Average | None) -> Estimate | None:
    return None if average is None else average.macro


def _micro(average: Average | None) -> Estimate | None:
    return None if average is None else average.micro
