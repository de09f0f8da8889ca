"""A look at a campaign under way: its rates and gates so far, with intervals for every look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weaklink.measures.arrange import arrange
from weaklink.measures.arrays import RATES, Arrays, DatasetArrays
from weaklink.measures.bounds import Bounds
from weaklink.measures.gate import ANY, Bound, Judgement
from weaklink.measures.links.pairs import pair
from weaklink.measures.statistics import anytime
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats
from weaklink.measures.worst import attacks_fallen_to, survives
from weaklink.store.studies import Study

_OF_PAIRS = {"sample_transfer": "transfer", "text_transfer": "text"}


@dataclass(frozen=True, slots=True)
class Rate:
    """One figure of an audited model so far; None where no attempt counts."""

    model: str
    attack: str
    dataset: str
    figure: Estimate | None


class Look:
    """What is known of a campaign so far.

    Args:
        study: The campaign, of the samples that are done alone.
        bounds: What makes an adversarial text valid.
    """

    def __init__(self, study: Study, bounds: Bounds) -> None:
        self._arrays = arrange(study, bounds)

    def rates(self, name: str = "asr_all") -> list[Rate]:
        """Return a rate of every audited model under every attack."""
        found = []
        for dataset in self._arrays.datasets:
            shares = dataset.rate(name, dataset.correct)
            for m, model in enumerate(self._arrays.models):
                if model in audited(self._arrays):
                    figures = anytime.of_rates(shares[m])
                    found += [
                        Rate(model, attack, dataset.dataset, figure)
                        for attack, figure in zip(self._arrays.attacks, figures, strict=True)
                    ]
        return found

    def judge(self, gates: Sequence[Bound]) -> list[Judgement]:
        """Hold every figure to its bound."""
        return [
            Judgement(gate, one.model, one.attack, one.dataset, one.figure)
            for gate in gates
            for one in (self._worst() if gate.attack == ANY else self._figures(gate.measure))
            if gate.attack in (None, one.attack)
        ]

    def _worst(self) -> Iterator[Rate]:
        """Yield the robust accuracy of every audited model where any attack may succeed."""
        for dataset in self._arrays.datasets:
            left = anytime.of_rates(survives(attacks_fallen_to(dataset.fell), dataset.correct))
            for model, figure in zip(self._arrays.models, left, strict=True):
                if model in audited(self._arrays):
                    yield Rate(model, ANY, dataset.dataset, figure)

    def _figures(self, measure: str) -> Iterator[Rate]:
        if measure in RATES:
            yield from self.rates(measure)
            return
        for dataset in self._arrays.datasets:
            for (_, downstream), rows in zip(
                self._arrays.links, self._of_links(measure, dataset), strict=True
            ):
                found = (
                    anytime.of_differences(rows) if measure == "delta" else anytime.of_rates(rows)
                )
                for attack, figure in zip(self._arrays.attacks, found, strict=True):
                    yield Rate(downstream, attack, dataset.dataset, figure)

    def _of_links(self, measure: str, dataset: DatasetArrays) -> Floats:
        pairs = pair(self._arrays, dataset, both_correct=False)
        return pairs.delta if measure == "delta" else getattr(pairs, _OF_PAIRS[measure])


def audited(arrays: Arrays) -> set[str]:
    """Return the models that are not upstreams alone."""
    downstreams = {downstream for _, downstream in arrays.links}
    return set(arrays.models) - ({upstream for upstream, _ in arrays.links} - downstreams)


def decided(judgements: Sequence[Judgement]) -> bool:
    """Return whether every gate has passed or failed."""
    return all(one.state in ("passed", "failed") for one in judgements)
