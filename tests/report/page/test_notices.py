from dataclasses import replace

import pytest

from tests.report.planted import figures_of, planted_audit, planted_campaign, planted_outcomes
from weaklink.measures import Bounds
from weaklink.report import notices
from weaklink.store.record import Failure

CAMPAIGN = planted_campaign()
OUTCOMES = planted_outcomes(CAMPAIGN)
STUDY = planted_audit(CAMPAIGN, OUTCOMES)


def by_check(found, check):
    return [notice for notice in notices(STUDY, found) if notice.check == check]


@pytest.mark.parametrize(("similarity", "told"), [(0.9, False), (0.97, True), (1.0, True)])
def test_an_attack_that_wins_by_spoiling_the_text_is_told_of(similarity, told):
    figures = figures_of(STUDY, Bounds(min_similarity=similarity))
    found = by_check(figures, "out-of-bounds")
    assert bool(found) is told
    for notice in found:
        attack = notice.message.removeprefix("Most successes of ").partition(" ")[0]
        ours = [e for e in figures.scenarios if e.attack == attack]
        spoilt = [e for e in ours if e.asr_valid.value < 0.25 * e.asr_all.value]
        assert notice.about == ", ".join(e.model for e in spoilt)
        assert f"in {len(spoilt)} of {len(ours)} scenarios" in notice.message
        worst = min(spoilt, key=lambda e: e.asr_valid.value / e.asr_all.value)
        assert f"At worst ({worst.model}) asr_all is" in notice.message
        assert f"asr_all is {100 * worst.asr_all.value:.1f} %" in notice.message
        assert f"asr_valid {100 * worst.asr_valid.value:.1f} %" in notice.message


def test_a_collection_beside_other_attacks_is_told_of():
    figures = figures_of(STUDY)
    assert by_check(figures, "mixed-attacks") == []
    mixed = figures.model_copy(update={"attacks": ("pwws", "openattack-pwws", "openattack-gan")})
    (notice,) = by_check(mixed, "mixed-attacks")
    assert "the collection openattack (2) and others (1) were run together" in notice.message
    alone = figures.model_copy(update={"attacks": ("openattack-pwws", "openattack-gan")})
    assert by_check(alone, "mixed-attacks") == []


def test_an_attack_without_success_spoils_nothing():
    failed = [o for o in OUTCOMES if o.adversarial_text is None]
    assert by_check(figures_of(planted_audit(CAMPAIGN, failed)), "out-of-bounds") == []


def test_fluency_that_was_not_measured_is_counted():
    assert by_check(figures_of(STUDY), "fluency") == []
    hotflip = [
        replace(o, adversarial_perplexity=None) if o.attack == "hotflip" else o for o in OUTCOMES
    ]
    figures = figures_of(planted_audit(CAMPAIGN, hotflip))
    (notice,) = by_check(figures, "fluency")
    successes = [e.statuses["succeeded"] for e in figures.scenarios if e.attack == "hotflip"]
    assert f"{sum(successes)} in all" in notice.message
    assert f"{successes[0]} of hotflip on upstream" in notice.message
    assert f"{successes[1]} of hotflip on downstream" in notice.message
    assert "pwws" not in notice.message


def test_of_many_notices_of_a_kind_the_first_are_shown_and_the_rest_counted():
    failures = tuple(Failure(what=f"model-{i}", reason="gone") for i in range(50))
    many = figures_of(STUDY).model_copy(update={"failures": failures})
    found = by_check(many, "missing")
    assert len(found) == 21
    assert found[-1].message == "30 more like these: table failures."
