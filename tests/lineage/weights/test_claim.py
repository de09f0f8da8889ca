"""What weights say of a stated link."""

from weaklink.lineage.weights.claim import check_claim

from .synthetic_weights import start, tuned, weights

BASE = weights(start(1), "base")
TUNED = weights(tuned(start(1), 1), "tuned")
OTHER = weights(tuned(start(2), 2), "other")


def test_a_common_start_confirms():
    found = check_claim(TUNED, BASE, "finetune")
    assert found.said == "confirmed"
    assert found.why.startswith("fine-tuned from, probability 99.")
    assert "matrices have a common start" in found.why


def test_another_start_refutes_all_but_a_distillation():
    assert check_claim(OTHER, BASE, "finetune").said == "refuted"
    assert check_claim(OTHER, BASE, "distill").said == "cannot tell"


def test_an_upstream_that_is_the_younger_one_is_told_and_confirms_nothing():
    found = check_claim(BASE, TUNED, "finetune")
    assert found.said == "cannot tell"
    assert "tuned looks younger" in found.why
