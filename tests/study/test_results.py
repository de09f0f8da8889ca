"""Every figure of a planted study, worked out by hand, and against loops over its outcomes."""

from itertools import product
from statistics import fmean

import numpy as np
import pytest

from tests.study.planted import FEW, planted_results, planted_study
from weaklink.measures import Bounds, Options
from weaklink.measures.figures import results
from weaklink.measures.statistics.shares import wilson
from weaklink.store import to_frame
from weaklink.store.in_memory import FrameOutcomes
from weaklink.store.record import ModelEntry
from weaklink.store.studies import Study

STUDY = planted_study()
FOUND = planted_results()


def mean_share(shares):
    return wilson(np.array([shares], dtype=float))[0]


def values(groups, rate="asr_all"):
    return {
        group.model or group.attack or group.dataset: getattr(group.rates, rate).macro.value
        for group in groups
        if getattr(group.rates, rate)
    }


def scenario(*place):
    found = {(one.model, one.attack, one.dataset): one for one in FOUND.scenarios}
    return found[place]


def one_link(upstream, downstream):
    """Return a study of one attack on one link, on as many samples as there are letters."""
    marks = "1" * len(upstream)
    return planted_study(
        ended={("up", "d1", "pwws"): (upstream,), ("down", "d1", "pwws"): (downstream,)},
        correct={("up", "d1"): marks, ("down", "d1"): marks}, replayed={},
    )  # fmt: skip


def test_asr_by_model():
    up = [2 / 4, (1 + 0.5) / 4, 1 / 2, 0]
    down = [2 / 4, (1 + 1 + 0.5 + 0) / 4, 1, 1 / 2]
    alone = [0, 0, 1, 0]
    assert values(FOUND.by_model) == pytest.approx(
        {"up": fmean(up), "down": fmean(down), "alone": fmean(alone)}
    )
    assert FOUND.overall.asr_all.macro.value == pytest.approx(fmean(up + down + alone))
    assert FOUND.overall.asr_all.n_scenarios == 12
    successes = 2 + 1.5 + 1 + 0 + 2 + 2.5 + 2 + 1 + 0 + 0 + 1 + 0
    assert FOUND.overall.asr_all.micro.value == pytest.approx(successes / (3 * 8 + 2 * 4 + 3))
    assert FOUND.overall.asr_all.macro.n == 6


def test_asr_by_attack_data_set_and_both():
    pwws = {"d1": [0.5, 0.5, 0], "d2": [0.5, 1, 1]}
    random = {"d1": [0.375, 0.625, 0], "d2": [0, 0.5, 0]}
    assert values(FOUND.by_attack) == pytest.approx(
        {"pwws": fmean(pwws["d1"] + pwws["d2"]), "random": fmean(random["d1"] + random["d2"])}
    )
    assert values(FOUND.by_dataset) == pytest.approx(
        {name: fmean(pwws[name] + random[name]) for name in ("d1", "d2")}
    )
    cells = {(g.attack, g.dataset): g.rates.asr_all.macro.value for g in FOUND.by_cell}
    assert cells["pwws", "d2"] == pytest.approx(fmean(pwws["d2"]))
    assert cells["random", "d1"] == pytest.approx(fmean(random["d1"]))


def test_other_denominators():
    down = next(
        s for s in FOUND.scenarios if (s.model, s.attack, s.dataset) == ("down", "random", "d1")
    )
    assert down.asr_all == mean_share([1, 1, 0.5, 0])
    assert down.asr_correct == mean_share([1, 1, 0])
    assert down.robust_accuracy == mean_share([0, 0, 0, 1])
    assert down.asr_valid == mean_share([1, 0, 0.5, 0])
    assert down.by_repetition == pytest.approx((2 / 4, 3 / 3))
    assert down.variance == pytest.approx(np.var([0.5, 1], ddof=1))
    assert (down.statuses["error"], down.missing) == (1, 0)
    unmade = next(
        s for s in FOUND.scenarios if (s.model, s.attack, s.dataset) == ("alone", "pwws", "d2")
    )
    assert (unmade.missing, unmade.asr_all.n, unmade.asr_correct) == (1, 1, None)


def test_labels_are_mapped_beside_and_not_instead():
    plain = next(group for group in FOUND.by_model if group.model == "alone")
    (mapped,) = FOUND.by_model_mapped
    assert (plain.accuracy.n_scenarios, mapped.accuracy.n_scenarios) == (1, 2)
    assert mapped.accuracy.macro.value == pytest.approx((1 + 0) / 2)
    assert mapped.rates.asr_all == plain.rates.asr_all


def test_the_worst_case():
    worst = {(one.model, one.dataset): one for one in FOUND.worst}
    up = worst["up", "d1"]
    assert up.robust_accuracy == mean_share([0, 0, 1, 0])
    assert up.fallen == (2, 0, 2)
    assert (up.worst_attack, up.worst_attack_leaves.value) == ("pwws", 0.25)
    assert worst["down", "d1"].robust_accuracy == mean_share([0, 0, 0, 1])
    assert worst["down", "d1"].fallen == (1, 1, 2)
    assert worst["up", None].robust_accuracy.value == pytest.approx((1 / 4 + 1 / 2) / 2)
    assert worst["alone", "d2"].fallen == (0, 1, 0)
    assert worst["alone", "d2"].robust_accuracy is None


def test_delta_along_the_link():
    (link,) = FOUND.links
    assert (link.upstream, link.downstream, link.chains, link.architecture) == (
        "up", "down", ("C1",), "BERT",
    )  # fmt: skip
    pwws_d1 = fmean([0, -1, 1, 0])
    random_d1 = fmean([0, 0.5, 0.5, 0])
    deltas = [pwws_d1, random_d1, fmean([0, 1]), fmean([1, 0])]
    assert link.all.delta.value == pytest.approx(fmean(deltas))
    assert link.all.delta_micro.value == pytest.approx((0 + 1 + 1 + 1) / 12)
    assert FOUND.chains[0].all == link.all
    assert FOUND.architectures[0].all.delta == link.all.delta
    by_attack = {group.name: group.all.delta.value for group in FOUND.link_attacks}
    assert by_attack == pytest.approx(
        {"pwws": (pwws_d1 + 0.5) / 2, "random": (random_d1 + 0.5) / 2}
    )


def test_only_samples_that_both_classify_correctly():
    (link,) = FOUND.links
    deltas = [fmean([0, -1]), fmean([0, 0.5]), 0, 1]
    assert link.both_correct.delta.value == pytest.approx(fmean(deltas))
    assert link.both_correct.delta.n == 3


def test_transfer_in_both_readings_and_what_chance_gives():
    (link,) = FOUND.links
    found = link.all
    assert found.sample_transfer.value == pytest.approx(fmean([1 / 2, 1, 1]))
    assert found.text_transfer.value == pytest.approx(fmean([1 / 2, (0.5 + 1) / 2, 0]))
    assert found.downstream_asr.value == pytest.approx(fmean([0.5, 0.625, 1, 0.5]))
    assert found.elsewhere.value == pytest.approx(fmean([1 / 2, 0.5 / 2, 1, 1 / 2]))
    assert found.sample_advantage_over_all.value == pytest.approx(
        found.sample_transfer.value - found.downstream_asr.value
    )
    assert found.text_advantage_over_all.value == pytest.approx(
        found.text_transfer.value - found.downstream_asr.value
    )
    alone = next(s for s in FOUND.link_scenarios if (s.attack, s.dataset) == ("random", "d1"))
    assert alone.sample_transfer == mean_share([1, 1])
    assert alone.text_transfer == mean_share([0.5, 1])


def test_each_scenario_has_its_own_test():
    found = {(s.attack, s.dataset, s.subset): s for s in FOUND.link_scenarios}
    pwws = found["pwws", "d1", "all"]
    assert (pwws.test, pwws.p_value) == ("exact McNemar", 1)
    assert (pwws.only_upstream, pwws.only_downstream, pwws.odds_ratio) == (1, 1, 1)
    assert pwws.cohens_h == 0
    random = found["random", "d1", "all"]
    assert (random.test, random.only_upstream) == ("paired permutation", None)
    assert all(s.p_holm >= s.p_value for s in FOUND.link_scenarios)


def test_advice_is_not_given_where_zero_is_within_the_interval():
    alike = one_link("ssff" * 5, "sfsf" * 5)
    told = results(alike, FEW).advice
    assert {one.verdict for one in told} == {"cannot be told"}


def test_advice_is_not_given_on_an_interval_alone():
    assert FOUND.links[0].all.delta.low > 0
    assert {one.verdict for one in FOUND.advice} == {"cannot be told"}


def test_advice_is_given_where_the_figures_tell():
    lost = one_link("s" * 5 + "f" * 35, "s" * 30 + "f" * 10)
    advice = results(lost, FEW).advice[0]
    assert (advice.about, advice.verdict) == ("C1", "use as is")
    assert results(lost, FEW).verdict == "less robust"
    gained = one_link("s" * 30 + "f" * 10, "s" * 5 + "f" * 35)
    assert results(gained, FEW).advice[0].verdict == "fine-tune"


def test_the_paper_stands_beside():
    ours = {one.key: one for one in FOUND.published}
    assert ours["asr_mean"].paper == 0.527
    assert ours["asr_mean"].ours == FOUND.overall.asr_all.macro
    assert ours["asr_lowest"].ours.value == pytest.approx(0.25)
    assert ours["delta_c1_c8"].ours == FOUND.links[0].all.delta
    assert ours["transfer_lower"].ours is None


def test_the_order_of_outcomes_makes_no_difference():
    shuffled = planted_study()
    frame = shuffled.outcomes.whole.sample(fraction=1, shuffle=True, seed=1)
    shuffled = Study(shuffled.record, shuffled.campaigns, FrameOutcomes(frame))
    assert results(shuffled, FEW) == FOUND


def test_bounds_change_asr_valid_alone():
    strict = results(
        STUDY, Options(Bounds(min_similarity=0.99), resamples=199, created=FEW.created)
    )
    assert strict.overall.asr_valid.macro.value == 0
    assert strict.overall.asr_all == FOUND.overall.asr_all


def test_a_random_study_equals_loops_over_its_outcomes():
    draw = np.random.default_rng(7)
    models, datasets, attacks = ("up", "down", "c", "d"), ("d1", "d2"), ("pwws", "hotflip", "scpn")
    ended = {
        place: ("".join(draw.choice(list("ssffe"), size=12)),)
        for place in product(models, datasets, attacks)
    }
    correct = {
        place: "".join(draw.choice(list("110"), size=12)) for place in product(models, datasets)
    }
    study = planted_study(ended, correct, {})
    found = results(study, FEW)

    def rate(model, dataset, attack):
        runs = [letter for letter in ended[model, dataset, attack][0] if letter != "e"]
        return runs.count("s") / len(runs)

    for group in found.by_model:
        expected = fmean(rate(group.model, d, a) for d in datasets for a in attacks)
        assert group.rates.asr_all.macro.value == pytest.approx(expected)
    for group in found.by_cell:
        expected = fmean(rate(model, group.dataset, group.attack) for model in models)
        assert group.rates.asr_all.macro.value == pytest.approx(expected)
    transfers, deltas = [], []
    for d, a in product(datasets, attacks):
        pairs = [*zip(ended["up", d, a][0], ended["down", d, a][0], strict=True)]
        made = [(u == "s", v == "s") for u, v in pairs if "e" not in (u, v)]
        deltas.append(fmean(v - u for u, v in made))
        transfers.append(fmean(v for u, v in made if u))
    assert found.links[0].all.delta.value == pytest.approx(fmean(deltas))
    assert found.links[0].all.sample_transfer.value == pytest.approx(fmean(transfers))


def test_a_study_in_which_nothing_was_measured_has_no_figures():
    nothing = planted_study({("up", "d1", "pwws"): ("ee",)}, {("up", "d1"): "??"}, {})
    found = results(nothing, FEW)
    assert found.overall.asr_all is None
    assert found.links == ()
    assert found.advice == ()


@pytest.mark.parametrize("lost", ["campaigns", "models"])
def test_a_study_that_lost_everything_still_has_results(lost):
    nothing = (ModelEntry(name="up"),) if lost == "models" else ()
    record = STUDY.record.model_copy(update={lost: nothing, "replays": ()})
    found = results(Study(record, STUDY.campaigns, FrameOutcomes(to_frame([]))), FEW)
    assert found.overall.asr_all is None
    assert found.all_links is None or found.all_links.all.delta is None
    assert found.failures == STUDY.record.failures
    assert {one.verdict for one in found.advice} <= {"cannot be told"}
