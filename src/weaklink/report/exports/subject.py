"""What an export is about: one model of a study, and the links that lead to it."""

from __future__ import annotations

from dataclasses import dataclass

from weaklink.errors import WeaklinkError, instead
from weaklink.measures.results import Group, LinkResult, Results, Scenario, WorstCase
from weaklink.store.record import Link, ModelEntry
from weaklink.store.studies import Study


@dataclass(frozen=True, slots=True)
class Subject:
    """A model with its figures.

    Attributes:
        model: What it is.
        group: Its rates over all attacks and data sets.
        scenarios: Each attack on each data set.
        worst: What the union of all attacks leaves.
        links: The measured links that it is the downstream of.
        ancestry: The edges above it in its chains, each once, the nearest first.
    """

    model: ModelEntry
    group: Group
    scenarios: tuple[Scenario, ...]
    worst: WorstCase
    links: tuple[LinkResult, ...]
    ancestry: tuple[Link, ...]


def subject(study: Study, results: Results, name: str) -> Subject:
    """Return a measured model by its name, or the last measured model of a chain by the chain's.

    Raises:
        WeaklinkError: The study has measured no such model, and has no such chain.
    """
    ends = {chain.name: chain.measured[-1] for chain in study.record.chains if chain.measured}
    wanted = ends.get(name, name)
    if wanted not in results.models:
        remedy = instead(name, (*results.models, *ends))
        raise WeaklinkError(f"The study did not measure {name!r}.", remedy)
    return Subject(
        model=next(model for model in study.record.models if model.name == wanted),
        group=next(group for group in results.by_model if group.model == wanted),
        scenarios=tuple(one for one in results.scenarios if one.model == wanted),
        worst=next(w for w in results.worst if w.model == wanted and w.dataset is None),
        links=tuple(link for link in results.links if link.downstream == wanted),
        ancestry=_ancestry(study, wanted),
    )


def _ancestry(study: Study, model: str) -> tuple[Link, ...]:
    edges = {
        (link.upstream, link.downstream): link for c in study.record.chains for link in c.links
    }
    found: dict[tuple[str, str], Link] = {}
    waiting = [model]
    for downstream in waiting:
        for ends, link in edges.items():
            if ends[1] == downstream and ends not in found:
                found[ends] = link
                waiting.append(link.upstream)
    return tuple(found.values())
