"""The page's part about one model: what it is, how it fared, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from weaklink.hub.pages import hub_page
from weaklink.measures.results import Group, Results
from weaklink.report.lineage.of_study import on_the_hub
from weaklink.report.page.examples import Examples, ShownExample
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.robustness_tables import scenarios_table, worst_kinds
from weaklink.report.tables.table import Table
from weaklink.report.written import estimate
from weaklink.store import VictimRecord
from weaklink.store.record import ModelEntry
from weaklink.store.studies import Study

SECTIONS_SHOWN = 40
"""Models, and chains, that have a part of their own on the page."""

_RATES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")


@dataclass(frozen=True, slots=True)
class ModelSection:
    """One model."""

    anchor: str
    model: ModelEntry
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    chains: Sequence[str]
    link: OutcomeLink
    scenarios: Table | None
    examples: Sequence[ShownExample]
    trouble: str | None
    page: str | None
    """Where it is on the Hub."""


def model_sections(study: Study, results: Results, examples: Examples) -> Iterator[ModelSection]:
    """Yield the part of every model of the campaign, measured or not."""
    groups = {group.model: group for group in results.by_model}
    troubles = {failure.what: failure.reason for failure in results.failures}
    victims, hub = _victims(study), on_the_hub(study)
    chains = [chain.name for chain in study.record.chains[:SECTIONS_SHOWN]]
    for number, model in enumerate(study.record.models[:SECTIONS_SHOWN], start=1):
        group = groups.get(model.name)
        records = victims.get(model.name, {})
        yield ModelSection(
            anchor=f"model-{number}",
            model=model,
            facts=[
                *_facts(model),
                *(_figures(results, group) if group else ()),
                *_details(records),
            ],
            warnings=[*_warnings(records)],
            chains=[
                chain.name
                for chain in study.record.chains
                if model.name in chain.models and chain.name in chains
            ],
            link=OutcomeLink((model.name,)),
            scenarios=None if group is None else scenarios_table(results, model.name),
            examples=examples.of_model(model.name),
            trouble=troubles.get(model.name),
            page=hub_page(model.name) if model.name in hub else None,
        )


def _victims(study: Study) -> dict[str, dict[str, VictimRecord]]:
    """Return the record of each model on each data set, by the names of both."""
    names = {model.fingerprint: model.name for model in study.record.models}
    found: dict[str, dict[str, VictimRecord]] = {}
    for entry in study.record.campaigns:
        for victim in study.campaigns[entry.campaign].victims:
            name = names.get(victim.fingerprint, victim.name)
            found.setdefault(name, {})[entry.dataset] = victim
    return found


def _facts(model: ModelEntry) -> Iterator[tuple[str, str]]:
    yield "architecture", model.architecture or "unknown"
    if model.languages:
        yield "languages", ", ".join(model.languages)
    if model.downloads is not None:
        yield "downloads", f"{model.downloads:,}"


def _figures(results: Results, group: Group) -> Iterator[tuple[str, str]]:
    averages = {"accuracy": group.accuracy} | {name: getattr(group.rates, name) for name in _RATES}
    for name, average in averages.items():
        if average is not None:
            yield name, estimate(average.macro)
    for worst in results.worst:
        if worst.dataset is None and worst.model == group.model:
            kind = worst_kinds(results, worst).get("robust_accuracy", "share")
            yield "under all attacks", estimate(worst.robust_accuracy, kind)


def _details(records: Mapping[str, VictimRecord]) -> Iterator[tuple[str, str]]:
    """Yield what the model is to those who load it: the same on every data set."""
    for victim in list(records.values())[:1]:
        yield "labels", ", ".join(victim.labels)
        for name, value in victim.details.items():
            if value and name != "architecture":
                yield name, f"{int(value):,}" if name == "parameters" else value
        yield "fingerprint", victim.fingerprint


def _warnings(records: Mapping[str, VictimRecord]) -> Iterator[str]:
    """Yield the trust warnings of a model."""
    for dataset, victim in records.items():
        for warning in victim.warnings:
            yield f"{dataset}: {warning.message}" if len(records) > 1 else warning.message
