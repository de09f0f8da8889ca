"""What people say of texts: agreement, and rates by few labels and many verdicts of a judge."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from weaklink.measures.humans.inference import powered_rate, unread_strata
from weaklink.measures.humans.population import ITEM, STRATA, draw, strata_of
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


def attempts(success, judged, read, attack="pwws", dataset="sst2", victim="up"):
    n = len(success)
    return pl.DataFrame(
        {"attack": [attack] * n, "dataset": [dataset] * n, "victim": [victim] * n,
         "success": success, "judged": judged, "read": read,
         "cluster": [f"{dataset}{i}" for i in range(n)]},
        schema_overrides={"read": pl.Float64},
    )  # fmt: skip


def test_without_help_of_the_judge_the_rate_is_that_of_the_texts_read():
    made = attempts([True] * 8 + [False] * 2, [True] * 8 + [False] * 2, [1, 0, 1, 1] + [None] * 6)
    assert powered_rate(made, STRATA).value == pytest.approx(0.8 * 0.75)


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
    found = powered_rate(attempts([True] * 60, judged, read), STRATA)
    assert found.value == pytest.approx(expected)


def test_a_stratum_whose_texts_nobody_read_leaves_the_rate_unknown():
    one = attempts([True, True], [True, True], [1, 1])
    other = attempts([True, False], [True, False], [None, None], attack="gan")
    assert powered_rate(pl.concat([one, other]), STRATA) is None
    assert unread_strata(pl.concat([one, other]), STRATA) == [("gan", "sst2", "up")]
    failed = attempts([False, False], [False, False], [None, None], attack="gan")
    assert powered_rate(pl.concat([one, failed]), STRATA).value == pytest.approx(0.5)


def a_study(rng, samples):
    """Three attacks, two data sets and two models, whose texts are valid as often as they differ.

    The judge is right on 80 % of the texts. Beside ``judged`` there is ``truth``.
    """
    parts = []
    for d, dataset in enumerate(("sst2", "imdb")):
        hard = rng.normal(size=samples)
        for (a, attack), (v, victim) in product(enumerate("abc"), enumerate(("up", "down"))):
            success = hard + rng.normal(size=samples) < 0.8 * a - d
            truth = success & (rng.random(samples) < 0.8 - 0.25 * a - 0.2 * v)
            judged = np.where(rng.random(samples) < 0.8, truth, success & ~truth)
            part = attempts(success, judged, [None] * samples, attack, dataset, victim)
            parts.append(part.with_columns(truth=truth))
    return pl.concat(parts)


def read_of(study, texts, seed, allocation):
    shown = draw(study.drop("read").with_row_index(), texts, seed, allocation)
    read = pl.when(pl.col("index").is_in(shown["index"].implode())).then(pl.col("truth"))
    return study.with_row_index().with_columns(read=read.cast(pl.Float64))


@pytest.mark.parametrize("allocation", ["proportional", "equal"])
def test_its_interval_holds_the_truth_in_a_study_of_many_strata(allocation):
    rng = np.random.default_rng(1)
    whole = a_study(rng, 20_000)["truth"].mean()
    found = []
    for seed in range(120):
        study = read_of(a_study(rng, 60), 60, seed, allocation)
        assert strata_of(study, 60) == STRATA
        found.append(powered_rate(study, STRATA))
    assert np.mean([one.low <= whole <= one.high for one in found]) >= 0.89
    assert np.mean([one.value for one in found]) == pytest.approx(whole, abs=0.01)


def test_strata_that_are_not_said_bias_the_rate_where_each_has_as_many_texts():
    rng = np.random.default_rng(3)
    studies = [a_study(rng, 100) for _ in range(40)]
    read = [read_of(study, 60, seed, "equal") for seed, study in enumerate(studies)]
    truth = np.mean([study["truth"].mean() for study in studies])
    by_strata = np.mean([powered_rate(study, STRATA).value for study in read])
    without = read[0].with_columns(none=pl.lit(""))
    assert powered_rate(without, ["none"]).value != powered_rate(read[0], STRATA).value
    at_once = np.mean([powered_rate(s.with_columns(none=pl.lit("")), ["none"]).value for s in read])
    assert by_strata == pytest.approx(truth, abs=0.01)
    assert abs(at_once - truth) > 0.02


@pytest.mark.parametrize(
    ("texts", "strata"),
    [(24, STRATA), (23, STRATA[:2]), (12, STRATA[:2]), (11, STRATA[:1]), (1, STRATA[:1])],
)
def test_strata_are_as_fine_as_two_texts_each_allow(texts, strata):
    study = a_study(np.random.default_rng(5), 100)
    assert strata_of(study, texts) == strata
    assert draw(study, texts, 0).group_by(strata).len()["len"].min() >= 2


def test_each_stratum_has_its_share_of_the_texts_or_as_many_as_every_other():
    study = a_study(np.random.default_rng(6), 300)
    successes = study.filter("success").group_by(STRATA).len("successes")
    shares = successes.with_columns(share=pl.col("successes") / pl.col("successes").sum())
    drawn = draw(study, 120, 0).group_by(STRATA).len().join(shares, on=STRATA)
    assert (drawn["len"] - 120 * drawn["share"]).abs().max() <= 1.5
    equal = draw(study, 120, 0, "equal").group_by(STRATA).len()["len"]
    assert [*equal] == [10] * 12


def test_texts_that_all_failed_with_readers_leave_room_for_those_not_read():
    """Ten texts read bound the share of valid ones, however many samples were attacked."""
    rate = powered_rate(attempts([True] * 500, [True] * 500, [0] * 10 + [None] * 490), STRATA)
    assert rate.value == 0
    assert 0.2 < rate.high < 0.35


def test_a_good_judge_narrows_the_interval():
    rng = np.random.default_rng(2)
    judged = rng.random(400) < 0.5
    read = [*judged[:40].astype(float), *[None] * 360]
    helped = powered_rate(attempts([True] * 400, judged, read), STRATA)
    alone = powered_rate(attempts([True] * 400, [True] * 400, read), STRATA)
    assert helped.high - helped.low < 0.8 * (alone.high - alone.low)
