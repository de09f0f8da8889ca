"""RQ2 as tables: rates by model, attack and data set, and the worst case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from weaklink.measures import Estimate
from weaklink.measures.goals import evasion, rates_of
from weaklink.measures.results import Average, Group, Results, Scenario, WorstCase
from weaklink.report.roles import short_names
from weaklink.report.tables.attempt_tables import by_attack
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.table import Column, Row, Table, Value
from weaklink.report.written import Kind, percent, within
from weaklink.store.record import StudyRecord

_BRIEF = ("asr_correct", "asr_all", "asr_valid", "robust_accuracy")
_RATES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")


def models_table(results: Results, record: StudyRecord) -> Table:
    """Return RQ2.1: each model over all attacks and data sets."""
    architectures = {model.name: model.architecture for model in record.models}
    return _rates_table(
        "figure_6_models",
        "Figure 6",
        f"RQ2.1: {rates_of(results.goal)} by model, over all attacks and data sets",
        [Column("model", "model"), Column("architecture", "architecture")],
        results.by_model,
        lambda group: (group.model, architectures.get(str(group.model))),
        accuracy=True,
    )


def attacks_table(results: Results) -> Table:
    """Return RQ2.2: each attack over all models and data sets."""
    return _rates_table(
        "figure_7_attacks",
        "Figure 7",
        f"RQ2.2: {rates_of(results.goal)} by attack, over all models and data sets",
        [Column("attack", "attack")],
        results.by_attack,
        lambda group: (group.attack,),
    )


def datasets_table(results: Results) -> Table:
    """Return RQ2.2: each data set over all models and attacks."""
    return _rates_table(
        "figure_8_datasets",
        "Figure 8",
        f"RQ2.2: {rates_of(results.goal)} by data set, over all models and attacks",
        [Column("dataset", "data set")],
        results.by_dataset,
        lambda group: (group.dataset,),
    )


def cells_table(results: Results) -> Table:
    """Return each attack on each data set, over all models."""
    return _rates_table(
        "attacks_by_datasets",
        "",
        "Attack × data set, over all models",
        [Column("attack", "attack"), Column("dataset", "data set")],
        results.by_cell,
        lambda group: (group.attack, group.dataset),
    )


def mapped_table(results: Results) -> Table:
    """Return models whose labels are mapped to the data's, without and with that mapping."""
    plain = {group.model: group for group in results.by_model}
    figures = ("accuracy", "asr_correct", "robust_accuracy")
    rows = []
    for mapped in results.by_model_mapped:
        values: list[Value] = [mapped.model]
        for group in (plain[mapped.model], mapped):
            rates = (group.accuracy, group.rates.asr_correct, group.rates.robust_accuracy)
            values += [_macro(rate) for rate in rates]
        link = OutcomeLink(models=(str(mapped.model),))
        links = {name: link.numerator(name) for name in figures}
        rows.append(Row(tuple(values), {"model": link} | links))
    return Table(
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


def worst_table(results: Results) -> Table:
    """Return each model under the union of all attacks."""
    overall = [worst for worst in results.worst if worst.dataset is None]
    return Table(
        key="worst_case",
        number="",
        title="The worst case: what is left if any attack may succeed",
        columns=(
            Column("model", "model"),
            Column("accuracy", "accuracy", "share", interval=True),
            Column("texts_cut", "texts cut", "count"),
            Column("worst_attack", "worst attack"),
            Column("worst_attack_leaves", "it leaves", "share", interval=True),
            Column("robust_accuracy", "the union leaves", "share", interval=True),
            *(Column(f"fallen_{k}", f"fall to {k}", "count")
              for k in range(len(results.attacks) + 1)),
        ),
        rows=tuple(
            Row(
                (
                    worst.model, worst.accuracy, worst.texts_cut, worst.worst_attack,
                    worst.worst_attack_leaves, worst.robust_accuracy, *worst.fallen,
                ),
                worst_links(worst),
                worst_kinds(results, worst),
            )
            for worst in overall
        ),
        note="Robust accuracy under the union counts a sample as robust if no attack succeeds on "
        "it in any repetition. A single attack understates what an attacker with a choice can do. "
        "Texts cut: samples longer than the model reads. The last columns count samples by the "
        "number of attacks that they fall to.",
    )  # fmt: skip


def worst_kinds(results: Results, worst: WorstCase) -> dict[str, Kind]:
    """Return which figures of a model's worst case are rates of its own samples.

    Over several data sets they are means of rates, as is what an attack leaves over repetitions.
    """
    if len(results.datasets) > 1:
        return {}
    repeated = any(
        one.variance is not None
        for one in results.scenarios
        if (one.model, one.attack) == (worst.model, worst.worst_attack)
    )
    rates = ("accuracy", "robust_accuracy", *(() if repeated else ("worst_attack_leaves",)))
    return dict.fromkeys(rates, "rate")


def worst_links(worst: WorstCase) -> dict[str, OutcomeLink]:
    """Return the outcomes behind each figure of a model's worst case."""
    link = OutcomeLink(models=(worst.model,))
    single = replace(link, attack=worst.worst_attack)
    return {
        "model": link,
        "accuracy": link.numerator("accuracy"),
        "worst_attack_leaves": single.numerator("robust_accuracy"),
        "robust_accuracy": replace(link, correct=True, falls=0),
        **{f"fallen_{k}": replace(link, falls=k) for k in range(len(worst.fallen))},
    }


def scenarios_table(results: Results, model: str | None = None) -> Table:
    """Return every scenario, or those of one model."""
    repeated = any(scenario.variance is not None for scenario in results.scenarios)
    rows = []
    for one in results.scenarios:
        if model not in (None, one.model):
            continue
        values: list[Value] = [one.model] if model is None else []
        values += [one.attack, one.dataset, *(getattr(one, name) for name in _RATES)]
        values += [one.variance, ", ".join(f"{rate:.3f}" for rate in one.by_repetition)] * repeated
        rows.append(Row(tuple(values), _rate_links(one), _rate_kinds(one)))
    return Table(
        key="scenarios",
        number="",
        title=f"Every scenario: {rates_of(results.goal)} and robust accuracy"
        if model is None
        else "Every attack on every data set",
        columns=(
            *([Column("model", "model")] if model is None else []),
            Column("attack", "attack"),
            Column("dataset", "data set"),
            *(Column(name, name, "rate", interval=True) for name in _RATES),
            *([Column("variance", "variance between repetitions", "number"),
               Column("by_repetition", "asr_all by repetition")] if repeated else []),
        ),
        rows=tuple(rows),
        note=" ".join(
            filter(
                None,
                (
                    evasion(results.goal),
                    f"Intervals are Wilson's. Valid: {within(results.bounds)}.",
                ),
            )
        ),
    )  # fmt: skip


def brief_scenarios_table(results: Results) -> Table:
    """Return every scenario's rates, narrow enough for a terminal."""
    names = short_names(results)
    repeated = any(scenario.variance is not None for scenario in results.scenarios)
    several = len(results.datasets) > 1
    rows = tuple(
        Row(
            (
                one.attack, names[one.model], *([one.dataset] if several else []),
                *(getattr(one, name) for name in _BRIEF), *([_repeated(one)] if repeated else []),
            ),
            _rate_links(one),
            _rate_kinds(one),
        )
        for one in by_attack(results)
    )  # fmt: skip
    columns = (
        Column("attack", "attack"),
        Column("model", "model"),
        *([Column("dataset", "data set")] if several else []),
        *(Column(name, name, "rate", interval=True) for name in _BRIEF),
        *([Column("by_repetition", "asr_all by repetition")] if repeated else []),
    )
    evaded = results.goal.kind == "evasion"
    rates = "Evasion rates (every asr)" if evaded else "Attack success rates"
    title = f"{rates} and robust accuracy, with 95 % intervals; valid: {within(results.bounds)}"
    return Table("scenarios", "", title, columns, rows, "Intervals are Wilson's.")


def _rate_links(one: Scenario) -> dict[str, OutcomeLink]:
    link = OutcomeLink(models=(one.model,), attack=one.attack, dataset=one.dataset)
    return {name: link.numerator(name) for name in _RATES}


def _rate_kinds(one: Scenario) -> dict[str, Kind]:
    """Return what rates are that are means over repetitions."""
    return {} if one.variance is None else dict.fromkeys(_RATES, "share")


def _repeated(one: Scenario) -> str | None:
    if one.variance is None:
        return None
    return ", ".join(percent(rate) for rate in one.by_repetition)


def _rates_table(
    key: str,
    number: str,
    title: str,
    columns: Sequence[Column],
    groups: Sequence[Group],
    named: Callable[[Group], tuple[Value, ...]],
    *,
    accuracy: bool = False,
) -> Table:
    rows = []
    for group in groups:
        link = OutcomeLink(
            () if group.model is None else (group.model,), group.attack, group.dataset
        )
        values = [*named(group), _micro(group.rates.asr_all)]
        values += [_macro(getattr(group.rates, name)) for name in _RATES]
        values += [_macro(group.accuracy)] if accuracy else []
        links = {name: link.numerator(name) for name in (*_RATES, "accuracy")}
        links["asr_all_micro"] = links["asr_all"]
        rows.append(Row(tuple(values), links))
    return Table(
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
