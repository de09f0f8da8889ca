"""From outcomes to a summary, and from a summary to frames."""

from dataclasses import replace

import polars as pl
import pytest

from tests.examples import a_campaign, an_outcome
from weaklink.measures import (
    Bounds,
    Summary,
    attacks_frame,
    chain_frame,
    summarise,
    victims_frame,
)
from weaklink.store import Status

CAMPAIGN = a_campaign(attacks=("pwws", "textbugger"), samples=5)
OUTCOMES = [
    an_outcome(0, queries=10, similarity=0.8, words=4),
    an_outcome(1, queries=20, success=False, cut=True),
    an_outcome(2, queries=60, words_changed=None, similarity=None, correct=False),
    an_outcome(3, status=Status.ERROR, success=False, cut=True),
    an_outcome(0, victim="down"),
    an_outcome(1, victim="down"),
    an_outcome(3, victim="down"),
    an_outcome(1, victim="down", attack="textbugger", success=False),
]


@pytest.fixture(scope="module")
def summary():
    return summarise(CAMPAIGN, OUTCOMES)


def test_has_an_entry_for_everything_that_the_campaign_asks_for(summary):
    assert [(entry.victim, entry.attack) for entry in summary.attacks] == [
        ("up", "pwws"),
        ("up", "textbugger"),
        ("down", "pwws"),
        ("down", "textbugger"),
    ]
    assert [(link.upstream, link.downstream, link.attack) for link in summary.chain] == [
        ("up", "down", "pwws"),
        ("up", "down", "textbugger"),
    ]
    assert [entry.missing for entry in summary.attacks] == [1, 5, 2, 4]


def test_summarises_an_attack(summary):
    entry = summary.attacks[0]
    assert entry.asr_all.value == pytest.approx(2 / 3)
    assert entry.asr_correct.value == pytest.approx(1 / 2)
    assert entry.robust_accuracy.value == pytest.approx(1 / 3)
    assert entry.asr_all_by_repetition == (pytest.approx(2 / 3),)
    assert entry.statuses == {
        "succeeded": 2,
        "failed": 1,
        "skipped": 0,
        "exhausted": 0,
        "error": 1,
    }
    assert (entry.queries_mean, entry.queries_median) == (30, 20)
    assert (entry.words_changed_mean, entry.similarity_mean) == (0.25, 0.8)
    assert entry.seconds == 1


def test_nothing_attacked_has_no_figures(summary):
    entry = summary.attacks[1]
    assert entry.asr_all is entry.queries_mean is entry.similarity_mean is None
    assert entry.asr_all_by_repetition == ()
    assert summary.chain[1].delta is summary.chain[1].p_value is None


def test_summarises_a_victim_by_its_distinct_samples(summary):
    upstream, downstream = summary.victims
    assert (upstream.accuracy.value, upstream.accuracy.n) == (pytest.approx(3 / 4), 4)
    assert (downstream.accuracy.value, downstream.accuracy.n) == (1, 3)
    assert (upstream.texts_cut, downstream.texts_cut) == (2, 0)


def test_summarises_a_link_by_the_samples_attacked_on_both(summary):
    link = summary.chain[0]
    assert (link.delta.value, link.delta.n) == (0.5, 2)
    assert (link.transfer_rate.value, link.transfer_rate.n) == (1, 1)
    assert (link.asr_elsewhere.value, link.asr_elsewhere.n) == (1, 1)
    assert (link.test, link.p_value) == ("exact McNemar", 1)


def test_order_and_outcomes_of_other_campaigns_make_no_difference(summary):
    others = [an_outcome(99), an_outcome(0, seed=1), an_outcome(0, repetition=5)]
    assert summarise(CAMPAIGN, [*others, *reversed(OUTCOMES)]) == summary


def test_names_victims_as_the_campaign_does_whatever_outcomes_call_them():
    renamed = [replace(outcome, victim="an older name") for outcome in OUTCOMES]
    assert summarise(CAMPAIGN, renamed) == summarise(CAMPAIGN, OUTCOMES)


def test_the_same_model_as_upstream_and_downstream_has_no_delta_and_full_transfer():
    campaign = a_campaign()
    same = tuple(victim.model_copy(update={"fingerprint": "#up"}) for victim in campaign.victims)
    campaign = campaign.model_copy(update={"victims": same})
    outcomes = [an_outcome(0), an_outcome(1, success=False)]
    summary = summarise(campaign, outcomes)
    assert [entry.missing for entry in summary.attacks] == [2, 2]
    (link,) = summary.chain
    assert (link.delta.value, link.transfer_rate.value, link.asr_elsewhere.value) == (0, 1, 0)


def test_repetitions_are_kept_beside_their_mean():
    campaign = a_campaign(victims=(("up", "single"),), repetitions=2, samples=2)
    wins = [(0, 0, True), (1, 0, True), (0, 1, False), (1, 1, True)]
    outcomes = [an_outcome(s, repetition=r, success=success) for s, r, success in wins]
    (entry,) = summarise(campaign, outcomes).attacks
    assert entry.asr_all_by_repetition == (1, 0.5)
    assert (entry.asr_all.value, entry.asr_all.n) == (0.75, 2)
    assert summarise(campaign, outcomes).chain == ()


def test_tells_of_the_texts_that_successes_left():
    campaign = a_campaign(victims=(("up", "single"),), samples=4)
    outcomes = [
        an_outcome(0, similarity=0.95, notes={"faith": 0.5}, **perplexities(100, 110)),
        an_outcome(1, similarity=0.95, notes={"faith": 1.0, "steps": 3.0}, **perplexities(10, 50)),
        an_outcome(2, similarity=0.85, language_model="#other"),
        an_outcome(3, success=False, notes={"faith": 0.0}),
    ]
    summary = summarise(campaign, outcomes)
    (entry,) = summary.attacks
    assert (entry.asr_all.value, entry.asr_valid.value) == (3 / 4, 1 / 4)
    assert entry.characters_changed_mean == pytest.approx(4 / 11)
    assert entry.perplexity_ratio_median == pytest.approx(3.05)
    assert entry.fluency_missing == 1
    assert entry.notes == {"faith": 0.5, "steps": 3.0}
    assert summary.language_models == ("#lm", "#other")
    assert attacks_frame(summary).select("notes_faith", "notes_steps").row(0) == (0.5, 3.0)

    lax = Bounds(min_similarity=0.8, max_perplexity_ratio=6)
    assert summarise(campaign, outcomes, lax).attacks[0].asr_valid.value == 3 / 4
    assert summarise(campaign, outcomes, lax).bounds == lax


def perplexities(original, adversarial):
    return {
        "original_perplexity": original,
        "adversarial_perplexity": adversarial,
        "language_model": "#lm",
    }


def test_a_summary_survives_json(summary):
    assert Summary.model_validate_json(summary.model_dump_json()) == summary


def test_frames_have_a_row_per_entry_and_estimates_in_four_columns(summary):
    attacks = attacks_frame(summary)
    assert attacks.height == 4
    assert attacks["asr_all"].to_list()[:2] == [pytest.approx(2 / 3), None]
    assert attacks["asr_all_n"].to_list() == [3, None, 3, 1]
    assert (attacks["asr_all_low"] <= attacks["asr_all_high"]).to_list()[0]
    assert chain_frame(summary).schema["delta_low"] == pl.Float64
    assert victims_frame(summary)["accuracy_n"].to_list() == [4, 3]


def test_frames_of_nothing_have_their_columns():
    empty = chain_frame(summarise(a_campaign(victims=(("up", "single"),)), []))
    assert empty.height == 0
    assert {"upstream", "delta", "delta_low", "p_value"} <= set(empty.columns)
