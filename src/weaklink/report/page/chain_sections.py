"""The page's part about one chain: its ancestry and the evidence for it, figures and examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weaklink.measures.results import LinkResult, Results
from weaklink.report.advice import Advised, advised
from weaklink.report.page.contents import narrow
from weaklink.report.page.examples import Examples, ShownExample
from weaklink.report.page.model_sections import SECTIONS_SHOWN
from weaklink.report.tables.chain_tables import link_scenarios_table
from weaklink.report.tables.table import Table
from weaklink.report.tables.transfer_tables import transfer_by_link
from weaklink.report.written import estimate, points
from weaklink.store.record import ChainEntry, Link
from weaklink.store.studies import Study


@dataclass(frozen=True, slots=True)
class LinkSection:
    """One measured link of a chain."""

    result: LinkResult
    facts: Sequence[tuple[str, str]]
    scenarios: Table
    examples: Sequence[ShownExample]


@dataclass(frozen=True, slots=True)
class ChainSection:
    """One chain."""

    anchor: str
    chain: ChainEntry
    evidence: Sequence[Link]
    links: Sequence[LinkSection]
    transfer: Table
    advice: Advised | None


def chain_sections(
    study: Study, results: Results, examples: Examples, *, one_model: bool
) -> Iterator[ChainSection]:
    """Yield the part of every chain of the campaign; ``one_model``: the page is about one."""
    advice = {one.advice.about: one for one in advised(results) if one.advice.kind == "chain"}
    for chain in study.record.chains[:SECTIONS_SHOWN]:
        transfer = transfer_by_link(results, chain.name)
        yield ChainSection(
            anchor=f"chain-{chain.name}",
            chain=chain,
            evidence=chain.links,
            links=[
                LinkSection(
                    link, _facts(link), link_scenarios_table(results, link),
                    examples.of_link(link.upstream, link.downstream),
                )
                for link in results.links
                if chain.name in link.chains
            ],
            transfer=narrow(transfer, results) if one_model else transfer,
            advice=advice.get(chain.name),
        )  # fmt: skip


def _facts(link: LinkResult) -> list[tuple[str, str]]:
    found = link.all
    facts = [
        ("asr_all upstream", estimate(found.upstream_asr)),
        ("asr_all downstream", estimate(found.downstream_asr)),
        ("delta", f"{estimate(found.delta, 'difference')} points"),
        ("downstream is", found.verdict),
    ]
    if found.detectable is not None:
        facts.append(("detectable delta", f"{points(found.detectable).lstrip('+')} points"))
    return facts
