"""Finding 4: two architectures over few chains."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from weaklink.measures.links.architectures import contrasts, family_of
from weaklink.measures.statistics.contrast import permuted

VALUES = st.lists(st.floats(-1, 1), min_size=2, max_size=5).map(np.array)


def test_eight_against_two_reach_one_in_45_at_best():
    """The paper's design: all eight BERT chains above both of Electra."""
    found = permuted(np.linspace(0.1, 0.35, 8), np.array([-0.05, -0.03]), seed=0)
    assert found.p_least == found.p_greater == found.p_value == 1 / comb(10, 2) == 1 / 45


def test_six_lineages_against_two_reach_one_in_28():
    found = permuted(np.linspace(0.1, 0.3, 6), np.array([-0.05, -0.03]), seed=0)
    assert found.p_greater == 1 / 28


@given(VALUES, VALUES)
def test_the_p_value_is_that_of_every_assignment(first, second):
    found = permuted(first, second, seed=0)
    values = np.concatenate([first, second])
    drawn = []
    for chosen in combinations(range(len(values)), len(first)):
        rest = [i for i in range(len(values)) if i not in chosen]
        drawn.append(values[[*chosen]].mean() - values[rest].mean())
    assert found.difference == pytest.approx(first.mean() - second.mean())
    assert found.p_value == np.mean(np.abs(drawn) >= abs(found.difference) - 1e-12)
    assert found.p_greater == np.mean(np.array(drawn) >= found.difference - 1e-12)


def test_many_units_are_drawn_as_scipy_draws_them():
    first, second = np.random.default_rng(0).normal([[0.7], [0.0]], size=(2, 12))
    found = permuted(first, second, seed=0)
    told = permutation_test(
        (first, second), lambda a, b: a.mean() - b.mean(), n_resamples=9999, rng=0
    )
    assert found.p_value == pytest.approx(told.pvalue, abs=0.015)


@pytest.mark.parametrize("sizes", [(8, 2), (6, 6)])
def test_the_stated_difference_shows_in_80_percent(sizes):
    rng = np.random.default_rng(3)
    studies = [(rng.normal(size=sizes[0]), rng.normal(size=sizes[1])) for _ in range(400)]
    for first, second in studies[:1]:
        stated = permuted(first, second, seed=0).detectable
        freedom = sum(sizes) - 2
        spread = ((first.var() * sizes[0] + second.var() * sizes[1]) / freedom) ** 0.5
    shown = [permuted(a + stated / spread, b, seed=0).p_value < 0.05 for a, b in studies]
    assert np.mean(shown) == pytest.approx(0.8, abs=0.06)


def test_where_no_p_value_can_be_small_nothing_shows():
    found = permuted(np.array([0.5, 0.6, 0.4]), np.array([-0.5, -0.4]), seed=0)
    assert found.p_least == 0.1
    assert found.detectable is None


def test_the_paper_counts_berts_kin_as_bert():
    kinds = ("Bert", "DistilBert", "Roberta", "XLMRoberta", "Electra", "XLNet")
    named = [family_of(f"{kind}ForSequenceClassification") for kind in kinds]
    assert named == ["BERT"] * 4 + ["ELECTRA", "XLNet"]


def test_chains_that_share_an_upstream_are_one_lineage():
    chains = {"C1": [0], "C2": [1], "C3": [2], "C4": [3]}
    kinds = ["RobertaX", "BertX", "BertX", "ElectraX"]
    deltas = np.array([0.1, 0.2, 0.4, -0.1])
    found = {(c.grouping, c.unit): c for c in contrasts(chains, kinds, deltas, [0, 1, 1, 2], seed=0)
             if {c.first, c.second} == {"BERT", "ELECTRA"}}  # fmt: skip
    assert [one.n_first for one in found.values()] == [3, 2]
    assert found["family", "chains"].difference == pytest.approx(0.7 / 3 + 0.1)
    assert found["family", "lineages"].difference == pytest.approx(0.2 + 0.1)
