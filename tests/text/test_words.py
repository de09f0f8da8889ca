import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weaklink.text import Words, match_case, sentences

TEXTS = (
    st.text()
    | st.text(alphabet=string.ascii_letters + " .,'’-\n\t")
    | st.text("😀é ñ\u200b\u202e\r\n ")
)


@given(TEXTS)
@example("")
@example("   ")
@example("one\r\n\r\ntwo\u00a0three \U0001f600four ")
@example("word " * 10_000)
def test_a_text_survives_the_round_trip(text):
    words = Words.split(text)
    assert str(words) == text
    assert len(words.gaps) == len(words.words) + 1
    assert all(text[a:b] == word for word, (a, b) in zip(words.words, words.spans(), strict=True))


@given(TEXTS, st.integers(0, 40))
def test_words_beyond_the_limit_are_left_unsplit(text, until):
    words = Words.split(text, until=until)
    assert str(words) == text
    assert all(stop <= until for _, stop in words.spans())
    assert Words.split(text).words[: len(words)] == words.words


@given(TEXTS, st.data())
def test_replacing_changes_one_word_and_nothing_else(text, data):
    words = Words.split(text)
    if not len(words):
        return
    position = data.draw(st.integers(0, len(words) - 1))
    replaced = words.replace(position, "xyz")
    assert replaced.gaps == words.gaps
    assert replaced.words[position] == "xyz"
    assert replaced.replace(position, words.words[position]) == words
    assert words.variants(position, ["xyz", ""]) == [
        str(replaced), str(words.replace(position, "")),
    ]  # fmt: skip


@given(TEXTS, st.data())
def test_deleting_removes_the_word_and_at_most_one_blank(text, data):
    words = Words.split(text)
    if not len(words):
        return
    position = data.draw(st.integers(0, len(words) - 1))
    shorter = words.without(position)
    removed = len(text) - len(shorter) - len(words.words[position])
    assert removed in (0, 1)


@pytest.mark.parametrize("position", [-1, 2])
def test_a_position_that_does_not_exist_is_refused(position):
    with pytest.raises(IndexError, match="expected a position in"):
        Words.split("two words").replace(position, "x")


@pytest.mark.parametrize(
    ("position", "expected", "place"),
    [(0, "a b c", 0), (1, "a b c", 1), (2, "b c d", 1), (4, "c d e", 2)],
)
def test_a_window_stays_inside_the_text(position, expected, place):
    window, found = Words.split("a b c d e").window(position, 3)
    assert (str(window), found) == (expected, place)


def test_a_window_larger_than_the_text_is_the_text_without_its_edges():
    assert str(Words.split('"Hm." a b!').window(1, 15)[0]) == 'Hm." a b'


def test_apostrophes_and_hyphens_hold_words_together():
    assert Words.split("It isn't well-made, is it? 'No'").words == (
        "It", "isn't", "well-made", "is", "it", "No",
    )  # fmt: skip


def test_sentences_cover_all_words_once_and_keep_their_stop():
    words = Words.split('He said "no." Then left!<br />The fox is 3.5 years old')
    found = sentences(words)
    assert [i for sentence in found for i in sentence] == list(range(len(words)))
    assert [words.between(s.start, s.stop) for s in found] == [
        'He said "no."', "Then left!<br", "The fox is 3.5 years old",
    ]  # fmt: skip


def test_html_tags_are_no_words():
    assert Words.split('a<br />b <i class="x">c</i> 1 < 2 > d').words == (
        "a", "b", "c", "1", "2", "d",
    )  # fmt: skip


@given(TEXTS)
def test_sentences_partition_any_text(text):
    words = Words.split(text)
    assert [i for sentence in sentences(words) for i in sentence] == list(range(len(words)))


@pytest.mark.parametrize(
    ("word", "like", "expected"),
    [("good", "Fine", "Good"), ("good", "FINE", "GOOD"), ("good", "fine", "good"), ("a", "I", "A")],
)
def test_a_replacement_takes_the_case_of_its_word(word, like, expected):
    assert match_case(word, like) == expected
