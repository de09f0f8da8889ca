"""The page's part about one model, and about one chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weaklink.measures.results import Advice, LinkResult, StudyResults
from weaklink.report.study.examples import Example, Examples
from weaklink.report.study.query import Query
from weaklink.report.study.rq2_tables import scenarios_table
from weaklink.report.study.rq3_tables import link_scenarios_table, transfer_by_link
from weaklink.report.study.tables import StudyTable, points, write
from weaklink.store.reading import Study
from weaklink.store.record import ChainEntry, Link, ModelEntry


@dataclass(frozen=True, slots=True)
class ModelSection:
    """One model: what it is, how it fared, where it stands."""

    anchor: str
    model: ModelEntry
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    chains: Sequence[str]
    query: Query
    scenarios: StudyTable | None
    examples: Sequence[Example]
    trouble: str | None


@dataclass(frozen=True, slots=True)
class LinkSection:
    """One measured link of a chain."""

    result: LinkResult
    facts: Sequence[tuple[str, str]]
    scenarios: StudyTable
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class ChainSection:
    """One chain: its ancestry and the evidence for it, its figures, examples and advice."""

    anchor: str
    chain: ChainEntry
    evidence: Sequence[Link]
    links: Sequence[LinkSection]
    transfer: StudyTable
    advice: Advice | None


def model_sections(
    study: Study, results: StudyResults, examples: Examples
) -> Iterator[ModelSection]:
    """Yield the part of every model of the study, measured or not."""
    groups = {group.model: group for group in results.by_model}
    worst = {one.model: one for one in results.worst if one.dataset is None}
    troubles = {failure.what: failure.reason for failure in results.failures}
    warnings = _warnings(study)
    for number, model in enumerate(study.record.models, start=1):
        group = groups.get(model.name)
        facts = [("architecture", model.architecture or "unknown")]
        facts += [("languages", ", ".join(model.languages))] if model.languages else []
        facts += [("downloads", f"{model.downloads:,}")] if model.downloads is not None else []
        if group is not None:
            rates = group.rates
            facts += [
                (name, write(average.macro))
                for name, average in (
                    ("accuracy", group.accuracy), ("asr_all", rates.asr_all),
                    ("asr_correct", rates.asr_correct), ("robust_accuracy", rates.robust_accuracy),
                    ("asr_valid", rates.asr_valid),
                )
                if average is not None
            ]  # fmt: skip
            left = worst[model.name]
            facts.append(("under all attacks", write(left.robust_accuracy)))
        yield ModelSection(
            anchor=f"model-{number}",
            model=model,
            facts=facts,
            warnings=warnings.get(model.name, ()),
            chains=[chain.name for chain in study.record.chains if model.name in chain.models],
            query=Query((model.name,)),
            scenarios=None if group is None else scenarios_table(results, model.name),
            examples=examples.of_model(model.name),
            trouble=troubles.get(model.name),
        )


def chain_sections(
    study: Study, results: StudyResults, examples: Examples
) -> Iterator[ChainSection]:
    """Yield the part of every chain of the study."""
    advice = {one.about: one for one in results.advice if one.kind == "chain"}
    for chain in study.record.chains:
        yield ChainSection(
            anchor=f"chain-{chain.name}",
            chain=chain,
            evidence=chain.links,
            links=[
                LinkSection(
                    link, _link_facts(link), link_scenarios_table(results, link),
                    examples.of_link(link.upstream, link.downstream),
                )
                for link in results.links
                if chain.name in link.chains
            ],
            transfer=transfer_by_link(results, chain.name),
            advice=advice.get(chain.name),
        )  # fmt: skip


def _link_facts(link: LinkResult) -> list[tuple[str, str]]:
    found = link.all
    facts = [
        ("asr_all upstream", write(found.upstream)),
        ("asr_all downstream", write(found.downstream)),
        ("delta", f"{write(found.delta, 'difference')} points"),
    ]
    if found.detectable is not None:
        facts.append(("detectable delta", f"{points(found.detectable).lstrip('+')} points"))
    return facts


def _warnings(study: Study) -> dict[str, list[str]]:
    """Return the trust warnings of every model, each once."""
    names = {model.fingerprint: model.name for model in study.record.models}
    found: dict[str, dict[str, None]] = {}
    for entry in study.record.campaigns:
        for victim in study.campaigns[entry.campaign].victims:
            name = names.get(victim.fingerprint, victim.name)
            for warning in victim.warnings:
                said = f"{entry.dataset}: {warning.message}"
                found.setdefault(name, {})[said] = None
    return {name: list(said) for name, said in found.items()}
