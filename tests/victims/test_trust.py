"""What is said about a victim that is not to be trusted on some data."""

import numpy as np
import pytest

from weaklink.data import Dataset, Sample
from weaklink.errors import WeaklinkError
from weaklink.testing import ToyVictim
from weaklink.victims.trust import check_trust

TEXT = "the film is one of the best that we have seen in a long time"


class Speaker(ToyVictim):
    """A toy victim that declares a language and knows so many of its tokens."""

    def __init__(self, *languages, unknown=0.0, labels=("negative", "positive"), reads=1000):
        super().__init__()
        self.languages, self.unknown_tokens = languages, unknown
        self.labels, self.reads = labels, reads

    def unknown_share(self, _):
        return self.unknown_tokens

    def visible(self, text):
        return min(len(text), self.reads)


def data(size=40, text=TEXT, labels=("negative", "positive"), language="en"):
    samples = tuple(Sample(f"train:{i}", text, i % len(labels)) for i in range(size))
    return Dataset("toy", "nowhere", "train", labels, "digest", samples, language=language)


def answers(correct, size=40, certainty=0.9):
    """Return probabilities with which the first so many samples of ``data`` are right."""
    gold = np.arange(size) % 2
    predicted = np.where(np.arange(size) < correct, gold, 1 - gold)
    return np.where(np.eye(2)[predicted] == 1, certainty, 1 - certainty)


def checks(victim=None, dataset=None, probabilities=None):
    found = check_trust(
        victim or Speaker(),
        dataset or data(),
        answers(36) if probabilities is None else probabilities,
    )
    return {warning.check: warning.message for warning in found}


def test_a_victim_that_knows_the_data_raises_no_warning():
    assert checks() == {}


@pytest.mark.parametrize(
    ("correct", "expected"),
    [
        (40, None),
        (27, None),
        (22, "accuracy-near-chance"),
        (14, "accuracy-below-chance"),
        (4, "accuracy-below-chance"),
    ],
)
def test_accuracy_is_tested_against_chance(correct, expected):
    assert list(checks(probabilities=answers(correct))) == ([expected] if expected else [])


def test_chance_is_what_the_most_frequent_label_gives():
    samples = tuple(Sample(f"train:{i}", TEXT, int(i < 36)) for i in range(40))
    dataset = Dataset("toy", "nowhere", "train", ("negative", "positive"), "digest", samples)
    always_positive = np.tile([0.1, 0.9], (40, 1))
    message = checks(dataset=dataset, probabilities=always_positive)["accuracy-near-chance"]
    assert "36 of 40" in message
    assert "90%" in message


def test_samples_of_one_label_are_told_and_are_no_chance_accuracy():
    samples = tuple(Sample(f"train:{i}", TEXT, 1) for i in range(40))
    dataset = Dataset("toy", "nowhere", "train", ("negative", "positive"), "digest", samples)
    found = checks(dataset=dataset, probabilities=np.tile([0.1, 0.9], (40, 1)))
    assert list(found) == ["one-label"]
    assert "All 40 samples have the label positive" in found["one-label"]
    wrong = checks(dataset=dataset, probabilities=np.tile([0.9, 0.1], (40, 1)))
    assert list(wrong) == ["one-label", "accuracy-below-chance"]


def test_label_spaces_are_compared():
    stars = Speaker(labels=("1 star", "2 stars", "3 stars"))
    assert "unknown" in checks(stars, probabilities=np.tile(1 / 3, (40, 3)))["label-space"]
    three = Speaker(labels=("negative", "neutral", "positive"))
    probabilities = np.insert(answers(36), 1, 0, axis=1)
    assert "has 3 labels" in checks(three, probabilities=probabilities)["label-space"]
    targeted = check_trust(three, data(), probabilities, targeted=True)
    assert "label-space" not in {warning.check for warning in targeted}


def test_labels_that_look_reversed_are_told():
    numbered = data(labels=("0", "1"))
    assert "labels-look-reversed" in checks(Speaker(labels=("positive", "negative")), numbered)


@pytest.mark.parametrize(
    ("languages", "language", "expected"),
    [
        ((), "de", False),
        (("en",), "en", False),
        (("EN", "fr"), "de", False),
        (("multilingual",), "en", False),
        (("de",), "de", False),
        (("de",), "en", True),
        (("en",), "de", True),
    ],
)
def test_declared_languages_are_compared_with_the_texts(languages, language, expected):
    found = checks(Speaker(*languages), data(language=language))
    assert ("language-mismatch" in found) is expected


def test_unknown_tokens_are_told():
    assert "20%" in checks(Speaker(unknown=0.2))["unknown-tokens"]
    with pytest.raises(WeaklinkError, match="does not know 60% of the tokens"):
        checks(Speaker(unknown=0.6))


def test_cut_texts_are_told():
    assert "40 of 40" in checks(Speaker(reads=10))["texts-cut"]


def test_saturated_probabilities_are_told():
    assert "40 of 40" in checks(probabilities=answers(40, certainty=1 - 1e-9))["saturated"]


def test_a_victim_that_tells_nothing_of_its_language_is_not_asked():
    assert checks(ToyVictim(), data(language="de")) == {}


class Fragile(Speaker):
    """A victim that one special token sways, wherever it stands."""

    special_tokens = ("<s>", "</s>")

    def forward(self, batch):
        return np.array([[0.9, 0.1] if "</s>" in text else [0.1, 0.9] for text in batch])


def test_a_special_token_that_alone_flips_labels_is_told():
    found = checks(Fragile(), probabilities=np.tile([0.1, 0.9], (40, 1)))
    assert "</s> alone" in found["special-token-flips"]
    assert "16 of 16" in found["special-token-flips"]
    found = checks(Fragile(), probabilities=np.tile([0.9, 0.1], (40, 1)))
    assert "<s> alone" in found["special-token-flips"]


def test_texts_with_special_tokens_are_told():
    found = checks(Fragile(), data(text=f"{TEXT}</s>"), np.tile([0.9, 0.1], (40, 1)))
    assert (
        "40 of 40 texts hold a special token of the model, such as </s>" in found["special-tokens"]
    )
    assert "special-token-flips" not in found
