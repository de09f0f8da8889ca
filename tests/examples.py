"""Small campaigns and outcomes for tests."""

from dataclasses import replace
from datetime import UTC, datetime

from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.store import to_frame
from weaklink.store.in_memory import FrameOutcomes
from weaklink.store.record import CampaignEntry, ChainEntry, ModelEntry, StudyRecord
from weaklink.store.studies import Study
from weaklink.testing.outcomes import a_campaign, an_outcome

__all__ = ["a_campaign", "a_study", "an_outcome", "figures", "links_study", "the_scenario"]


def a_study(campaign, outcomes, **record):
    """Return the study of one campaign, whose victims are a chain where they have roles."""
    names = [victim.name for victim in campaign.victims]
    chain = ChainEntry(name="C1", models=names, measured=names, links=())
    return Study(
        StudyRecord(
            name="audit",
            specification={},
            digest="00",
            models=[ModelEntry(name=v.name, fingerprint=v.fingerprint) for v in campaign.victims],
            chains=(chain,) if len(names) > 1 else (),
            funnel=(),
            campaigns=(CampaignEntry(dataset=campaign.data.name, campaign=1),),
            replays=(),
            failures=(),
            provenance={},
            **record,
        ),
        {1: campaign},
        FrameOutcomes(to_frame(outcomes)),
    )


def links_study(links, *, samples, fingerprint="#pwws"):
    """Return a study of links, on whose ends so many samples fell, each a chain; and outcomes."""
    fell = {name: count for pair in links.items() for name, count in zip(*pair, strict=True)}
    campaign = a_campaign(victims=[(name, "single") for name in fell], samples=samples)
    attack = campaign.attacks[0].model_copy(update={"fingerprint": fingerprint})
    campaign = campaign.model_copy(update={"attacks": (attack,)})
    outcomes = [
        replace(one, key=replace(one.key, attack_fingerprint=fingerprint))
        for name, count in fell.items()
        for one in (an_outcome(i, victim=name, success=i < count) for i in range(samples))
    ]
    chains = tuple(
        ChainEntry(name=f"C{i}", models=pair, measured=pair, links=())
        for i, pair in enumerate(links, 1)
    )
    study = a_study(campaign, outcomes)
    record = study.record.model_copy(update={"chains": chains})
    return replace(study, record=record), outcomes


def figures(campaign, outcomes, bounds=None, seed=0):
    """Return the figures of ``a_study``, with few resamples and at a fixed time."""
    options = Options(bounds, seed=seed, resamples=199, created=datetime(2026, 1, 1, tzinfo=UTC))
    return results(a_study(campaign, outcomes), options)


def the_scenario(outcomes, bounds=None, repetitions=3, samples=9):
    """Return the figures of one attack against one model."""
    campaign = a_campaign(victims=(("up", "single"),), repetitions=repetitions, samples=samples)
    return figures(campaign, outcomes, bounds).scenarios[0]
