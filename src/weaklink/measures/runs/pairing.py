"""The same attack on the same sample of the same data in two runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

import numpy as np

from weaklink.measures.arrays import Arrays
from weaklink.measures.results import Results
from weaklink.measures.statistics.means import Floats
from weaklink.store.campaign import Campaign
from weaklink.store.studies import Study

Measure: TypeAlias = Literal["asr_all", "robust_accuracy"]
_Place: TypeAlias = tuple[str, str, str]
"""Model, attack and data set."""


@dataclass(frozen=True)
class AuditedModels:
    """The models that a run audits.

    Attributes:
        names: Without upstreams, and models that stand bare beside a defence.
        defended: Those bare models, each with a model of ``names`` that is it with a defence.
    """

    names: Sequence[str]
    defended: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, results: Results) -> AuditedModels:
        """Return those of a run whose figures are known."""
        return cls(results.audited, [(one.model, one.defended) for one in results.defences])

    def forms(self, name: str) -> list[str]:
        """Return what a model is paired with: itself, or else each of its defended forms."""
        if name in self.names:
            return [name]
        return [form for bare, form in self.defended if bare == name and form in self.names]


def paired_models(
    old: AuditedModels, new: AuditedModels
) -> tuple[list[tuple[str, str]], list[str]]:
    """Pair the audited models of two runs, and say which of them only one run has."""
    if len(old.names) == len(new.names) == 1:
        return [(old.names[0], new.names[0])], []
    pairs = [(name, form) for name in old.names for form in new.forms(name)]
    pairs += [(form, name) for name in new.names for form in old.forms(name)]
    paired = [{pair[side] for pair in pairs} for side in (0, 1)]
    only = [
        f"{name} is in the {which} run only."
        for which, mine, known in zip(("first", "second"), (old, new), paired, strict=True)
        for name in mine.names
        if name not in known
    ]
    return list(dict.fromkeys(pairs)), only


@dataclass(frozen=True)
class RunShares:
    """What each sample of a run adds to a rate.

    Attributes:
        campaigns: By data set.
        shares: By model, attack and data set, of each sample in the order of the campaign; NaN
            where it does not count.
        fallen: The share of its attempts that succeeded, likewise.
    """

    campaigns: Mapping[str, Campaign]
    shares: Mapping[_Place, Floats]
    fallen: Mapping[_Place, Floats]

    @classmethod
    def of(cls, study: Study, arrays: Arrays, measure: Measure) -> RunShares:
        """Read them from the arrays of a run."""
        campaigns = {e.dataset: study.campaigns[e.campaign] for e in study.record.campaigns}
        shares, fallen = {}, {}
        for one in arrays.datasets:
            rates = one.rate(measure, one.correct)
            names = product(enumerate(arrays.models), enumerate(arrays.attacks))
            for (m, model), (a, attack) in names:
                shares[model, attack, one.dataset] = rates[m, a]
                fallen[model, attack, one.dataset] = one.share[m, a]
        return cls(campaigns, shares, fallen)

    def completed(self, left: Mapping[str, Sequence[str]], share: float) -> RunShares:
        """Return them as if every attempt on further samples succeeded to the same share.

        Args:
            left: Ids of the further samples, by data set.
            share: Whether all fall (1) or none (0).
        """
        campaigns = {}
        for name, campaign in self.campaigns.items():
            ids = (*campaign.data.sample_ids, *left.get(name, ()))
            data = campaign.data.model_copy(update={"sample_ids": ids})
            campaigns[name] = campaign.model_copy(update={"data": data})
        shares, fallen = (
            {
                place: np.append(row, np.full(len(left.get(place[2], ())), share))
                for place, row in rows.items()
            }
            for rows in (self.shares, self.fallen)
        )
        return RunShares(campaigns, shares, fallen)


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """One attack on one data set against a model of each run, on the samples that both counted.

    Attributes:
        models: The first run's and the second's.
        attack: The attack.
        dataset: The data set.
        samples: Their ids.
        before: What each sample adds in the first run.
        after: In the second.
        fell: Share of the attempts on it that succeeded, in each run.
    """

    models: tuple[str, str]
    attack: str
    dataset: str
    samples: Sequence[str]
    before: Floats
    after: Floats
    fell: tuple[Floats, Floats]


def matched(
    old: RunShares, new: RunShares, pairs: Sequence[tuple[str, str]]
) -> Iterator[Matched | str]:
    """Yield all that both runs have; where something differs, what cannot be compared, and why.

    Args:
        old: The first run.
        new: The second.
        pairs: A model of each run.
    """
    for dataset in dict.fromkeys([*old.campaigns, *new.campaigns]):
        here = [run.campaigns.get(dataset) for run in (old, new)]
        if here[0] is None or here[1] is None:
            yield f"{dataset} is in the {'second' if here[0] is None else 'first'} run only."
            continue
        if here[0].data.fingerprint != here[1].data.fingerprint:
            yield f"{dataset} has other texts or labels in the second run."
            continue
        prints = [
            {attack.name: attack.fingerprint for attack in one.attacks} for one in here if one
        ]
        for attack in dict.fromkeys([*prints[0], *prints[1]]):
            if attack not in prints[0] or attack not in prints[1]:
                yield f"{attack} is in the {'first' if attack in prints[0] else 'second'} run only."
            elif prints[0][attack] != prints[1][attack]:
                yield f"{attack} has another version or other parameters in the second run."
            else:
                for models in pairs:
                    yield _match(old, new, models, attack, dataset)


def _match(
    old: RunShares, new: RunShares, models: tuple[str, str], attack: str, dataset: str
) -> Matched:
    places = [
        {s: i for i, s in enumerate(r.campaigns[dataset].data.sample_ids)} for r in (old, new)
    ]
    both = [sample for sample in places[0] if sample in places[1]]
    keys = [(model, attack, dataset) for model in models]
    taken = [[place[sample] for sample in both] for place in places]
    before, after = (r.shares[k][t] for r, k, t in zip((old, new), keys, taken, strict=True))
    known = ~np.isnan(before) & ~np.isnan(after)
    names = [sample for sample, there in zip(both, known, strict=True) if there]
    fell = [r.fallen[k][t][known] for r, k, t in zip((old, new), keys, taken, strict=True)]
    return Matched(models, attack, dataset, names, before[known], after[known], (fell[0], fell[1]))
