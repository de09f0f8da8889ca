"""A bound on a measure, so that an audit can fail a build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weaklink.errors import WeaklinkError
from weaklink.measures.summary import Estimate, Summary

_OF_ATTACKS = ("asr_all", "asr_correct", "asr_valid")
_OF_CHAINS = ("delta", "transfer_rate")


@dataclass(frozen=True, slots=True)
class Breach:
    """A figure over its bound; ``value`` is None where there is no figure to judge."""

    victim: str
    attack: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Bound:
    """The highest value that a measure may have."""

    measure: str
    limit: float

    @property
    def needs_chain(self) -> bool:
        """Whether the measure compares a downstream with its upstream."""
        return self.measure in _OF_CHAINS

    def breaches(self, summary: Summary) -> list[Breach]:
        """Return every figure of the audited models that is over the bound or unknown.

        The audited models are all but the upstreams, which nobody can mend from here. An unknown
        figure is a breach, so that a campaign of nothing but errors passes no gate.

        Raises:
            WeaklinkError: The measure needs a chain, and the campaign has none.
        """
        if self.needs_chain and not summary.chain:
            raise WeaklinkError(
                f"There is no {self.measure} to bound: the campaign has no upstream.",
                f"Give one with --upstream, or bound one of: {', '.join(_OF_ATTACKS)}.",
            )
        return [
            Breach(victim, attack, None if estimate is None else estimate.value)
            for victim, attack, estimate in self._figures(summary)
            if estimate is None or estimate.value > self.limit
        ]

    def _figures(self, summary: Summary) -> Iterator[tuple[str, str, Estimate | None]]:
        if self.needs_chain:
            for link in summary.chain:
                yield link.downstream, link.attack, getattr(link, self.measure)
            return
        audited = {v.name for v in summary.campaign.victims if v.role != "upstream"}
        for entry in summary.attacks:
            if entry.victim in audited:
                yield entry.victim, entry.attack, getattr(entry, self.measure)


def parse_bound(text: str) -> Bound:
    """Read a bound such as ``asr_correct=0.5``.

    >>> parse_bound("asr_correct=0.5")
    Bound(measure='asr_correct', limit=0.5)

    Raises:
        WeaklinkError: It names no measure that can be bounded, or no number that it can have.
    """
    measure, _, number = (part.strip() for part in text.partition("="))
    known = (*_OF_ATTACKS, *_OF_CHAINS)
    if measure not in known:
        raise WeaklinkError(
            f"There is no measure {measure!r} to bound.",
            f"Give a bound such as asr_correct=0.5, on one of: {', '.join(known)}.",
        )
    lowest = -1.0 if measure == "delta" else 0.0
    try:
        limit = float(number)
    except ValueError:
        limit = float("nan")
    if not lowest <= limit <= 1:
        raise WeaklinkError(
            f"{number!r} is no bound for {measure}.",
            f"Give a number from {lowest:g} to 1, such as {measure}=0.5.",
        )
    return Bound(measure, limit)
