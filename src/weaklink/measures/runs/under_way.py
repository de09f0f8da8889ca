"""How far a run is, with its rates so far: read so quickly that it can be shown live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from weaklink.measures.arrays import links_of
from weaklink.measures.options import stated_bounds
from weaklink.measures.runs.look import Look, Rate
from weaklink.store.record import StudyRecord
from weaklink.store.studies import Study

MODELS_SHOWN = 3
"""Models whose rates are read."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far the attacks of a run are, those on references included.

    Attributes:
        done: Outcomes, those that ended in an error left out.
        asked: Outcomes that are asked for.
        models: How many models have all of theirs, and of how many.
        rates: ``asr_all`` so far of the audited models under attack, or else of those that were;
            intervals hold at every look.
    """

    done: int
    asked: int
    models: tuple[int, int]
    rates: Sequence[Rate]


def under_way(study: Study, known: UnderWay | None = None) -> UnderWay:
    """Return how far a run is.

    Args:
        study: The run as it was begun; its outcomes are read now.
        known: What was known before; rates are not read again where nothing was added.
    """
    entries = (*study.record.campaigns, *study.record.reference_campaigns)
    campaigns = [study.campaigns[entry.campaign] for entry in entries]
    asked = Counter[str]()
    for campaign in campaigns:
        each = campaign.size // max(1, len(campaign.victims))
        for victim in campaign.victims:
            asked[victim.fingerprint] += each
    if known is not None and known.done >= known.asked == asked.total():
        return known
    found = study.outcomes.asked_by(campaigns).done()
    done = {one: found.get(one, 0) for one in asked}
    total = sum(done.values())
    if known is not None and (known.done, known.asked) == (total, asked.total()):
        return known
    whole = sum(done[one] >= asked[one] for one in asked)
    some = [one for one in audited_of(study.record) if done.get(one)]
    some.sort(key=lambda one: done[one] >= asked[one])
    return UnderWay(
        done=total,
        asked=asked.total(),
        models=(whole, len(asked)),
        rates=_rates(study, some[:MODELS_SHOWN]),
    )


def audited_of(record: StudyRecord) -> list[str]:
    """Return the fingerprints of models that are not upstreams alone."""
    links = links_of(record)
    only = {upstream for upstream, _ in links} - {downstream for _, downstream in links}
    models = (one for one in record.models if one.name not in only)
    return [one.fingerprint for one in models if one.fingerprint is not None]


def _rates(study: Study, victims: Sequence[str]) -> list[Rate]:
    """Return the rates of some models, whose outcomes alone are read."""
    record = study.record.model_copy(
        update={
            "models": tuple(one for one in study.record.models if one.fingerprint in victims),
            "chains": (), "replays": (), "references": (), "reference_campaigns": (),
            "defences": (),
        }
    )  # fmt: skip
    campaigns = {}
    for entry in record.campaigns:
        whole = study.campaigns[entry.campaign]
        kept = tuple(one for one in whole.victims if one.fingerprint in victims)
        campaigns[entry.campaign] = whole.model_copy(update={"victims": kept})
    outcomes = study.outcomes.asked_by([*campaigns.values()])
    part = replace(study, record=record, campaigns=campaigns, outcomes=outcomes)
    return Look(part, stated_bounds(record)).rates() if victims else []
