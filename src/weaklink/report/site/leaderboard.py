"""Models of several campaigns, ranked where they were attacked alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from weaklink.document import Document
from weaklink.measures import Estimate
from weaklink.measures.results import Results, WorstCase
from weaklink.store import Campaign
from weaklink.store.reading import Study


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
    run: str
    """Where its outcomes are from."""
    accuracy: Estimate | None
    """Share of the samples that it classifies correctly without an attack."""
    robust_accuracy: Estimate
    """The same under attack: of a sample, no attack may succeed."""
    low: float
    """Lower end of its interval where those of all models of the board hold at once, in 95 %."""
    high: float
    first: int
    """The best rank that these intervals allow."""
    last: int
    """The worst one."""
    strongest: str | None
    """The attack that leaves the lowest robust accuracy alone."""


class Board(_Fixed):
    """Models that the same attacks were tried on, with the same data and goal."""

    dataset: str
    source: str
    split: str
    attacks: tuple[str, ...]
    goal: str
    """Which labels were attacked, and which were aimed at; empty: any."""
    standings: tuple[Standing, ...]
    """The highest robust accuracy first."""


class Leaderboard(Document):
    """Every board of a site."""

    kind: Literal["leaderboard"] = "leaderboard"
    schema_version: Literal[1] = 1
    boards: tuple[Board, ...]


def leaderboard(runs: Iterable[Run]) -> Leaderboard:
    """Rank the models of campaigns by robust accuracy, board by board.

    A model that stands in several runs of a board counts with the most samples. The intervals that
    ranks rest on are Wilson's at a level of ``1 - 0.05 / models`` (Bonferroni), so that all ranks
    of a board hold at once in 95 % (Mogstad, Romano, Shaikh and Wilhelm 2024).
    """
    boards: dict[str, tuple[Campaign, dict[str, tuple[str, WorstCase]]]] = {}
    for run, campaign, worst in _worst(runs):
        _, found = boards.setdefault(_design(campaign), (campaign, {}))
        known = found.get(worst.model)
        if known is None or _samples(worst) > _samples(known[1]):
            found[worst.model] = (run.slug, worst)
    return Leaderboard(
        boards=tuple(_board(campaign, [*found.values()]) for campaign, found in boards.values())
    )


def _worst(runs: Iterable[Run]) -> Iterator[tuple[Run, Campaign, WorstCase]]:
    for run in runs:
        record = run.study.record
        campaigns = {one.dataset: run.study.campaigns[one.campaign] for one in record.campaigns}
        for worst in run.results.worst:
            if worst.dataset is not None and worst.robust_accuracy is not None:
                yield run, campaigns[worst.dataset], worst


def _design(campaign: Campaign) -> str:
    attacks = sorted(f"{one.fingerprint} {one.repetitions}" for one in campaign.attacks)
    data = campaign.data
    parts = (data.name, data.split, data.fingerprint, _goal(campaign), str(campaign.max_queries))
    return "\0".join((*parts, *attacks))


def _goal(campaign: Campaign) -> str:
    parts = (("from", campaign.source), ("to", campaign.target))
    return " ".join(f"{word} {label}" for word, label in parts if label is not None)


def _samples(worst: WorstCase) -> int:
    return worst.robust_accuracy.n if worst.robust_accuracy else 0


def _board(campaign: Campaign, found: Sequence[tuple[str, WorstCase]]) -> Board:
    known = [(run, one, one.robust_accuracy) for run, one in found if one.robust_accuracy]
    ends = _at_once([rate for *_, rate in known])
    standings = [
        Standing(
            model=one.model,
            run=run,
            accuracy=one.accuracy,
            robust_accuracy=rate,
            low=low,
            high=high,
            first=1 + sum(other > high for other, _ in ends),
            last=sum(other >= low for _, other in ends),
            strongest=one.strongest,
        )
        for (run, one, rate), (low, high) in zip(known, ends, strict=True)
    ]
    standings.sort(key=lambda one: (-one.robust_accuracy.value, one.model))
    return Board(
        dataset=campaign.data.name,
        source=campaign.data.source,
        split=campaign.data.split,
        attacks=tuple(sorted(one.name for one in campaign.attacks)),
        goal=_goal(campaign),
        standings=tuple(standings),
    )


def _at_once(rates: Sequence[Estimate]) -> list[tuple[float, float]]:
    from statsmodels.stats.proportion import proportion_confint

    held = [round(rate.value * rate.n) for rate in rates]
    samples = [rate.n for rate in rates]
    low, high = proportion_confint(held, samples, alpha=0.05 / len(rates), method="wilson")
    return [*zip(low.tolist(), high.tolist(), strict=True)]
