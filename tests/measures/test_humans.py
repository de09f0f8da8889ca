"""What people say of texts: agreement, and rates by few labels and many verdicts of a judge."""

import numpy as np
import polars as pl
import pytest

from weaklink.measures.humans.inference import powered_rate
from weaklink.measures.humans.population import ITEM
from weaklink.measures.humans.readers import alpha

NAN = float("nan")
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3),
    (NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN),
)
"""Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C."""


def test_agreement_is_that_of_krippendorffs_example():
    key = pl.DataFrame({ITEM: [f"T{i}" for i in range(12)]})
    sheets = [key.with_columns(pl.Series("said", row, dtype=pl.Float64)) for row in OBSERVERS]
    assert alpha(key, sheets, "said") == pytest.approx(0.743, abs=0.001)


def test_agreement_needs_two_answers_that_differ():
    key = pl.DataFrame({ITEM: ["a", "b"]})
    same = key.with_columns(said=pl.lit(1.0))
    assert alpha(key, [same], "said") is None
    assert alpha(key, [same, same], "said") is None


def attempts(success, judged, read, attack="pwws"):
    return pl.DataFrame(
        {"attack": [attack] * len(success), "success": success, "judged": judged, "read": read,
         "cluster": [f"s{i}" for i in range(len(success))]},
        schema_overrides={"read": pl.Float64},
    )  # fmt: skip


def test_without_help_of_the_judge_the_rate_is_that_of_the_texts_read():
    made = attempts([True] * 8 + [False] * 2, [True] * 8 + [False] * 2, [1, 0, 1, 1] + [None] * 6)
    assert powered_rate(made).value == pytest.approx(0.8 * 0.75)


def test_the_rate_is_the_judges_corrected_by_the_readers():
    """The published estimator, with its weight, worked out from its formula."""
    rng = np.random.default_rng(0)
    judged = rng.random(60) < 0.6
    truth = np.where(rng.random(60) < 0.8, judged, ~judged).astype(float)
    read = [*truth[:20], *[None] * 40]
    y, f = truth[:20], judged[:20].astype(float)
    weight = np.cov(y, f)[0, 1] / ((1 + 20 / 60) * f.var(ddof=1))
    expected = weight * judged.mean() + (y - weight * f).mean()
    assert 0 < weight < 1
    assert powered_rate(attempts([True] * 60, judged, read)).value == pytest.approx(expected)


def test_an_attack_whose_texts_nobody_read_leaves_the_rate_unknown():
    one = attempts([True, True], [True, True], [1, 1])
    other = attempts([True, False], [True, False], [None, None], attack="gan")
    assert powered_rate(pl.concat([one, other])) is None
    failed = attempts([False, False], [False, False], [None, None], attack="gan")
    assert powered_rate(pl.concat([one, failed])).value == pytest.approx(0.5)


def a_campaign(rng, samples, labels, share):
    """Six attacks on the same samples; readers agree with the judge on 80 % of the texts."""
    hard = rng.normal(size=samples)
    rows = []
    for a in range(6):
        success = hard + rng.normal(size=samples) < 0.3 * a
        judged = success & (rng.random(samples) < share)
        truth = np.where(rng.random(samples) < 0.8, judged, success & ~judged)
        places = np.flatnonzero(success)
        read = np.full(samples, NAN)
        shown = rng.permutation(places)[: max(2, labels // 6)]
        read[shown] = truth[shown]
        part = attempts(success, judged, [None if np.isnan(x) else x for x in read], f"a{a}")
        rows.append(part)
    return pl.concat(rows)


@pytest.mark.parametrize(("samples", "labels"), [(100, 100)])
@pytest.mark.parametrize("share", [0.3])
def test_its_interval_holds_the_truth(samples, labels, share):
    rng = np.random.default_rng(1)
    whole = a_campaign(rng, 50_000, 1, share)
    valid = 0.8 * share + 0.2 * (1 - share)
    truth = whole["success"].mean() * valid
    found = [powered_rate(a_campaign(rng, samples, labels, share)) for _ in range(120)]
    assert np.mean([one.low <= truth <= one.high for one in found]) >= 0.89
    assert np.mean([one.value for one in found]) == pytest.approx(truth, abs=0.01)


def test_a_good_judge_narrows_the_interval():
    rng = np.random.default_rng(2)
    judged = rng.random(400) < 0.5
    read = [*judged[:40].astype(float), *[None] * 360]
    helped = powered_rate(attempts([True] * 400, judged, read))
    alone = powered_rate(attempts([True] * 400, [True] * 400, read))
    assert helped.high - helped.low < 0.8 * (alone.high - alone.low)
