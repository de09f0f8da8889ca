"""Figures of campaigns round by round, their ratios, and their table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

ATTACKS = ("pwws", "textfooler")
HEAD = (
    "attack", "on", "queries/s", "over the first", "share of the raw limit", "victim",
    "constraint models", "rest", "texts alone", "GPU GiB", "changed",
)  # fmt: skip


@dataclass
class Figures:
    """One round of one attack under one configuration: a runtime, or ``bf16``."""

    attack: str
    on: str
    network: str
    count: int
    """Samples attacked."""
    queries: int
    distinct: int
    campaign_seconds: float
    victim_seconds: float
    """In the victim's forward pass, texts that it computes again alone included."""
    alone_seconds: float
    """In texts computed alone: near the middle between two points of the grid, or verified."""
    constraint_seconds: float
    """In constraint models and verification."""
    raw_seconds: float
    raw_batch: int
    gpu_gib: float
    """Peak memory on a GPU, the weights of all configurations included."""
    changed: int = 0
    """Outcomes whose status or text differs from those of the first configuration."""

    @property
    def rest_seconds(self) -> float:
        """In Python between two batches: the attacks, tokenization, the memory of scores."""
        return self.campaign_seconds - self.victim_seconds - self.constraint_seconds

    @property
    def share(self) -> float:
        """Of the raw limit, what the campaign reaches with constraint models counted apart."""
        return self.raw_seconds / (self.campaign_seconds - self.constraint_seconds)

    @property
    def rate(self) -> float:
        return self.queries / self.campaign_seconds


def of(found: Sequence[Figures], attack: str, on: str) -> list[Figures]:
    return [figures for figures in found if (figures.attack, figures.on) == (attack, on)]


def gains(found: Sequence[Figures], attack: str, on: str, base: str) -> list[float]:
    """Return how many times the queries a second of another configuration, round by round."""
    pairs = zip(of(found, attack, on), of(found, attack, base), strict=True)
    return [one.rate / other.rate for one, other in pairs]


def ratios(found: Sequence[Figures], configurations: Sequence[str]) -> dict[str, float]:
    """Return what the history keeps: shares of the raw limit, and gains over the first."""
    base, *others = configurations
    shares = {
        f"{attack} {on}: share of the raw limit": statistics.median(
            figures.share for figures in of(found, attack, on)
        )
        for attack in ATTACKS
        for on in configurations
    }
    return shares | {
        f"{attack} {on}: over {base}": statistics.median(gains(found, attack, on, base))
        for attack in ATTACKS
        for on in others
    }


def table(found: Sequence[Figures], configurations: Sequence[str]) -> list[str]:
    lines = [f"|{'|'.join(HEAD)}|", "|---" * len(HEAD) + "|"]
    for attack in ATTACKS:
        for on in configurations:
            rounds = of(found, attack, on)
            cells = [
                attack,
                on,
                f"{statistics.median(figures.rate for figures in rounds):.0f}",
                spread(gains(found, attack, on, configurations[0]), ".2f"),
                spread([figures.share for figures in rounds], ".0%"),
                *(f"{_part(rounds, name):.0%}" for name in ("victim", "constraint", "rest")),
                f"{_part(rounds, 'alone'):.0%}",
                f"{max(figures.gpu_gib for figures in rounds):.2f}",
                str(max(figures.changed for figures in rounds)),
            ]
            lines.append(f"|{'|'.join(cells)}|")
    return lines


def _part(rounds: Sequence[Figures], name: str) -> float:
    """Return the share of the campaign's time that a part of it takes."""
    return statistics.median(
        getattr(figures, f"{name}_seconds") / figures.campaign_seconds for figures in rounds
    )


def spread(values: Sequence[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({', '.join(f'{v:{form}}' for v in values)})"
