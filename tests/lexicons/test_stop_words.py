"""Stop words."""

import pytest

from weaklink.lexicons.stop_words import STOP_WORDS


@pytest.mark.parametrize("word", ["the", "not", "isn't", "isn’t", "won't", "it's", "they've"])
def test_stop_words(word):
    assert word in STOP_WORDS


@pytest.mark.parametrize("word", ["film", "good", "The", "film's", "wo"])
def test_other_words(word):
    assert word not in STOP_WORDS
