"""Sentences as tokens, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.generators.tokens import join, tokenise

WORDS = st.sampled_from(
    ["a", "film", "i", "do", "n't", "john", "'s", "10", "1.5", "well-made", "o'clock", "mr."]
)
MARKS = st.sampled_from([".", ",", "!", "?", ";", ":", "(", ")", '"', "--", "...", "-", "/", "%"])


@pytest.mark.parametrize(
    ("sentence", "tokens"),
    [
        ("Don't, can't, won't!", ["do", "n't", ",", "ca", "n't", ",", "wo", "n't", "!"]),
        ("it's the rock 'n' roll", ["it", "'s", "the", "rock", "'", "n", "'", "roll"]),
        ("We’ll see Mr. Smith…", ["we", "'ll", "see", "mr.", "smith", "..."]),
        ("the 1990s at 7:30 for $1,000.", ["the", "1990s", "at", "7:30", "for", "$", "1,000", "."]),
        ("a U.S. film -- good, 9/10", ["a", "u.s.", "film", "--", "good", ",", "9/10"]),
        ("“Sublime”, he said", ['"', "sublime", '"', ",", "he", "said"]),
        ("rock'n'roll o'clock's", ["rock'n'roll", "o'clock", "'s"]),
        ("", []),
    ],
)
def test_tokens_of_a_sentence(sentence, tokens):
    assert tokenise(sentence) == tokens


@pytest.mark.parametrize(
    "sentence",
    [
        "I don't think that John's film is any good (really).",
        "it's a well-made , if slight , film .",
        "is n't it odd ?",
        'He said "what a mess" and left...',
        "The plot? There's none: 4/10!",
        "NASA and the BBC made it.",
    ],
)
def test_a_sentence_in_its_own_spacing_and_capitals_is_itself(sentence):
    assert join(tokenise(sentence), sentence) == sentence


@pytest.mark.parametrize(
    ("tokens", "like", "expected"),
    [
        (["when", "i", "left", ",", "he", "cried", "."], "He cried.", "When I left, he cried."),
        (["john", "left", "."], "We saw John.", "John left."),
        (["left", ",", "john", "?"], "john said .", "left , john ?"),
        (["he", "said", '"', "no", '"', "."], "He left.", 'He said "no".'),
        (["is", "n't", "it", "?"], "it is not .", "isn't it ?"),
        (["to", "go", "to", "it"], "He had To go to it", "To go to it"),
        (["plain"], "", "plain"),
    ],
)
def test_other_words_follow_the_sentence(tokens, like, expected):
    assert join(tokens, like) == expected


@given(
    st.lists(st.tuples(WORDS, MARKS | WORDS).map(" ".join), min_size=1).map(" ".join),
    st.sampled_from(["Spaced , yes .", "Not spaced, no.", "nothing"]),
)
def test_writing_loses_no_token_where_all_are_apart(text, like):
    tokens = tokenise(text)
    apart = join(tokens, "a , b .")
    assert apart.replace(" ", "") == "".join(tokens)
    assert join(tokens, like).lower().replace(" ", "") == "".join(tokens)


@given(st.text())
def test_any_text_has_tokens_without_blanks(text):
    tokens = tokenise(text)
    assert all(token and not any(c.isspace() for c in token) for token in tokens)
    assert isinstance(join(tokens, text), str)
