"""The outcomes that the figures of links count, by the names of the columns they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from weaklink.measures.links.architectures import family_of
from weaklink.measures.results import LinkResult, Results
from weaklink.report.tables.outcome_links import OutcomeLink


def of_link(link: LinkResult) -> dict[str, OutcomeLink]:
    """Return the outcomes that the figures of a link count."""
    return _of_links([link])


def of_chain(results: Results, chain: str) -> dict[str, OutcomeLink]:
    """Return the outcomes that the figures of a chain count."""
    return _of_links([link for link in results.links if chain in link.chains])


def of_architecture(results: Results, architecture: str) -> dict[str, OutcomeLink]:
    """Return the outcomes that the figures of an architecture count."""
    return _of_links([link for link in results.links if link.architecture == architecture])


def of_family(results: Results, family: str) -> dict[str, OutcomeLink]:
    """Return the outcomes that the figures of a family of architectures count."""
    return _of_links([link for link in results.links if family_of(link.architecture) == family])


def of_attack(results: Results, attack: str) -> dict[str, OutcomeLink]:
    """Return the outcomes that the figures of an attack over all links count."""
    return _of_links(results.links, attack)


def _of_links(links: Sequence[LinkResult], attack: str | None = None) -> dict[str, OutcomeLink]:
    return along([(link.upstream, link.downstream) for link in links], attack)


def along(
    links: Sequence[tuple[str, str]], attack: str | None = None, dataset: str | None = None
) -> dict[str, OutcomeLink]:
    """Return the outcomes that each figure of links from upstream to downstream counts."""
    over = OutcomeLink(attack=attack, dataset=dataset)
    ups, downs = (tuple(dict.fromkeys(link[end] for link in links)) for end in (0, 1))
    ends = replace(over, models=tuple(dict.fromkeys((*ups, *downs))))
    handed = replace(over, links=tuple(" → ".join(link) for link in links))
    return {
        "upstream_asr": replace(over, models=ups).numerator("asr_all"),
        "downstream_asr": replace(over, models=downs).numerator("asr_all"),
        "delta": ends,
        "delta_both_correct": ends,
        "sample_transfer": handed,
        "text_transfer": replace(handed, replays=True),
    }
