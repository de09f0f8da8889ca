"""Gates that no further sample can decide, against every way that a campaign may end."""

from dataclasses import replace
from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.errors import WeaklinkError
from weaklink.measures import Bound, Judgement, parse_bound
from weaklink.measures.arrange import arrange
from weaklink.measures.bounds import Bounds
from weaklink.measures.gate import state_of_figure
from weaklink.measures.runs import look as look_module
from weaklink.measures.runs.baseline import Baseline
from weaklink.measures.runs.compare import ComparedRun, compare_runs
from weaklink.measures.runs.look import Look, Prospects
from weaklink.measures.runs.rows import Extreme, SampleRow
from weaklink.measures.statistics import anytime
from weaklink.store import Status
from weaklink.store.record import DefenceEntry

CHAIN, ALONE = (("up", "upstream"), ("down", "downstream")), (("only", "single"),)
FALLS, HOLDS, SPOILT, WRONG = "falls", "holds", "spoilt", "wrong"
ENDS = (FALLS, HOLDS, SPOILT, WRONG)
"""What may become of an attempt: a success, a failure, a success with a text out of bounds, and a
skipped sample that was classified wrongly."""


def made(i, victim, attack, end):
    """Return the outcome of an attempt that ended so."""
    one = an_outcome(i, victim=victim, attack=attack, success=end in (FALLS, SPOILT))
    if end == SPOILT:
        return replace(one, similarity=0.1)
    if end == FALLS:
        return replace(one, similarity=0.95)
    if end == WRONG:
        return replace(one, original_index=1 - one.gold_index, status=Status.FAILED)
    return one


def looked(victims, attacks, ends, asked, *, defended=False, source=None, replayed=0):
    """Return a look at a campaign whose samples ended so: (victim, attack) by sample."""
    whole = a_campaign(victims=victims, attacks=attacks, samples=asked)
    whole = whole.model_copy(update={"source": source})
    ids = whole.data.sample_ids
    data = whole.data.model_copy(update={"sample_ids": ids[: len(ends)]})
    outcomes = [
        made(i, name, attack, end)
        for i, each in enumerate(ends)
        for (name, attack), end in zip(
            product([name for name, _ in victims], attacks), each, strict=True
        )
    ]
    guard = DefenceEntry(kind="guard", model="bare", defended="guarded", method="wdr")
    study = a_study(whole.model_copy(update={"data": data}), outcomes)
    if defended:
        record = study.record.model_copy(update={"defences": (guard,), "chains": ()})
        study = replace(study, record=record)
    return Look(study, Bounds(), {whole.data.name: ids[len(ends) :]}, replayed)


def decidable(gate, victims, attacks, ends, left, kinds):
    """Return, by trying every completion, whether one decides each figure of a gate."""
    each = list(product(kinds, repeat=len(victims) * len(attacks)))
    found = []
    for rest in combinations_with_replacement(each, left):
        last = looked(victims, attacks, [*ends, *rest], len(ends) + left)
        found.append([one.is_decided for one in last.judge([gate])])
    return [any(states) for states in zip(*found, strict=True)]


@pytest.mark.parametrize(
    ("gate", "victims", "attacks", "kinds", "done", "left"),
    [
        ("asr_all=0.43", ALONE, ("pwws",), (FALLS, HOLDS, WRONG), 4, 2),
        ("asr_correct=0.43", ALONE, ("pwws",), (FALLS, HOLDS, WRONG), 4, 2),
        ("asr_valid=0.43", ALONE, ("pwws",), (FALLS, HOLDS, SPOILT), 4, 2),
        ("robust_accuracy=0.6", ALONE, ("pwws",), (FALLS, HOLDS, WRONG), 4, 2),
        ("any.robust_accuracy=0.6", ALONE, ("pwws", "gan"), (FALLS, HOLDS), 5, 1),
        ("gan.asr_all=0.43", ALONE, ("pwws", "gan"), (FALLS, HOLDS), 5, 1),
        ("delta=-0.15", CHAIN, ("pwws",), (FALLS, HOLDS), 5, 1),
        ("sample_transfer=0.43", CHAIN, ("pwws",), (FALLS, HOLDS), 5, 1),
    ],
)
def test_hopeless_is_what_no_completion_decides(gate, victims, attacks, kinds, done, left):
    bound = parse_bound(gate, "under" if "robust" in gate else "over")
    each, seen = len(victims) * len(attacks), set()
    first, second, last = kinds[0], kinds[1], kinds[-1]
    for both in ((first, first), (second, second), (second, first), (first, last)):
        ends = [[*both[:each]]] * (done - 1) + [[*both[-each:]]]
        look = looked(victims, attacks, ends, done + left)
        can = decidable(bound, victims, attacks, ends, left, kinds)
        now = look.judge([bound])
        still = [c for c, one in zip(can, now, strict=True) if not one.is_decided]
        found = look.prospects([bound])
        assert (found.hopeful, len(found.hopeless)) == (still.count(True), still.count(False))
        seen |= set(still)
    assert seen == {True, False}


@pytest.mark.parametrize(("side", "difference"), [("over", False), ("under", True)])
def test_the_ends_of_a_figure_bound_all_that_samples_may_add(side, difference):
    """Samples may fall in part, or not count at all."""
    least = -1.0 if difference else 0.0
    kinds = np.array([np.nan, *np.linspace(least, 1.0, 4)])
    limits = np.linspace(least, 1, 6)[1:-1]
    for known in combinations_with_replacement(kinds, 2):
        start, left = np.array([*known, *known]), 3
        ends = (np.append(start, np.full(left, end)) for end in (least, 1.0))
        row = SampleRow("m", "a", "d", start, *ends, difference)
        rests = [np.append(start, rest) for rest in combinations_with_replacement(kinds, left)]
        every = [replace(row, known=rest).figure() for rest in rests]
        for limit in limits:
            bound = Bound("delta", limit, None, side)
            states = [Judgement(bound, "m", "a", "d", one).is_decided for one in every]
            at_ends = [
                Judgement(bound, "m", "a", "d", row.figure(end)).is_decided for end in Extreme
            ]
            now = Judgement(bound, "m", "a", "d", row.figure()).is_decided
            assert now or any(at_ends) == any(states)


def test_texts_that_are_replayed_later_leave_their_gate_open():
    """Of twelve samples all fall upstream, so all texts may break the downstream, or none."""
    look = looked(CHAIN, ("pwws",), [[FALLS, HOLDS]] * 12, 16)
    gate = parse_bound("text_transfer=0.4")
    (now,) = look.judge([gate])
    assert now.state == "unknown"
    assert look.prospects([gate]).hopeful == 1
    nothing = looked(CHAIN, ("pwws",), [[HOLDS, HOLDS]] * 12, 13)
    (why,) = nothing.prospects([gate]).hopeless
    assert (
        "text_transfer of down under pwws on reviews stays undecided, whatever the 1 sample" in why
    )


REPLAYED = {
    "text_transfer": (CHAIN, False, "replayed"),
    "asr_oblivious": ((("bare", "single"), ("guarded", "single")), True, "passed"),
}


@pytest.mark.parametrize("measure", REPLAYED)
@pytest.mark.parametrize("won", [1.0, 0.0])
def test_texts_count_as_soon_as_they_are_tried_on_another_model(measure, won, monkeypatch):
    """What counts is a settled number of samples, whether an attack found a text or not."""
    victims, defended, key = REPLAYED[measure]

    def arranged(*given):
        arrays = arrange(*given)
        (one,) = arrays.datasets
        tried = np.full_like(getattr(one, key), np.nan)
        tried[:, :, :12:2] = won
        return replace(arrays, datasets=(replace(one, **{key: tried}),))

    monkeypatch.setattr(look_module, "arrange", arranged)
    ends = [[FALLS, HOLDS], [HOLDS, HOLDS]] * 10
    look = looked(victims, ("pwws",), ends, 24, defended=defended, replayed=12)
    held = 0 if measure == "text_transfer" else 6
    (found,) = look.judge([parse_bound(f"{measure}=0.5")])
    assert (found.figure.value, found.figure.n) == (6 * won / (6 + held), 6 + held)
    left = 0 if measure == "text_transfer" else 4
    for limit in np.linspace(0.05, 0.95, 10):
        gate = parse_bound(f"{measure}={limit}")
        rest = ([0.0] * (held + left) + [end] * 8 for end in (0.0, 1.0))
        told = [anytime.of_rates(np.array([[won] * 6 + one]))[0] for one in rest]
        (now,) = look.judge([gate])
        may = any(state_of_figure(one, limit) in ("passed", "failed") for one in told)
        assert look.prospects([gate]).hopeful == (may and not now.is_decided)


def test_why_a_gate_stays_undecided_says_that_a_rate_is_of_evasion():
    ends = [[FALLS], [HOLDS]] * 3
    for source, said in (("positive", "asr_all (evasion) of"), (None, "asr_all of")):
        look = looked(ALONE, ("pwws",), ends, 8, source=source)
        (why,) = look.prospects([parse_bound("asr_all=0.43")]).hopeless
        assert why.startswith(said)


def a_run(fell, samples=60):
    campaign = a_campaign(victims=ALONE, samples=samples)
    outcomes = [an_outcome(i, victim="only", success=i in fell) for i in range(samples)]
    return ComparedRun(figures(campaign, outcomes), a_study(campaign, outcomes))


@pytest.mark.parametrize("paired", [True, False])
def test_another_run_is_a_gate_too(paired):
    old = a_run(range(10))
    baseline = Baseline(old if paired else ComparedRun(old.results), 0.3)
    ends = [[FALLS if i % 2 else HOLDS] for i in range(20)]
    for asked, hopeful, hopeless in ((60, 1, 0), (22, 0, 1)):
        look = looked(ALONE, ("pwws",), ends, asked)
        found = look.prospects([baseline])
        assert (found.hopeful, len(found.hopeless)) == (hopeful, hopeless)
    assert "asr_all above the baseline's of only under pwws" in found.hopeless[0]
    worse = looked(ALONE, ("pwws",), [[FALLS]] * 50, 60)
    assert [one.state for one in worse.judge([baseline])] == ["failed"]
    assert worse.prospects([baseline]) == Prospects(0, ())


@pytest.mark.parametrize("early", [True, False])
def test_a_look_at_a_baseline_of_figures_alone_is_the_judgement_at_the_end(early):
    """Its interval holds at every look: no end of either run's interval is left out."""
    old = ComparedRun(a_run(range(10)).results)
    if early:
        old = replace(old, results=old.results.model_copy(update={"intervals": "always-valid"}))
    baseline, new = Baseline(old, 0.3), a_run(range(25), 30)
    results = new.results.model_copy(update={"intervals": "always-valid"})
    ends = [[FALLS]] * 25 + [[HOLDS]] * 5
    look = looked(ALONE, ("pwws",), ends, 60)
    (now,), ((last,), _) = look.judge([baseline]), baseline.judge(new.study, results)
    assert now.figure == last.figure
    (rate, *_), (before, *_) = results.scenarios, old.results.scenarios
    apart = (rate.asr_all.low - before.asr_all.high, rate.asr_all.high - before.asr_all.low)
    assert now.figure.low < apart[0] < apart[1] < now.figure.high
    for rest in combinations_with_replacement(([FALLS], [HOLDS]), 3):
        (one,) = looked(ALONE, ("pwws",), [*ends, *rest], 33).judge([baseline])
        (low,), (high,) = (
            looked(ALONE, ("pwws",), [*ends, *[[end]] * 3], 33).judge([baseline])
            for end in (HOLDS, FALLS)
        )
        assert low.figure.low <= one.figure.low <= high.figure.low
        assert low.figure.high <= one.figure.high <= high.figure.high


@pytest.mark.parametrize("paired", [True, False])
def test_runs_that_share_nothing_are_told_at_the_first_look(paired):
    look, old = looked(ALONE, ("gan",), [[FALLS]] * 4, 6), a_run(range(3))
    baseline = Baseline(old if paired else ComparedRun(old.results), 0.1)
    with pytest.raises(WeaklinkError, match="nothing to compare with"):
        look.prospects([baseline])


def test_the_difference_from_a_run_holds_at_every_look_where_one_was_looked_at():
    old, new = a_run(range(10)), a_run(range(25))
    (fixed,) = compare_runs(old, new).changes
    always = replace(new, results=new.results.model_copy(update={"intervals": "always-valid"}))
    found = compare_runs(old, always)
    (change,) = found.changes
    assert change.difference.value == pytest.approx(fixed.difference.value)
    assert change.difference.low < fixed.difference.low
    assert "The second run was looked at" in found.notes[-1]


def test_defences_are_judged_while_they_are_attacked():
    """Gates on a defence, and none on the bare model that stands beside it."""
    victims = (("bare", "single"), ("guarded", "single"))
    look = looked(victims, ("pwws",), [[FALLS, HOLDS]] * 12, 16, defended=True)
    gates = [parse_bound(f"{name}=0.5") for name in ("asr_adaptive", "asr_oblivious", "asr_all")]
    found = [(one.bound.measure, one.model, one.state) for one in look.judge(gates)]
    assert found == [
        ("asr_adaptive", "guarded", "passed"),
        ("asr_oblivious", "guarded", "unknown"),
        ("asr_all", "guarded", "passed"),
    ]
    assert look.prospects(gates).hopeful == 1
