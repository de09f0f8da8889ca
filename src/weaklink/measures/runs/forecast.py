"""What to expect of a model before it is asked anything: from its ancestor and measured links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from weaklink.document import Document
from weaklink.lineage.catalogue import same
from weaklink.measures.links.lineages import connected, paths_of
from weaklink.measures.results import LinkScenario, Results
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.prediction import FEWEST, angle, predict_next, rate_at
from weaklink.store.campaign import Campaign
from weaklink.store.studies import Study

_LEAST_NOISE = 0.5
"""Least variance of a new shift, in that of one measured angle: where all links are equal, the
samples are noisy still, and both ends of a link share much of that."""


class MeasuredRun(NamedTuple):
    """A run with its figures."""

    study: Study
    results: Results


@dataclass(frozen=True, slots=True)
class PlannedAudit:
    """What is forecast: an audit of one model.

    Attributes:
        model: The model.
        upstream: The ancestor whose outcomes are stored.
        attacks: Names of attacks.
        dataset: Name of the data set.
        source: Label of the samples that are attacked; None: all are.
        target: Label that is aimed at; None: any other.
        max_queries: Query budget; None: no bound.
    """

    model: str
    upstream: str
    attacks: Sequence[str]
    dataset: str
    source: str | None = None
    target: str | None = None
    max_queries: int | None = None


class ForecastRow(BaseModel):
    """One attack."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attack: str
    upstream_asr: Estimate | None
    """``asr_all`` of the ancestor; None where it was not attacked like that."""
    expected: float | None
    """``asr_all`` to expect of the model; None where nothing can be said."""
    low: float | None
    """Lower end of the 95 % prediction interval, for as many samples as the ancestor's."""
    high: float | None
    links: int
    """Measured links of this attack, with the same parameters, goal and budget."""
    lineages: int
    """How many of these share no ancestor."""
    held: int | None
    """How many of these links lie within what the other lineages alone would have forecast."""
    silent: str | None
    """Why nothing is expected; None where something is."""


class Forecast(Document):
    """The attack success rates to expect of a model."""

    kind: Literal["forecast"] = "forecast"
    schema_version: Literal[1] = 1
    model: str
    upstream: str
    """The nearest ancestor whose outcomes are stored."""
    passed_over: tuple[str, ...]
    """Nearer ancestors, whose outcomes are not stored."""
    dataset: str
    rows: tuple[ForecastRow, ...]


class _Ancestor(NamedTuple):
    """The ancestor's rate under an attack, and the digest of all that the attack depends on."""

    rate: Estimate
    fingerprint: str


class _Link(NamedTuple):
    """A measured link on one data set."""

    ends: tuple[str, str]
    fingerprint: str
    dataset: str
    n: int
    shift: float


def forecast_audit(
    runs: Sequence[MeasuredRun], asked: PlannedAudit, passed_over: Sequence[str] = ()
) -> Forecast:
    """Return what to expect of a model under each attack.

    The ancestor's ``asr_all`` is taken to shift as it did along the measured links of the same
    attack. Shifts are differences of angles (``statistics.prediction``), on which the noise of
    samples is the same for all rates. In points, rates near 0 or 1 move less than others, and the
    interval holds too seldom there; in logits they are the noisiest ones
    (``docs/concepts/coverage.md`` has all three simulated). A link that was measured on several
    data sets counts once, and links that share an ancestor are one cluster. With fewer than five
    clusters nothing is said. The interval is for a model of a new lineage, and so holds for one of
    a lineage that was measured, too.

    Args:
        runs: What links are learnt from, and where the ancestor's outcomes are.
        asked: The audit.
        passed_over: Ancestors that are nearer than the one whose outcomes are stored.
    """
    links = [*_links(runs, asked.model)]
    names = dict.fromkeys(name for link in links for name in link.ends)
    lineages = connected(names, (path for run in runs for path in paths_of(run.study.record)))
    ancestors = _ancestors(runs, asked)
    return Forecast(
        model=asked.model,
        upstream=asked.upstream,
        passed_over=tuple(passed_over),
        dataset=asked.dataset,
        rows=tuple(
            _row(name, ancestors[name], links, lineages)
            if name in ancestors
            else _silent(name, None, 0, 0, _elsewhere(runs, asked, name))
            for name in asked.attacks
        ),
    )


def _row(
    attack: str, ancestor: _Ancestor, links: Iterable[_Link], lineages: Mapping[str, int]
) -> ForecastRow:
    shifts, noise = dict[tuple[str, str], list[float]](), list[float]()
    for link in links:
        if link.fingerprint == ancestor.fingerprint:
            shifts.setdefault(link.ends, []).append(link.shift)
            noise.append(1 / link.n)
    clusters = np.array([lineages[up] for up, _ in shifts], dtype=np.int64)
    found = len(set(clusters.tolist()))
    if found < FEWEST:
        why = f"{found} measured lineages of {FEWEST} that are needed"
        return _silent(attack, ancestor.rate, len(shifts), found, why)
    n = ancestor.rate.n
    values = np.array([np.mean(one) for one in shifts.values()])
    usual = float(np.mean(noise))
    more = max(0.0, 1 / n - usual)
    shift, half = predict_next(values, clusters, least=_LEAST_NOISE / n, more=more)
    middle = float(angle(ancestor.rate.value, n)) + shift
    return ForecastRow(
        attack=attack,
        upstream_asr=ancestor.rate,
        expected=rate_at(middle, n),
        low=rate_at(middle - half, n),
        high=rate_at(middle + half, n),
        links=len(shifts),
        lineages=found,
        held=_held(values, clusters, _LEAST_NOISE * usual),
        silent=None,
    )


def _held(values: Floats, clusters: NDArray[np.int64], least: float) -> int:
    """Forecast each lineage's links from the others, and count those that were forecast right."""
    count = 0
    for one in np.unique(clusters):
        mine = clusters == one
        shift, half = predict_next(values[~mine], clusters[~mine], least=least)
        count += int((np.abs(values[mine] - shift) <= half).sum())
    return count


def _silent(attack: str, rate: Estimate | None, links: int, lineages: int, why: str) -> ForecastRow:
    return ForecastRow(
        attack=attack,
        upstream_asr=rate,
        expected=None,
        low=None,
        high=None,
        links=links,
        lineages=lineages,
        held=None,
        silent=why,
    )


def _ancestors(runs: Iterable[MeasuredRun], asked: PlannedAudit) -> dict[str, _Ancestor]:
    """Return the ancestor's rate under each attack, of several the one with most samples."""
    found = dict[str, _Ancestor]()
    for run in runs:
        campaigns = _campaigns(run.study)
        for one in run.results.scenarios:
            campaign = campaigns[one.dataset]
            wanted = one.dataset == asked.dataset and same(one.model, asked.upstream)
            if not wanted or one.asr_all is None or not _alike(campaign, asked):
                continue
            known = found.get(one.attack)
            if known is None or one.asr_all.n > known.rate.n:
                found[one.attack] = _Ancestor(one.asr_all, _fingerprint(campaign, one.attack))
    return found


def _elsewhere(runs: Iterable[MeasuredRun], asked: PlannedAudit, attack: str) -> str:
    """Return why there are no outcomes of the ancestor, and how it was attacked in their place."""
    found = dict.fromkeys(
        _how(_campaigns(run.study)[one.dataset])
        for run in runs
        for one in run.results.scenarios
        if one.attack == attack and same(one.model, asked.upstream)
    )
    why = f"{asked.upstream} was not attacked by it on {asked.dataset} as is asked"
    return f"{why}; stored: {'; '.join(found)}" if found else why


def _how(campaign: Campaign) -> str:
    options = {
        "--from": campaign.source,
        "--to": campaign.target,
        "--max-queries": campaign.max_queries,
    }
    told = (f"{name} {value}" for name, value in options.items() if value is not None)
    return " ".join((f"--data {campaign.data.name}", *told))


def _alike(campaign: Campaign, asked: PlannedAudit) -> bool:
    said = (campaign.source, campaign.target, campaign.max_queries)
    return said == (asked.source, asked.target, asked.max_queries)


def _links(runs: Iterable[MeasuredRun], model: str) -> Iterator[_Link]:
    """Yield each link but those to the model itself; of several alike that with most samples."""
    found = dict[tuple[tuple[str, str], str, str], _Link]()
    for run in runs:
        campaigns = _campaigns(run.study)
        for one in run.results.link_scenarios:
            link = _link(one, _fingerprint(campaigns[one.dataset], one.attack))
            if link is None or one.subset != "all" or same(one.downstream, model):
                continue
            key = link[:3]
            if key not in found or link.n > found[key].n:
                found[key] = link
    yield from found.values()


def _link(one: LinkScenario, fingerprint: str) -> _Link | None:
    if one.upstream_asr is None or one.downstream_asr is None:
        return None
    shift = float(angle(one.downstream_asr, one.n) - angle(one.upstream_asr, one.n))
    return _Link((one.upstream, one.downstream), fingerprint, one.dataset, one.n, shift)


def _campaigns(study: Study) -> dict[str, Campaign]:
    return {entry.dataset: study.campaigns[entry.campaign] for entry in study.record.campaigns}


def _fingerprint(campaign: Campaign, attack: str) -> str:
    return next(one.fingerprint for one in campaign.attacks if one.name == attack)
