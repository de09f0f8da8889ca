"""The figures of one campaign, and their frames."""

from dataclasses import replace

import polars as pl
import pytest

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.measures import Bounds, Results, links_frame, scenarios_frame
from weaklink.measures.figures import results
from weaklink.report.tables.published_tables import findings_table
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
def found():
    return figures(CAMPAIGN, OUTCOMES)


def test_has_an_entry_for_everything_that_the_campaign_asks_for(found):
    assert [(entry.model, entry.attack) for entry in found.scenarios] == [
        ("up", "pwws"),
        ("up", "textbugger"),
        ("down", "pwws"),
        ("down", "textbugger"),
    ]
    links = [(one.upstream, one.downstream, one.attack) for one in of_all(found)]
    assert links == [("up", "down", "pwws")]
    assert [entry.missing for entry in found.scenarios] == [1, 5, 2, 4]


def test_summarises_an_attack(found):
    entry = found.scenarios[0]
    assert entry.asr_all.value == pytest.approx(2 / 3)
    assert entry.asr_correct.value == pytest.approx(1 / 2)
    assert entry.robust_accuracy.value == pytest.approx(1 / 3)
    assert entry.by_repetition == (pytest.approx(2 / 3),)
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


def test_nothing_attacked_has_no_figures(found):
    entry = found.scenarios[1]
    assert entry.asr_all is entry.queries_mean is entry.similarity_mean is None
    assert entry.by_repetition == ()


def test_counts_each_sample_of_a_model_once(found):
    upstream, downstream = [one for one in found.worst if one.dataset == "reviews"]
    assert (upstream.accuracy.value, upstream.accuracy.n) == (pytest.approx(3 / 4), 4)
    assert (downstream.accuracy.value, downstream.accuracy.n) == (1, 3)
    assert (upstream.texts_cut, downstream.texts_cut) == (2, 0)


def of_all(found):
    return [one for one in found.link_scenarios if one.subset == "all"]


def test_compares_the_samples_attacked_on_both(found):
    (link,) = of_all(found)
    assert (link.delta.value, link.delta.n) == (0.5, 2)
    assert (link.sample_transfer.value, link.sample_transfer.n) == (1, 1)
    assert (link.elsewhere.value, link.elsewhere.n) == (1, 1)
    assert (link.test, link.p_value, link.verdict) == ("exact McNemar", 1, "undecided")
    assert found.verdict == "undecided"


def test_order_and_outcomes_of_other_campaigns_make_no_difference(found):
    others = [an_outcome(99), an_outcome(0, seed=1), an_outcome(0, repetition=5)]
    assert figures(CAMPAIGN, [*others, *reversed(OUTCOMES)]) == found


def test_names_victims_as_the_campaign_does_whatever_outcomes_call_them():
    renamed = [replace(outcome, victim="an older name") for outcome in OUTCOMES]
    assert figures(CAMPAIGN, renamed) == figures(CAMPAIGN, OUTCOMES)


def test_repetitions_are_kept_beside_their_mean():
    campaign = a_campaign(victims=(("up", "single"),), repetitions=2, samples=2)
    wins = [(0, 0, True), (1, 0, True), (0, 1, False), (1, 1, True)]
    outcomes = [an_outcome(s, repetition=r, success=success) for s, r, success in wins]
    (entry,) = figures(campaign, outcomes).scenarios
    assert entry.by_repetition == (1, 0.5)
    assert (entry.asr_all.value, entry.asr_all.n) == (0.75, 2)
    assert figures(campaign, outcomes).links == ()


def test_tells_of_the_texts_that_successes_left():
    campaign = a_campaign(victims=(("up", "single"),), samples=4)
    outcomes = [
        an_outcome(0, similarity=0.95, notes={"faith": 0.5}, **perplexities(100, 110)),
        an_outcome(1, similarity=0.95, notes={"faith": 1.0, "steps": 3.0}, **perplexities(10, 50)),
        an_outcome(2, similarity=0.85, language_model="#other"),
        an_outcome(3, success=False, notes={"faith": 0.0}),
    ]
    found = figures(campaign, outcomes)
    (entry,) = found.scenarios
    assert (entry.asr_all.value, entry.asr_valid.value) == (3 / 4, 1 / 4)
    assert entry.characters_changed_mean == pytest.approx(4 / 11)
    assert entry.perplexity_ratio_median == pytest.approx(3.05)
    assert entry.fluency_missing == 1
    assert entry.notes == {"faith": 0.5, "steps": 3.0}
    assert found.language_models == ("#lm", "#other")
    assert scenarios_frame(found).select("notes_faith", "notes_steps").row(0) == (0.5, 3.0)

    lax = Bounds(min_similarity=0.8, max_perplexity_ratio=6)
    assert figures(campaign, outcomes, lax).scenarios[0].asr_valid.value == 3 / 4
    assert figures(campaign, outcomes, lax).bounds == lax


def perplexities(original, adversarial):
    return {
        "original_perplexity": original,
        "adversarial_perplexity": adversarial,
        "language_model": "#lm",
    }


def test_figures_survive_json(found):
    assert Results.model_validate_json(found.to_json()) == found


def test_say_when_they_were_computed_and_in_which_schema():
    found = results(a_study(CAMPAIGN, OUTCOMES))
    assert found.created.tzinfo is not None
    assert found.schema_version == 3


def test_frames_have_a_row_per_entry_and_estimates_in_four_columns(found):
    attacks = scenarios_frame(found)
    assert attacks.height == 4
    assert attacks["asr_all"].to_list()[:2] == [pytest.approx(2 / 3), None]
    assert attacks["asr_all_n"].to_list() == [3, None, 3, 1]
    assert (attacks["asr_all_low"] <= attacks["asr_all_high"]).to_list()[0]
    assert attacks["statuses_error"].to_list() == [1, 0, 0, 0]
    assert links_frame(found).schema["delta_low"] == pl.Float64


def test_frames_of_nothing_have_their_columns():
    empty = links_frame(figures(a_campaign(victims=(("up", "single"),)), []))
    assert empty.height == 0
    assert {"upstream", "delta", "delta_low", "p_value"} <= set(empty.columns)


def test_attacks_as_openattack_runs_them_are_averaged_apart():
    fallen = {"pwws": range(4), "gan": range(6), "openattack-pwws": range(8)}
    campaign = a_campaign(
        victims=(("up", "upstream"), ("down", "downstream")), attacks=tuple(fallen), samples=10
    )
    found = figures(
        campaign,
        [
            an_outcome(i, victim=victim, attack=attack, success=i in which or victim == "down")
            for attack, which in fallen.items()
            for victim in ("up", "down")
            for i in range(10)
        ],
    )
    published, openattack = found.attack_sets
    assert published.attacks == ("pwws", "gan")
    assert published.rates.asr_all.macro.value == pytest.approx((0.4 + 0.6 + 1 + 1) / 4)
    assert openattack.rates == next(
        one.rates for one in found.by_attack if one.attack == "openattack-pwws"
    )
    assert openattack.all_links.all.delta.value == pytest.approx(0.2)
    rows = {row.values[1]: row.values[3] for row in findings_table(found).rows}
    assert rows["Attacks with a transfer above 60 %"] == "1 of 1: openattack-pwws 100.0 %"
    ours = {one.key: one.ours for one in found.published}
    assert ours["asr_mean"] == openattack.rates.asr_all.macro
    assert ours["asr_lowest"].value == pytest.approx(0.8)
    assert ours["delta_mean"].value == pytest.approx(0.2)
