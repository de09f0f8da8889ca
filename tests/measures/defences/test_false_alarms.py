"""The threshold that flags so few benign texts, and what it says of new ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.measures.defences.false_alarms import false_alarms
from weaklink.victims.operating_point import Benign, OperatingPoint, lowest_threshold

SCORES = st.lists(
    st.one_of(st.sampled_from([0.0, 1e-12, 0.2, 0.9999]), st.floats(0, 1 - 1e-12)),
    min_size=1,
    max_size=40,
)


def point(flagged, texts, allowed):
    benign = Benign(source="benign.csv", texts=texts, flagged=flagged, allowed=allowed)
    return OperatingPoint(label="INJECTION", threshold=0.5, benign=benign)


@given(SCORES, st.floats(0, 0.99))
def test_it_keeps_to_the_share_and_no_lower_threshold_does(scores, share):
    scores = np.array(scores)
    threshold = lowest_threshold(scores, share)
    allowed = int(len(scores) * share + 1e-9)
    assert 0 < threshold < 1
    flagged = int((scores >= threshold).sum())
    assert flagged <= allowed
    lower = scores[scores < threshold]
    if len(lower) and lower.max() >= 1e-9:
        assert (scores >= lower.max()).sum() > allowed


@given(SCORES)
def test_it_is_written_in_few_digits_where_scores_are_apart(scores):
    threshold = lowest_threshold(np.array([*scores, 0.25]), 0.0)
    highest = max(*scores, 0.25)
    assert highest < threshold
    assert threshold - highest <= max(0.011 * min(highest, 1 - highest), 1e-15)


def test_where_too_many_texts_are_certain_there_is_none():
    assert lowest_threshold(np.array([1.0, 1.0, 0.2]), 0.34) is None
    assert lowest_threshold(np.array([1.0, 1.0, 0.2]), 0.67) == 0.201


def test_the_interval_is_clopper_and_pearsons():
    from statsmodels.stats.proportion import proportion_confint

    for flagged, texts in ((0, 50), (1, 100), (10, 1000), (7, 9)):
        found = false_alarms(point(flagged, texts, flagged / texts))
        low, high = proportion_confint(flagged, texts, method="beta")
        assert (found.low, found.high) == pytest.approx((low, high))
        assert (found.value, found.n) == (flagged / texts, texts)
    with_ties = false_alarms(point(3, 100, 0.05))
    assert with_ties.low == pytest.approx(proportion_confint(3, 100, method="beta")[0])
    assert with_ties.high == pytest.approx(proportion_confint(5, 100, method="beta")[1])


@pytest.mark.parametrize("grid", [None, 20])
def test_the_interval_covers_the_rate_of_new_texts_although_the_threshold_was_chosen(grid):
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(2000):
        scores = rng.random(200)
        scores = scores if grid is None else np.floor(scores * grid) / grid
        threshold = lowest_threshold(scores, 0.05)
        found = false_alarms(point(int((scores >= threshold).sum()), 200, 0.05))
        true = 1 - threshold if grid is None else 1 - np.ceil(threshold * grid) / grid
        covered.append(found.low <= true <= found.high)
    assert np.mean(covered) >= 0.945


def test_a_threshold_that_was_given_has_no_false_alarm_rate():
    assert false_alarms(OperatingPoint(label="INJECTION", threshold=0.5)) is None
