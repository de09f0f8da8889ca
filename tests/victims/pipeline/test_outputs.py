"""Models that do not choose one of several labels: what a pipeline makes of them."""

import numpy as np
import pytest
import torch
from transformers import pipeline

from tests.victims.pipeline.zoo import KINDS
from weaklink.errors import WeaklinkError
from weaklink.victims import load_victim

TEXTS = ("a good film", "bad", "the plot is not very good")
SEVERAL = {"id2label": {0: "toxic", 1: "rude", 2: "kind"}}
SEVERAL |= {"label2id": {"toxic": 0, "rude": 1, "kind": 2}}
ONE = {"id2label": {0: "LABEL_0"}, "label2id": {"LABEL_0": 0}}


def load(folder, read_as=None):
    return load_victim(str(folder), device="cpu", read_as=read_as)


def answers(victim):
    return victim.forward(victim.encode(TEXTS))


def piped(folder, label):
    classify = pipeline("text-classification", str(folder), dtype=torch.float32, device="cpu")
    said = [{one["label"]: one["score"] for one in classify(t, top_k=None)} for t in TEXTS]
    return np.array([row[label] for row in said])


@pytest.mark.parametrize("label", ["toxic", "kind"])
def test_one_of_several_labels_is_measured(label, tmp_path):
    KINDS["BERT"].save(tmp_path, **SEVERAL, problem_type="multi_label_classification")
    with pytest.raises(WeaklinkError, match="multi-label") as caught:
        load(tmp_path)
    assert "toxic, rude, kind" in caught.value.remedy
    victim = load(tmp_path, label)
    assert victim.labels == (f"not {label}", label)
    np.testing.assert_allclose(answers(victim)[:, 1], piped(tmp_path, label), atol=3e-4)


def test_labels_exclude_each_other_unless_told_otherwise(tmp_path):
    KINDS["BERT"].save(tmp_path, **SEVERAL)
    np.testing.assert_allclose(answers(load(tmp_path))[:, 1], piped(tmp_path, "rude"), atol=3e-4)
    assert load(tmp_path, "rude").labels == ("not rude", "rude")
    prints = {load(tmp_path, read).fingerprint for read in (None, "rude", "kind")}
    assert len(prints) == 3


def test_one_output_is_a_sigmoid(tmp_path):
    KINDS["RoBERTa"].save(tmp_path, **ONE)
    victim = load(tmp_path)
    assert victim.labels == ("LABEL_0", "LABEL_1")
    np.testing.assert_allclose(answers(victim)[:, 1], piped(tmp_path, "LABEL_0"), atol=3e-4)


def test_a_regression_is_cut_by_a_threshold(tmp_path):
    KINDS["BERT"].save(tmp_path, **ONE, problem_type="regression")
    with pytest.raises(WeaklinkError, match="a regression"):
        load(tmp_path)
    numbers = piped(tmp_path, "LABEL_0")
    cut = np.sort(numbers)[1] - 1e-2
    victim = load(tmp_path, f">={cut:.4f}")
    assert victim.labels == (f"below {cut:.4f}", f"{cut:.4f} or more")
    assert (answers(victim).argmax(axis=1) == (numbers >= cut)).all()


@pytest.mark.parametrize(
    ("settings", "read_as", "problem"),
    [
        (SEVERAL, "friendly", "no label 'friendly'"),
        (SEVERAL, ">=3", "gives 3 numbers"),
        (SEVERAL | {"problem_type": "regression"}, None, "gives 3 numbers"),
        (ONE, "toxic", "cannot be read as 'toxic'"),
    ],
)
def test_what_cannot_be_read_so_is_told(settings, read_as, problem, tmp_path):
    KINDS["BERT"].save(tmp_path, **settings)
    with pytest.raises(WeaklinkError, match=problem):
        load(tmp_path, read_as)
