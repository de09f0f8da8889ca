from dataclasses import replace

import pytest

from weaklink.measures import Bounds, summarise
from weaklink.report import notices

from .planted import planted_campaign, planted_outcomes

CAMPAIGN = planted_campaign()
OUTCOMES = planted_outcomes(CAMPAIGN)


def by_check(summary, check):
    return [notice for notice in notices(summary) if notice.check == check]


@pytest.mark.parametrize(("similarity", "told"), [(0.9, False), (0.97, True), (1.0, True)])
def test_an_attack_that_wins_by_spoiling_the_text_is_told_of(similarity, told):
    summary = summarise(CAMPAIGN, OUTCOMES, Bounds(min_similarity=similarity))
    found = by_check(summary, "out-of-bounds")
    assert bool(found) is told
    for notice in found:
        attack = notice.message.partition(" ")[0]
        (entry,) = (e for e in summary.attacks if (e.victim, e.attack) == (notice.about, attack))
        assert f"asr_all is {entry.asr_all.value:.2f}" in notice.message
        assert f"asr_valid {entry.asr_valid.value:.2f}" in notice.message


def test_an_attack_without_success_spoils_nothing():
    failed = [o for o in OUTCOMES if o.adversarial_text is None]
    assert by_check(summarise(CAMPAIGN, failed), "out-of-bounds") == []


def test_fluency_that_was_not_measured_is_counted():
    assert by_check(summarise(CAMPAIGN, OUTCOMES), "fluency") == []
    hotflip = [
        replace(o, adversarial_perplexity=None) if o.attack == "hotflip" else o for o in OUTCOMES
    ]
    summary = summarise(CAMPAIGN, hotflip)
    (notice,) = by_check(summary, "fluency")
    successes = [e.statuses["succeeded"] for e in summary.attacks if e.attack == "hotflip"]
    assert f"{successes[0]} of hotflip on upstream" in notice.message
    assert f"{successes[1]} of hotflip on downstream" in notice.message
    assert "pwws" not in notice.message
