"""From lineages to lineages in general, and the first of many."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from weaklink.measures.statistics.drawn import Drawn
from weaklink.measures.statistics.general import generals, in_general, means_of


def test_the_mean_over_lineages_is_tested_by_students_t():
    means = np.array([0.3, 0.1, 0.2, 0.05, 0.25, -0.02])
    found, expected = in_general(means), ttest_1samp(means, 0)
    low, high = expected.confidence_interval()
    assert (found.mean.low, found.mean.high) == pytest.approx((low, high))
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.mean.n, found.verdict) == (6, "less robust")


def test_fewer_than_five_lineages_say_nothing_in_general():
    assert in_general(np.array([0.3, 0.3001, 0.2999, 0.3])).verdict == "undecided"
    assert in_general(np.array([0.3, 0.3001, 0.2999, 0.3, 0.3])).verdict == "less robust"
    assert in_general(np.array([0.3])) is None


def test_chains_that_share_an_upstream_count_once():
    values, lineages = np.array([0.2, 0.4, np.nan, 0.1]), np.array([7, 7, 7, 2])
    assert means_of(np.arange(4), values, lineages).tolist() == pytest.approx([0.1, 0.3])
    (found,) = generals([[0, 1, 2, 3]], values, lineages)
    assert found.mean.n == 2


def test_the_next_lineage_lies_in_the_prediction_interval_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(0.1, 0.05, size=(2000, 7))
    held = []
    for *seen, following in draws:
        found = in_general(np.array(seen))
        held.append(found.next_low <= following <= found.next_high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_the_first_of_many_equal_ones_is_seldom_called_the_first():
    draw = np.random.default_rng(1)
    told = 0
    for _ in range(200):
        fell = (draw.random((40, 6)) < 0.5).astype(float)
        weights = draw.multinomial(40, np.full(40, 1 / 40), size=199)
        rates = np.vstack([fell.mean(axis=0), weights @ fell / 40])
        told += not Drawn(rates, np.full(6, 40)).first_of(range(6))[1]
    assert told <= 200 * 0.05 + 3


def test_a_clear_first_is_told_from_all_others():
    fell = np.repeat([[1.0, 0.2, 0.0]], 30, axis=0)
    fell[:6, 1], fell[6:, 1], fell[0, 2] = 1, 0, 1
    weights = np.random.default_rng(2).multinomial(30, np.full(30, 1 / 30), size=199)
    rates = np.vstack([fell.mean(axis=0), weights @ fell / 30])
    assert Drawn(rates, np.full(3, 30)).first_of(range(3)) == (0, [])
