from itertools import product

import numpy as np
import pytest

from weaklink.attacks import Decode, Invert, Note, Score
from weaklink.attacks.gan import gan
from weaklink.generators import Inverted
from weaklink.testing import ToyLatentSpace, ToyVictim, drive, toy_answers, toy_context
from weaklink.text import Words

WORDS = ("dull", "slow", "fine", "good")
VICTIM = ToyVictim({"dull": -2.0, "slow": -1.0, "fine": 1.0, "good": 2.0, "awful": -3.0})


def attack(text, victim=VICTIM, *, seed=0, answers=None, **parameters):
    context = toy_context(text, victim, gan.parameters(**parameters), seed=seed)
    space = ToyLatentSpace(WORDS)
    replies = toy_answers(victim) | {
        Invert: lambda ask: space.invert([ask.text])[0],
        Decode: lambda ask: tuple(space.decode([(code, ask.like) for code in ask.codes])),
    }
    return drive(gan.run(Words.split(text), context), replies | (answers or {}))


def notes(asked):
    return {ask.name: ask.value for ask in asked if isinstance(ask, Note)}


def nearest_flip(text):
    """By brute force: of the squares whose pair of words flips, the nearest one's distance."""
    start = np.array([WORDS.index(word) for word in text.split()])
    label = VICTIM.forward([text]).argmax()
    flips = [
        (i, j)
        for i, j in product(range(len(WORDS)), repeat=2)
        if VICTIM.forward([f"{WORDS[i]} {WORDS[j]}"]).argmax() != label
    ]
    outside = [np.maximum(np.abs(np.array(pair) - start) - 0.5, 0) for pair in flips]
    return min(np.linalg.norm(offset) for offset in outside)


@pytest.mark.parametrize("search", ["hybrid", "iterative"])
@pytest.mark.parametrize("text", ["good good", "fine good", "slow slow", "fine slow"])
def test_the_nearest_flip_in_latent_space_wins(search, text):
    result, asked = attack(text, search=search, samples=300, step=0.25, radius=4.0)
    assert VICTIM.forward([result]).argmax() != VICTIM.forward([text]).argmax()
    assert nearest_flip(text) <= notes(asked)["distance"] < nearest_flip(text) + 0.25


def test_no_text_is_scored_twice_and_codes_are_decoded_in_batches():
    _, asked = attack("good good", samples=30)
    scored = [text for ask in asked if isinstance(ask, Score) for text in ask.texts]
    assert len(scored) == len(set(scored)) <= 16
    assert {len(ask) for ask in asked if isinstance(ask, Decode)} == {30}


def test_a_round_draws_a_hundred_points_by_default():
    _, asked = attack("good good")
    assert {len(ask) for ask in asked if isinstance(ask, Decode)} == {100}


def test_notes_tell_how_faithful_the_reconstruction_is():
    _, asked = attack("good good")
    assert notes(asked)["faithfulness"] == pytest.approx(1.0)
    assert notes(asked)["reconstruction_flips"] == 0
    _, asked = attack("good awesome awesome film")
    assert notes(asked)["faithfulness"] < 0.9


def test_an_unperturbed_reconstruction_that_flips_is_noted_and_does_not_count():
    """Wherever it is decoded: here it is decoded at almost every point."""

    def decode(ask):
        return tuple("awful" if code[0] < 2 else "dull" for code in ask.codes)

    replies = {Invert: lambda _: Inverted(np.zeros(2), "awful"), Decode: decode}
    result, asked = attack("good good", answers=replies, radius=4.0)
    assert notes(asked)["reconstruction_flips"] == 1
    assert result == "dull"
    assert notes(asked)["distance"] >= 2
    never = replies | {Decode: lambda ask: ("awful",) * len(ask)}
    result, asked = attack("good good", answers=never)
    assert result is None
    assert sum(len(ask) for ask in asked if isinstance(ask, Score)) == 1


def test_empty_sentences_are_not_scored():
    replies = {Decode: lambda ask: ("",) * len(ask)}
    result, asked = attack("good good", answers=replies)
    assert result is None
    assert [ask.texts for ask in asked if isinstance(ask, Score)] == [("good good",)]


def test_passages_are_attacked_by_importance_and_the_rest_is_kept():
    """No single passage flips the text, so that changes have to add up."""
    text = "fine fine. Indeed! good good."
    victim = ToyVictim({"dull": -2.0, "slow": -1.0, "fine": 1.0, "good": 2.0, "indeed": 3.0})
    result, asked = attack(text, victim, radius=6.0, samples=60)
    inverted = [ask.text for ask in asked if isinstance(ask, Invert)]
    assert inverted == ["good good.", "Indeed!", "fine fine."][: len(inverted)]
    assert len(inverted) > 1
    assert victim.forward([result]).argmax() == 0
    assert result.startswith("fine fine. ") or len(inverted) == 3


def test_long_sentences_are_attacked_in_parts():
    victim = ToyVictim({"fine": 9.0, "good": 9.0})
    _, asked = attack("good fine good , fine good fine", victim, max_words=3)
    assert sorted(ask.text for ask in asked if isinstance(ask, Invert)) == [
        "fine good fine", "good fine good",
    ]  # fmt: skip


def test_draws_depend_on_the_seed_alone():
    assert attack("good good", seed=3) == attack("good good", seed=3)
    assert attack("good good", seed=3) != attack("good good", seed=4)
