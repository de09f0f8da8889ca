import random
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.scripts import SCRIPTS
from weaklink.attacks import Gradients, Score, Similarity
from weaklink.attacks.shared import bugs
from weaklink.attacks.textbugger import textbugger
from weaklink.lexicons.languages.letters import similar_letters
from weaklink.testing import (
    ToyLexicon,
    ToyVictim,
    drive,
    run_attack,
    toy_answers,
    toy_context,
)
from weaklink.text import Words, graphemes
from weaklink.victims import FirstOrder, Gradient

WORD = st.text(string.ascii_letters, min_size=1, max_size=12)
SEED = st.integers(0, 99).map(random.Random)


@given(WORD, SEED)
def test_insert_puts_one_blank_inside_a_short_word(word, chance):
    bugged = bugs.insert(word, chance)
    if not 1 < len(word) <= 5:
        assert bugged is None
    else:
        assert bugged.replace(" ", "") == word
        assert bugged.strip() == bugged != word


@given(WORD, SEED)
def test_delete_keeps_the_first_and_the_last_letter(word, chance):
    bugged = bugs.delete(word, chance)
    if len(word) < 3:
        assert bugged is None
    else:
        assert len(bugged) == len(word) - 1
        assert (bugged[0], bugged[-1]) == (word[0], word[-1])


@given(WORD, SEED)
def test_swap_keeps_all_letters_and_both_ends(word, chance):
    bugged = bugs.swap(word, chance)
    if len(word) < 5:
        assert bugged is None
    else:
        assert sorted(bugged) == sorted(word)
        assert (bugged[0], bugged[-1]) == (word[0], word[-1])


@given(WORD, SEED)
def test_substitute_changes_one_character(word, chance):
    bugged = bugs.substitute_character(word, chance)
    assert len(bugged) == len(word)
    assert sum(a != b for a, b in zip(word, bugged, strict=True)) == 1


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=15)
@given(st.data(), SEED)
def test_in_any_script_bugs_move_whole_letters(script, data, chance):
    word = data.draw(st.text(SCRIPTS[script], min_size=1, max_size=9))
    letters = graphemes(word)
    if blank := bugs.insert(word, chance):
        assert sum(map(len, (graphemes(part) for part in blank.split(" ")))) == len(letters)
        assert blank.replace(" ", "") == word
    if less := bugs.delete(word, chance):
        without = ("".join(letters[:i] + letters[i + 1 :]) for i in range(len(letters)))
        assert less in set(without)
    if swapped := bugs.swap(word, chance):
        pairs = range(len(letters) - 1)
        turned = (letters[:i] + letters[i : i + 2][::-1] + letters[i + 2 :] for i in pairs)
        assert swapped in {"".join(one) for one in turned}
    other = bugs.substitute_character(word, chance, "ru")
    assert other is None or other != word


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_word_of_two_chinese_signs_is_swapped_and_loses_one(language):
    chance = random.Random(0)
    assert bugs.swap("电影", chance) == "影电"
    assert bugs.delete("电影", chance) in {"电", "影"}
    assert bugs.insert("电影", chance) == "电 影"
    assert bugs.substitute_character("土", chance, "zh") in {"士", "⼟", "⼠"}


@pytest.mark.parametrize(
    ("letter", "language", "near"),
    [
        ("а", "ru", {"к", "е", "в", "п", "с", "м", "a"}),
        ("Ж", "ru", {"З", "Х", "Д", "Э", "Ю"}),
        ("é", "es", {"e"}),
        ("में", "hi", {"मे"}),
        ("안", "ko", {"아"}),
        ("é", "en", set()),
    ],
)
def test_letters_like_a_letter_are_of_its_own_alphabet(letter, language, near):
    assert set(similar_letters(letter, language)) & near == near
    assert letter not in similar_letters(letter, language)


@pytest.mark.parametrize(
    ("letter", "near"),
    [("s", "weadzx"), ("S", "WEADZX"), ("q", "wa"), ("p", "ol"), ("g", "tyfhvb"), ("m", "jkn")],
)
def test_neighbours_on_the_keyboard_are_in_all_rows(letter, near):
    draws = {bugs.substitute_character(letter, random.Random(seed)) for seed in range(300)}
    lookalikes = {"s": set("5$"), "g": {"9"}}.get(letter.lower(), set())
    assert draws - lookalikes == set(near)


def test_words_are_bugged_sentence_by_sentence_the_most_confident_first():
    victim = ToyVictim({"fine": 0.5, "great": 2.0, "day": 0.1, "bad": -0.4})
    text = "fine day. great day. bad day."
    _, asked = run_attack(textbugger, text, victim, neighbours=0)
    assert asked[0] == Score(("fine day.", "great day.", "bad day."))
    assert asked[1] == Score(("fine day. day. bad day.", "fine day. great . bad day."))


def test_the_search_fails_once_the_text_is_no_longer_similar():
    victim = ToyVictim({"great": 2.0, "indeed": 2.0})
    context = toy_context("great indeed", victim, textbugger.parameters())
    answers = toy_answers(victim) | {Similarity: lambda _: np.array([0.79])}
    result, asked = drive(textbugger.run(Words.split("great indeed"), context), answers)
    assert result is None
    assert sum(isinstance(ask, Similarity) for ask in asked) == 1


def test_white_box_goes_by_the_norm_of_the_gradient_and_never_deletes():
    victim, text = ToyVictim({"warm": 9.0}), "warm witty unusual comedies"
    context = toy_context(text, victim, textbugger.parameters(knowledge="white-box"))
    view = FirstOrder(np.array([0.1, 0.4, 0.2, 0.3]), np.zeros(0))
    answers = toy_answers(victim) | {
        Gradients: lambda _: [view],
        Score: lambda ask: np.array([[0.1, 0.9]] * len(ask.texts)),
        Similarity: lambda _: np.array([1.0]),
    }
    _, asked = drive(textbugger.run(Words.split(text), context), answers)
    assert asked[0] == Gradients((Gradient(Words.split(text), 1, ((),) * 4),))
    originals = text.split()
    order = []
    for ask in asked[1:]:
        if isinstance(ask, Score):
            kept = {word for one in ask.texts for word in originals if word in one.split()}
            (new,) = set(originals) - kept - set(order)
            order.append(new)
    assert order == ["witty", "comedies", "unusual", "warm"]


@pytest.mark.parametrize("knowledge", ["black-box", "white-box"])
def test_stop_words_are_neither_bugged_nor_asked_about(knowledge):
    victim = ToyVictim({"great": 2.0, "not": 9.0, "if": 5.0})
    _, asked = run_attack(textbugger, "not great if", victim, knowledge=knowledge)
    texts = [text for ask in asked if isinstance(ask, Score) for text in ask.texts]
    assert texts
    assert all(text.startswith("not ") and text.endswith(" if") for text in texts)


def test_sub_w_writes_no_opposite_and_no_distant_word():
    victim = ToyVictim({"rises": 2.0})
    lexicon = ToyLexicon({"rises": ["falls", "soars"]}, opposites=[("rises", "falls")])
    context = toy_context("rises", victim, textbugger.parameters(), lexicon=lexicon)
    _, asked = drive(textbugger.run(Words.split("rises"), context), toy_answers(victim))
    texts = asked[1].texts
    assert "soars" in texts
    assert "falls" not in texts
    far = toy_context("rises", victim, textbugger.parameters(min_word_cosine=0.99), lexicon=lexicon)
    _, asked = drive(textbugger.run(Words.split("rises"), far), toy_answers(victim))
    assert "soars" not in asked[1].texts


@pytest.mark.parametrize("seed", range(3))
def test_repetitions_draw_their_own_bugs(seed):
    victim = ToyVictim({"marvellous": 2.0, "story": 1.0})
    _, one = run_attack(textbugger, "marvellous story", victim, seed=seed)
    _, other = run_attack(textbugger, "marvellous story", victim, seed=seed + 1)
    assert one != other


@pytest.mark.parametrize("knowledge", ["black-box", "white-box"])
def test_stop_words_are_those_of_the_language(knowledge):
    victim, text = ToyVictim({"película": 2.0, "pero": 9.0}), "pero película if"
    lexicon = ToyLexicon(language="es")
    parameters = textbugger.parameters(knowledge=knowledge)
    context = toy_context(text, victim, parameters, lexicon=lexicon)
    _, asked = drive(textbugger.run(Words.split(text), context), toy_answers(victim))
    texts = [one for ask in asked if isinstance(ask, Score) for one in ask.texts]
    assert texts
    assert all(one.startswith("pero ") for one in texts)
    assert any(not one.endswith(" if") for one in texts)
