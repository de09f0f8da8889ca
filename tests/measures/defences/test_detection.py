"""AUROC, true positives and F1, against scikit-learn and planted detectors."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from weaklink.measures.defences.detection import F1_AT, FALSE_POSITIVES, Scored, detection

SCORES = st.lists(st.integers(0, 6), min_size=2, max_size=12)


def measured(adversarial, unaltered):
    return detection(
        Scored.of(adversarial, range(len(adversarial))),
        Scored.of(unaltered, range(len(unaltered))),
        seed=0,
    )


@settings(max_examples=20)
@given(SCORES, SCORES)
def test_figures_are_those_of_scikit_learn(adversarial, unaltered):
    found = measured(adversarial, unaltered)
    gold = [1] * len(adversarial) + [0] * len(unaltered)
    scores = [*adversarial, *unaltered]
    assert np.isclose(found.auroc.value, roc_auc_score(gold, scores))
    false, true, _ = roc_curve(gold, scores, drop_intermediate=False)
    for most, rate in zip(FALSE_POSITIVES, (found.tpr_at_1, found.tpr_at_5), strict=True):
        assert np.isclose(rate.value, true[false <= most].max())
    best = max((t, -f) for t, f in zip(true, false, strict=True) if f <= F1_AT)
    assert np.isclose(found.f1.value, 2 * best[0] / (1 + best[0] - best[1]), atol=0.06)
    for one in (found.auroc, found.tpr_at_1, found.f1):
        assert 0 <= one.low <= one.value <= one.high <= 1


def test_a_planted_perfect_detector_has_an_auroc_of_one():
    found = measured([1.0] * 50, [0.0] * 50)
    assert found.auroc.value == found.tpr_at_1.value == found.f1.value == 1
    assert 0.9 < found.auroc.low < 1


def test_a_planted_blind_detector_has_an_auroc_of_a_half():
    constant = measured([0.0] * 50, [0.0] * 50)
    assert (constant.auroc.value, constant.tpr_at_1.value, constant.f1.value) == (0.5, 0.0, 0.0)
    random = np.random.default_rng(0).normal(size=(2, 400))
    guessing = measured(random[0], random[1])
    assert guessing.auroc.low < 0.5 < guessing.auroc.high
    assert guessing.auroc.high - guessing.auroc.low < 0.15


def test_the_interval_holds_the_truth_as_often_as_it_says():
    generator = np.random.default_rng(1)
    held = 0
    for seed in range(40):
        drawn = generator.normal(size=(2, 40)) + np.array([[1.0], [0.0]])
        found = detection(
            Scored.of(drawn[0], range(40)), Scored.of(drawn[1], range(40, 80)), seed=seed
        )
        held += found.auroc.low <= 0.7602 <= found.auroc.high
    assert held >= 35


def test_texts_of_one_sample_are_drawn_together():
    one = detection(Scored.of([1, 1], [0, 0]), Scored.of([0, 2], [0, 0]), seed=0)
    assert one.auroc.n == 1


def test_nothing_is_measured_without_texts_of_either_kind():
    assert measured([1.0], []) is None
    assert measured([], [1.0]) is None
