"""The outcomes behind the figures of links, by the names of the columns they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from weaklink.measures.results import LinkResult, StudyResults
from weaklink.report.study.query import Query


def behind_link(link: LinkResult) -> dict[str, Query]:
    """Return the outcomes behind the figures of a link."""
    return _behind([link])


def behind_chain(results: StudyResults, chain: str) -> dict[str, Query]:
    """Return the outcomes behind the figures of a chain."""
    return _behind([link for link in results.links if chain in link.chains])


def behind_architecture(results: StudyResults, architecture: str) -> dict[str, Query]:
    """Return the outcomes behind the figures of an architecture."""
    return _behind([link for link in results.links if link.architecture == architecture])


def behind_attack(results: StudyResults, attack: str) -> dict[str, Query]:
    """Return the outcomes behind the figures of an attack over all links."""
    return _behind(results.links, attack)


def _behind(links: Sequence[LinkResult], attack: str | None = None) -> dict[str, Query]:
    return along([(link.upstream, link.downstream) for link in links], attack)


def along(
    links: Sequence[tuple[str, str]], attack: str | None = None, dataset: str | None = None
) -> dict[str, Query]:
    """Return the outcomes behind each figure of links from an upstream to a downstream."""
    over = Query(attack=attack, dataset=dataset)
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
