"""Models of several campaigns, ranked where they were attacked alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from weaklink.document import Document
from weaklink.measures import Estimate
from weaklink.measures.results import Results, WorstCase
from weaklink.measures.statistics.shares import wilson
from weaklink.store import Campaign, VictimRecord
from weaklink.store.studies import Study


@dataclass(frozen=True, slots=True)
class Run:
    """A campaign of the site.

    Attributes:
        slug: Its name in addresses.
        study: What was run.
        results: Its figures.
    """

    slug: str
    study: Study
    results: Results


class _Fixed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Standing(_Fixed):
    """A model on a board."""

    model: str
    operating_point: str
    """From which probability up it gives a label; empty: it gives the most likely one."""
    run: str
    """Where its outcomes are from."""
    accuracy: Estimate | None
    """Share of the samples that it classifies correctly without an attack."""
    robust_accuracy: Estimate | None
    """As results have it for the worst case: of the samples that all attacks were tried on, the
    share that is classified correctly and falls to none."""
    robust_share: Estimate | None
    """Share of all samples that are attacked, classified correctly and fall to no attack; None on
    a board without a goal."""
    low: float
    """Lower end of the interval of the board's measure where those of all models of the board hold
    at once, in 95 %."""
    high: float
    first: int
    """The best rank that these intervals allow."""
    last: int
    """The worst one."""
    worst_attack: str | None
    """The attack that leaves the lowest robust accuracy alone."""

    @property
    def ranked_by(self) -> Estimate | None:
        """The figure that its rank rests on."""
        return self.robust_share or self.robust_accuracy

    @property
    def samples(self) -> int:
        """How many samples that figure rests on."""
        return self.ranked_by.n if self.ranked_by else 0


class Board(_Fixed):
    """Models that the same attacks were tried on, with the same data and goal."""

    dataset: str
    source: str
    split: str
    attacks: tuple[str, ...]
    goal: str
    """Which labels were attacked, and which were aimed at; empty: any."""
    measure: Literal["robust_accuracy", "robust_share"]
    """What ranks rest on: ``robust_share`` where there is a goal."""
    standings: tuple[Standing, ...]
    """The highest measure first."""


class Leaderboard(Document):
    """Every board of a site."""

    kind: Literal["leaderboard"] = "leaderboard"
    schema_version: Literal[3] = 3
    boards: tuple[Board, ...]


def leaderboard(runs: Iterable[Run]) -> Leaderboard:
    """Rank the models of campaigns by robust accuracy or robust share, board by board.

    A model that stands in several runs of a board counts with the most samples. Other weights
    under the same name, and the same ones at another operating point, are another model. The
    intervals that ranks rest on are Wilson's at a level of ``1 - 0.05 / models`` (Bonferroni), so
    that all ranks of a board hold at once in 95 % (Mogstad, Romano, Shaikh and Wilhelm 2024).

    Where a goal names labels, a model is attacked only on the samples that it gives such a label.
    There ``robust_share`` ranks, over all samples of the data: by ``robust_accuracy``, a model that
    gives the label to hardly any sample would stand first.
    """
    boards: dict[str, tuple[Campaign, dict[tuple[str, str], _Found]]] = {}
    for one in _found(runs):
        _, found = boards.setdefault(_design(one.campaign), (one.campaign, {}))
        key = (one.worst.model, one.victim.fingerprint)
        if key not in found or one.rate.n > found[key].rate.n:
            found[key] = one
    return Leaderboard(
        boards=tuple(_board(campaign, [*found.values()]) for campaign, found in boards.values())
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A model in a campaign; ``share`` is its robust share, where there is a goal."""

    run: str
    campaign: Campaign
    victim: VictimRecord
    worst: WorstCase
    share: Estimate | None
    rate: Estimate
    """What it is ranked by."""


def _found(runs: Iterable[Run]) -> Iterator[_Found]:
    for run in runs:
        record = run.study.record
        campaigns = {one.dataset: run.study.campaigns[one.campaign] for one in record.campaigns}
        fingerprints = {one.name: one.fingerprint for one in record.models}
        lacking = {(one.model, one.dataset) for one in run.results.scenarios if one.missing}
        for worst in run.results.worst:
            if worst.dataset is None:
                continue
            campaign = campaigns[worst.dataset]
            wanted = fingerprints[worst.model]
            victim = next((v for v in campaign.victims if v.fingerprint == wanted), None)
            whole = (worst.model, worst.dataset) not in lacking
            share = _robust_share(worst, whole=whole) if _goal(campaign) else None
            rate = share if _goal(campaign) else worst.robust_accuracy
            if victim is not None and rate is not None:
                yield _Found(run.slug, campaign, victim, worst, share, rate)


def _robust_share(worst: WorstCase, *, whole: bool) -> Estimate | None:
    """Return the robust share; None where some samples were not tried yet."""
    if worst.accuracy is None or not whole:
        return None
    attacked, samples = worst.robust_accuracy, worst.accuracy.n
    held = round(attacked.value * attacked.n) if attacked else 0
    (rate,) = wilson((np.arange(samples)[None] < held).astype(float))
    return rate


def _design(campaign: Campaign) -> str:
    attacks = sorted(f"{one.fingerprint} {one.repetitions}" for one in campaign.attacks)
    data = campaign.data
    parts = (data.name, data.split, data.fingerprint, _goal(campaign), str(campaign.max_queries))
    return "\0".join((*parts, *attacks))


def _goal(campaign: Campaign) -> str:
    parts = (("from", campaign.source), ("to", campaign.target))
    return " ".join(f"{word} {label}" for word, label in parts if label is not None)


def _board(campaign: Campaign, found: Sequence[_Found]) -> Board:
    found = sorted(found, key=lambda one: (-one.rate.value, one.worst.model))
    ends = _at_once([one.rate for one in found])
    standings = [
        Standing(
            model=one.worst.model,
            operating_point=str(one.victim.operating_point or ""),
            run=one.run,
            accuracy=one.worst.accuracy,
            robust_accuracy=one.worst.robust_accuracy,
            robust_share=one.share,
            low=low,
            high=high,
            first=1 + sum(other > high for other, _ in ends),
            last=sum(other >= low for _, other in ends),
            worst_attack=one.worst.worst_attack,
        )
        for one, (low, high) in zip(found, ends, strict=True)
    ]
    return Board(
        dataset=campaign.data.name,
        source=campaign.data.source,
        split=campaign.data.split,
        attacks=tuple(sorted(one.name for one in campaign.attacks)),
        goal=_goal(campaign),
        measure="robust_share" if _goal(campaign) else "robust_accuracy",
        standings=tuple(standings),
    )


def _at_once(rates: Sequence[Estimate]) -> list[tuple[float, float]]:
    from statsmodels.stats.proportion import proportion_confint

    held = [round(rate.value * rate.n) for rate in rates]
    samples = [rate.n for rate in rates]
    low, high = proportion_confint(held, samples, alpha=0.05 / len(rates), method="wilson")
    return [*zip(low.tolist(), high.tolist(), strict=True)]
