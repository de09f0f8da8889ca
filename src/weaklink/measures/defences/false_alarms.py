"""The false-alarm rate of an operating point, with an interval that knows how it was chosen.

A threshold that is chosen on benign texts lies between two of their scores. The chance that a new
benign text scores above the k-th highest of n has the distribution Beta(k, n - k + 1), whatever the
scores are (order statistics; as in Vovk 2012, Conditional validity of inductive conformal
predictors, https://arxiv.org/abs/1209.2673, Proposition 2a). So the interval holds although the
threshold was chosen on the very texts that the rate is counted on. It is that of Clopper and
Pearson (1934) for the texts that are flagged; its upper end is for those that might have been,
which are more where scores are equal.
"""

from __future__ import annotations

from weaklink.measures.results import OperatingPointResult
from weaklink.measures.statistics.estimate import Estimate
from weaklink.store.studies import Study
from weaklink.victims.operating_point import OperatingPoint, allowed_flags

_TAIL = 0.025


def operating_points(study: Study) -> tuple[OperatingPointResult, ...]:
    """Return the operating point of each model that has one."""
    found = dict[str, OperatingPointResult]()
    for entry in (*study.record.campaigns, *study.record.reference_campaigns):
        for victim in study.campaigns[entry.campaign].victims:
            if point := victim.operating_point:
                found[victim.name] = OperatingPointResult(
                    model=victim.name,
                    label=point.label,
                    threshold=point.threshold,
                    false_alarms=false_alarms(point),
                    allowed=point.benign.allowed if point.benign else None,
                    benign=point.benign.source if point.benign else None,
                )
    return tuple(found.values())


def false_alarms(point: OperatingPoint) -> Estimate | None:
    """Return the share of benign texts that are flagged; None where no benign texts were seen.

    Its interval holds for new texts of the same kind.
    """
    benign = point.benign
    if benign is None:
        return None
    from scipy.special import betaincinv

    most = max(benign.flagged, allowed_flags(benign.texts, benign.allowed))
    low, high = 0.0, 1.0
    if benign.flagged:
        low = float(betaincinv(benign.flagged, benign.texts - benign.flagged + 1, _TAIL))
    if most < benign.texts:
        high = float(betaincinv(most + 1, benign.texts - most, 1 - _TAIL))
    return Estimate(value=benign.flagged / benign.texts, low=low, high=high, n=benign.texts)
