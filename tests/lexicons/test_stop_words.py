"""Stop words."""

import pytest

from weaklink.lexicons.stop_words import STOP_WORDS, TEXTFOOLER_STOP_WORDS, stop_words_of


@pytest.mark.parametrize("word", ["the", "not", "isn't", "isn’t", "won't", "it's", "they've"])
def test_stop_words(word):
    assert word in STOP_WORDS


@pytest.mark.parametrize("word", ["film", "good", "The", "film's", "wo"])
def test_other_words(word):
    assert word not in STOP_WORDS


@pytest.mark.parametrize("word", ["the", "not", "if", "isn't", "isn’t", "there"])
def test_words_on_the_list_of_textfooler(word):
    assert word in TEXTFOOLER_STOP_WORDS


@pytest.mark.parametrize("word", ["really", "very", "well", "make", "film"])
def test_words_not_on_the_list_of_textfooler(word):
    assert word not in TEXTFOOLER_STOP_WORDS


def test_the_list_of_textfooler_has_266_words():
    assert len({word.replace("’", "'") for word in TEXTFOOLER_STOP_WORDS}) == 266


@pytest.mark.parametrize(
    ("language", "word", "other"),
    [
        ("es", "pero", "película"),
        ("hi", "और", "फ़िल्म"),
        ("zh", "因为", "电影"),
        ("ms", "dan", "filem"),
    ],
)
def test_every_language_has_its_own(language, word, other):
    assert word in stop_words_of(language)
    assert other not in stop_words_of(language)


def test_a_language_without_a_list_has_none():
    assert stop_words_of("xx") == stop_words_of("tlh") == frozenset()
