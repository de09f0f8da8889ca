"""The measure of how good paraphrases are."""

import pytest
import torch

from weaklink.progress import Silent
from weaklink.training.scpn.quality import admits, figures


class Planted:
    """Answers whatever was planted."""

    name = digest = "planted"

    def __init__(self, answers):
        self.answers = answers

    def paraphrase(self, requests):
        return [self.answers.get(request, "") for request in requests]


class PlantedJudges:
    def similarities(self, sentences, others):
        return torch.full((len(sentences),), 0.5).numpy()

    def perplexity(self, sentences):
        return float(len(sentences))


def test_figures_are_those_counted_by_hand():
    sentence = "The film fails badly."
    answers = {
        (sentence, "(S (NP) (VP) (.))"): "The film fails badly.",
        (sentence, "(S (VP) (.))"): "Watch it.",
        (sentence, "(NP (NP) (.))"): "The film fails.",
    }
    found = figures(Planted(answers), [sentence], PlantedJudges(), Silent())
    assert found["adherence"]["all"] == 0.2
    assert found["adherence"]["share_admitted"] == 0.5
    assert found["adherence"]["admitted"] == 0.4
    assert found["adherence"]["ceiling"] == 1.0
    assert found["none"] == 0.7
    assert found["copies"] == 0.333
    assert found["distinct"] == 3
    assert found["new_words"] == pytest.approx((0 + 2 / 3 + 0) / 3, abs=1e-3)
    assert found["similarity"] == 0.5
    assert found["perplexity_ratio"] == 3.0


@pytest.mark.parametrize(
    ("parts", "template", "admitted"),
    [
        ("NOUN VERB", "(SBARQ (WHADVP) (SQ) (.))", True),
        ("NOUN VERB", "(S (SBAR) (,) (NP) (VP) (.))", False),
        ("NOUN VERB PRON AUX", "(S (SBAR) (,) (NP) (VP) (.))", True),
        ("DET ADJ NOUN", "(NP (NP) (.))", True),
        ("NOUN ADP NOUN", "(NP (NP) (.))", False),
        ("NOUN VERB", "(NP (NP) (.))", False),
        ("NOUN VERB ADV", "(S (ADVP) (NP) (VP) (.))", True),
        ("NUM NOUN VERB", "(S (LST) (VP) (.))", False),
    ],
)
def test_what_a_sentence_admits(parts, template, admitted):
    assert admits(parts.split(), template) is admitted
