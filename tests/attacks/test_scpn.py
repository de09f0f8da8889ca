import numpy as np
import pytest

from weaklink.attacks import Paraphrase, Score, Similarity
from weaklink.attacks.scpn import scpn
from weaklink.generators.scpn.templates import TEMPLATES
from weaklink.testing import ToyVictim, drive, toy_answers, toy_context
from weaklink.text import Words


def attack(text, paraphrases, victim, *, similarity=None, target=None, **parameters):
    """Attack with the given paraphrases of each passage, and "" for the other templates."""
    context = toy_context(text, victim, scpn.parameters(**parameters), target=target)

    def paraphrase(ask):
        given = paraphrases.get(ask.text, ())
        return (*given, *[""] * (len(ask.templates) - len(given)))

    answers = toy_answers(victim) | {Paraphrase: paraphrase}
    if similarity is not None:
        answers[Similarity] = lambda ask: np.array([similarity(t) for t in ask.texts])
    return drive(scpn.run(Words.split(text), context), answers)


VICTIM = ToyVictim({"good": 2.0, "film": 0.0, "fair": -1.0, "poor": -2.0, "so": 0.0, "great": 1.0})


def test_one_short_sentence_is_one_paraphrase_one_similarity_and_one_score():
    result, asked = attack("good film", {"good film": ("poor film", "great film")}, VICTIM,
                           min_similarity=0.1)  # fmt: skip
    assert result == "poor film"
    assert asked == [
        Paraphrase("good film", TEMPLATES),
        Similarity("good film", ("poor film", "great film")),
        Score(("poor film", "great film")),
    ]


def test_the_most_similar_flip_wins_and_ties_go_by_text():
    cosines = {"poor film": 0.8, "fair film": 0.9, "film fair": 0.9, "great film": 0.99}
    result, _ = attack("good film", {"good film": tuple(cosines)}, VICTIM, similarity=cosines.get)
    assert result == "fair film"


def test_empty_and_copied_paraphrases_are_never_asked_about():
    copies = ("", "Good  FILM", "goodfilm", "good film")
    result, asked = attack("good film", {"good film": copies}, VICTIM)
    assert (result, [type(ask) for ask in asked]) == (None, [Paraphrase])


def test_dissimilar_paraphrases_are_not_scored():
    cosines = {"poor film": 0.69, "fair film": 0.70, "great film": 0.71}
    result, asked = attack("good film", {"good film": tuple(cosines)}, VICTIM,
                           similarity=cosines.get, min_similarity=0.7)  # fmt: skip
    assert result == "fair film"
    assert asked[-1] == Score(("fair film", "great film"))


def test_equal_paraphrases_are_asked_once():
    _, asked = attack("good film", {"good film": ("great film",) * 3}, VICTIM, min_similarity=0)
    assert asked[-1] == Score(("great film",))


def test_sentences_are_taken_by_importance_and_the_best_paraphrase_stays():
    text = "So film. Good good film! Great film."
    result, asked = attack(
        text,
        {
            "Good good film!": ("Good film!", "Film!"),
            "Great film.": ("Fair film.", "Good film."),
        },
        VICTIM,
        similarity=lambda _: 1.0,
    )
    assert result == "So film. Film! Fair film."
    assert asked[0] == Score(
        (" Good good film! Great film.", "So film.  Great film.", "So film. Good good film! ")
    )
    paraphrased = [ask.text for ask in asked if isinstance(ask, Paraphrase)]
    assert paraphrased == ["Good good film!", "Great film."]
    assert asked[-1] == Score(("So film. Film! Fair film.", "So film. Film! Good film."))


def test_a_paraphrase_that_raises_the_confidence_does_not_stay():
    victim = ToyVictim({"good": 1.0, "great": 2.0, "film": 0.0, "so": 0.1})
    _, asked = attack(
        "Good film. So film.",
        {"Good film.": ("Great film.",), "So film.": ("Film so.",)},
        victim,
        similarity=lambda _: 1.0,
    )
    assert asked[-1] == Score(("Good film. Film so.",))


def test_long_sentences_are_paraphrased_in_parts():
    _, asked = attack("good film , so good , great film", {}, VICTIM, max_words=3)
    assert {ask.text for ask in asked if isinstance(ask, Paraphrase)} == {
        "good film", "so good", "great film",
    }  # fmt: skip


def test_a_part_of_a_sentence_is_given_no_final_mark():
    result, _ = attack(
        "good film , so good .",
        {"good film": ("poor poor film .",), "so good .": ()},
        VICTIM,
        similarity=lambda _: 1.0,
        max_words=2,
    )
    assert result == "poor poor film , so good ."


@pytest.mark.parametrize("target", [0, 1])
def test_a_targeted_goal_is_reached_only_by_its_label(target):
    victim = ToyVictim({"good": 2.0, "film": 0.0, "poor": -2.0})
    result, _ = attack("good film", {"good film": ("poor film",)}, victim,
                       target=target, similarity=lambda _: 1.0)  # fmt: skip
    assert result == ("poor film" if target == 0 else None)
