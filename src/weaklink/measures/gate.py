"""A bound on a measure, so that a campaign can fail a build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from weaklink.errors import WeaklinkError
from weaklink.measures.results import Results
from weaklink.measures.statistics.estimate import Estimate

_OF_ATTACKS = ("asr_all", "asr_correct", "asr_valid")
_OF_CHAINS = ("delta", "sample_transfer", "text_transfer")
_OLDER = {"transfer_rate": "sample_transfer"}
"""Names of version 0.1.0."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A figure over its bound; ``value`` is None where there is no figure to judge."""

    model: str
    attack: str
    dataset: str
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

    def breaches(self, results: Results) -> list[Breach]:
        """Return every figure of the audited models that is over the bound or unknown.

        The audited models are all but those that are only upstreams, which nobody can mend from
        here. An unknown figure is a breach, so that a campaign of nothing but errors passes no
        gate.

        Raises:
            WeaklinkError: The measure needs a chain, and the campaign has none.
        """
        if self.needs_chain and not results.links:
            raise WeaklinkError(
                f"{self.measure} needs an upstream, and the campaign has none.",
                f"Give one with --upstream, or bound one of: {', '.join(_OF_ATTACKS)}.",
            )
        return [
            Breach(*place, None if figure is None else figure.value)
            for place, figure in self._figures(results)
            if figure is None or figure.value > self.limit
        ]

    def _figures(self, results: Results) -> Iterator[tuple[tuple[str, str, str], Estimate | None]]:
        if self.needs_chain:
            known = {
                (one.upstream, one.downstream, one.attack, one.dataset): getattr(one, self.measure)
                for one in results.link_scenarios
                if one.samples == "all"
            }
            for link, attack, dataset in product(results.links, results.attacks, results.datasets):
                figure = known.get((link.upstream, link.downstream, attack, dataset))
                yield (link.downstream, attack, dataset), figure
            return
        downstreams = {link.downstream for link in results.links}
        upstreams = {link.upstream for link in results.links} - downstreams
        for one in results.scenarios:
            if one.model not in upstreams:
                yield (one.model, one.attack, one.dataset), getattr(one, self.measure)


def parse_bound(text: str) -> Bound:
    """Read a bound such as ``asr_correct=0.5``.

    >>> parse_bound("asr_correct=0.5")
    Bound(measure='asr_correct', limit=0.5)

    Raises:
        WeaklinkError: It names no measure that can be bounded, or no number that it can have.
    """
    measure, _, number = (part.strip() for part in text.partition("="))
    measure = _OLDER.get(measure, measure)
    known = (*_OF_ATTACKS, *_OF_CHAINS)
    if measure not in known:
        raise WeaklinkError(
            f"{measure!r} is not a figure that can be bounded.",
            f"Give a bound such as asr_correct=0.5, on one of: {', '.join(known)}.",
        )
    lowest = -1.0 if measure == "delta" else 0.0
    try:
        limit = float(number)
    except ValueError:
        limit = float("nan")
    if not lowest <= limit <= 1:
        raise WeaklinkError(
            f"{number!r} is not a bound for {measure}.",
            f"Give a number from {lowest:g} to 1, such as {measure}=0.5.",
        )
    return Bound(measure, limit)
