"""The lineage of a study: its chains, with what was measured of them."""

from __future__ import annotations

from collections.abc import Mapping

from weaklink.hub.pages import hub_page
from weaklink.measures import Estimate
from weaklink.measures.results import LinkResult, Results
from weaklink.report.lineage.known import KnownEdge, KnownLineage, KnownModel
from weaklink.store.record import Link, StudyRecord
from weaklink.store.studies import Study

_ON_THE_HUB = " on the Hub"


def rates_of_models(results: Results) -> Mapping[str, Estimate]:
    """Return the macro average of ``asr_all`` against each model."""
    groups = ((group.model, group.rates.asr_all) for group in results.by_model)
    return {name: average.macro for name, average in groups if name and average}


def links_by_ends(results: Results) -> Mapping[tuple[str, str], LinkResult]:
    """Return the links by upstream and downstream."""
    return {(link.upstream, link.downstream): link for link in results.links}


def lineage_of_study(study: Study, results: Results) -> KnownLineage:
    """Return all chains of a study as one graph."""
    links = {
        (link.upstream, link.downstream): link
        for chain in study.record.chains
        for link in chain.links
    }
    rates, compared = rates_of_models(results), links_by_ends(results)
    downloads = {model.name: model.downloads for model in study.record.models}
    hub = on_the_hub(study)
    names = dict.fromkeys(name for pair in links for name in pair)
    return KnownLineage(
        models=[
            KnownModel(
                name=name,
                href=hub_page(name) if name in hub else None,
                downloads=downloads.get(name),
                rate=rates.get(name),
            )
            for name in names
        ],
        edges=[_edge(link, compared.get(pair)) for pair, link in links.items()],
        about=_about(study.record),
    )


def _edge(link: Link, measured: LinkResult | None) -> KnownEdge:
    return KnownEdge(
        upstream=link.upstream,
        downstream=link.downstream,
        relation=link.relation,
        tier=link.tier,
        method=link.method,
        quote=link.quote or "",
        delta=None if measured is None else measured.all.delta,
        verdict=None if measured is None else measured.all.verdict,
    )


def on_the_hub(study: Study) -> set[str]:
    """Return the models that were loaded from the Hub, or that a lineage of it gives."""
    loaded = {
        victim.name
        for campaign in study.campaigns.values()
        for victim in campaign.victims
        if victim.details.get("source", "").endswith(_ON_THE_HUB)
    }
    links = (link for chain in study.record.chains for link in chain.links if link.tier)
    return loaded | {end for link in links for end in (link.upstream, link.downstream)}


def _about(record: StudyRecord) -> str:
    chains = len(record.chains)
    return f"The {chains:,} chains of this study." if chains > 1 else "The chain of this study."
