"""The packaged reference: a bag of words against scikit-learn's own answers and true slopes."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tests.victims.conformance import TEXTS, check_victim
from weaklink.text import Words
from weaklink.training.tfidf import train_tfidf
from weaklink.victims import Differentiable, Gradient
from weaklink.victims.tfidf import words_of

ROWS = [
    ("a good film, good fun", 1), ("good plot", 1), ("a very good film", 1), ("no fun", 0),
    ("a bad film", 0), ("bad, bad plot", 0), ("the plot is not good", 0), ("a fine film", 2),
    ("fine fun", 2), ("a fine plot", 2),
]  # fmt: skip


def trained(labels):
    rows = [(text, label) for text, label in ROWS if label < labels]
    names = ("neg", "pos", "fine")[:labels]
    return train_tfidf("ref", *zip(*rows, strict=True), names), rows


@pytest.mark.parametrize("labels", [2, 3])
def test_it_answers_as_scikit_learn_does(labels):
    victim, rows = trained(labels)
    texts, gold = zip(*rows, strict=True)
    vectorizer = TfidfVectorizer(analyzer=words_of, min_df=2)
    model = LogisticRegression(max_iter=1000).fit(vectorizer.fit_transform(texts), gold)
    expected = model.predict_proba(vectorizer.transform(TEXTS))
    np.testing.assert_allclose(victim.forward(victim.encode(TEXTS)), expected, atol=1e-5)


def test_it_holds_to_the_rules_of_victims():
    victim, _ = trained(2)
    check_victim(victim)
    assert isinstance(victim, Differentiable)
    assert victim.encode([victim.unknown]) == [()]


def test_it_has_the_same_fingerprint_for_the_same_texts_alone():
    one, other = (trained(labels)[0].fingerprint for labels in (2, 3))
    assert one == trained(2)[0].fingerprint != other


def test_its_slopes_are_those_of_the_loss():
    """The loss is a function of the counts of words; its slopes are difference quotients."""
    victim, _ = trained(3)
    words, step = Words.split("a good film, the plot is bad"), 1e-6
    edits = (("fine",), ("bad", "gxod", ""), (), (), ("film",), (), ())
    (view,) = victim.gradients([Gradient(words, 0, edits)])

    def loss(counts):
        vector = counts * victim.idf
        logits = vector / np.linalg.norm(vector) @ victim.weights + victim.bias
        return np.log(np.exp(logits).sum()) - logits[0]

    counts = np.bincount(victim.encode([str(words)])[0], minlength=len(victim.idf)).astype(float)

    def slope(word):
        moved = np.zeros(len(counts))
        for known in words_of(word):
            if known in victim.vocabulary:
                moved[victim.vocabulary[known]] += step
        return (loss(counts + moved) - loss(counts - moved)) / (2 * step)

    expected = [
        slope(edit) - slope(word)
        for word, of_word in zip(words.words, edits, strict=True)
        for edit in of_word
    ]
    np.testing.assert_allclose(view.edits, expected, atol=1e-7)
    np.testing.assert_allclose(view.words, [abs(slope(word)) for word in words.words], atol=1e-7)
