"""The models that all victims share."""

import numpy as np
import pytest

from weaklink.attacks import Similarity, Tag
from weaklink.engine import Models
from weaklink.engine.attempt import VerifySimilarity
from weaklink.engine.models import remember_scores
from weaklink.testing import ToyEncoder, ToyTagger, ToyVictim
from weaklink.text import Words

PAIR = ("good film", "fine film")


class Coarse(ToyEncoder):
    """Finds any two texts alike."""

    def forward(self, batch):
        return np.tile([0.6, 0.8], (len(batch), 1))


def similarities(models):
    """Return the similarity of a pair as a search asks for it, and as an outcome has it."""
    models.tagger = ToyTagger()
    victim = ToyVictim()
    services = models.services(remember_scores(victim), victim)
    ((searched,),) = services[Similarity]([Similarity(PAIR[0], PAIR[1:])])
    (verified,) = services[VerifySimilarity]([VerifySimilarity(*PAIR)])
    return searched, verified


def test_a_search_and_its_outcome_have_one_encoder_by_default():
    exact = ToyEncoder().forward(PAIR)
    assert similarities(Models(ToyEncoder())) == pytest.approx([exact[0] @ exact[1]] * 2, abs=5e-5)


def test_an_outcomes_similarity_is_not_that_of_a_coarser_search():
    exact = ToyEncoder().forward(PAIR)
    models = Models(ToyEncoder(), searching=Coarse())
    assert similarities(models) == pytest.approx([1.0, exact[0] @ exact[1]], abs=5e-5)
    assert [type(encoder) for encoder in models.encoders] == [ToyEncoder, Coarse]


class Counting(ToyTagger):
    """Counts the texts that it reads."""

    read = 0

    def tags(self, texts):
        self.read += len(texts)
        return super().tags(texts)


def test_what_the_tagger_said_is_remembered_from_victim_to_victim():
    models = Models(ToyEncoder())
    models.tagger = Counting()
    for _ in range(2):
        victim = ToyVictim()
        service = models.services(remember_scores(victim), victim)[Tag]
        service([Tag((Words.split("a film"), Words.split("the film")))])
    assert models.tagger.read == 2
