import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.scripts import SCRIPTS, texts
from weaklink.text import Passages, Words, changed_words, graphemes, sentences

UNSPACED = ("Han", "Japanese", "Thai", "Khmer", "Myanmar")
LETTERS = regex.compile(r"(?V1)[[\p{L}\p{N}]--\p{WB=Extend}]")
TAILORED = regex.compile(r"['’\-.,:_\p{WB=MidNum}\p{WB=MidNumLet}\p{WB=ExtendNumLet}]")


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=20)
@given(st.data())
def test_texts_of_every_script_survive_the_round_trip(script, data):
    text = data.draw(texts(script))
    words = Words.split(text)
    assert str(words) == text
    assert all(text[a:b] == word for word, (a, b) in zip(words.words, words.spans(), strict=True))
    assert all(any(map(str.isalnum, word)) for word in words.words)
    assert not any(map(LETTERS.search, words.gaps))


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=20)
@given(st.data())
def test_no_word_ends_between_a_letter_and_its_marks(script, data):
    text = data.draw(texts(script))
    ends = {match.end() for match in regex.finditer(r"\X", text)} | {0}
    assert {edge for span in Words.split(text).spans() for edge in span} <= ends


@pytest.mark.parametrize("script", [script for script in SCRIPTS if script not in UNSPACED])
@settings(max_examples=20)
@given(st.data())
def test_words_end_where_unicode_lets_them_end(script, data):
    text = TAILORED.sub(" ", data.draw(texts(script)))
    edges = {match.start() for match in regex.finditer(r"(?w)\b", text)}
    spans = Words.split(text).spans()
    assert {edge for span in spans for edge in span} <= edges
    assert not edges & {inner for a, b in spans for inner in range(a + 1, b)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("नमस्ते दुनिया, यह फ़िल्म अच्छी है।", ["नमस्ते", "दुनिया", "यह", "फ़िल्म", "अच्छी", "है"]),
        ("می‌خواهم کتاب بخوانم", ["می\u200cخواهم", "کتاب", "بخوانم"]),
        ('צה"ל הודיע', ['צה"ל', "הודיע"]),
        ("col·laborar amb l'home", ["col·laborar", "amb", "l'home"]),
        (unicodedata.normalize("NFD", "café là"), ["cafe\u0301", "la\u0300"]),
        ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
        (
            "end.Then 3.5 snake_case 90's x² ½",
            ["end", "Then", "3", "5", "snake", "case", "90's", "x²", "½"],
        ),
        ('a "b" c', ["a", "b", "c"]),
        (
            "我来到北京，这部电影非常好看。",
            ["我", "来到", "北京", "这", "部", "电影", "非常", "好看"],
        ),
        ("這部電影非常好看！", ["這", "部", "電影", "非常", "好看"]),
        ("今日は天気がいい。", ["今日", "は", "天気", "が", "いい"]),
        ("私のiPhoneケース3個", ["私", "の", "iPhone", "ケース", "3", "個"]),
        ("𠮷ภาพยนตร์สนุกมาก", ["𠮷", "ภาพยนตร์", "สนุก", "มาก"]),
        ("영화는 정말 재미있다", ["영화는", "정말", "재미있다"]),
    ],
)
def test_words_of_languages(text, words):
    assert list(Words.split(text).words) == words


def test_a_word_is_made_of_its_graphemes():
    assert graphemes("क्षत्रिय") == ["क्ष", "त्रि", "य"]
    assert graphemes("e\u0301te\u0301") == ["e\u0301", "t", "e\u0301"]
    assert graphemes("good") == ["g", "o", "o", "d"]


def test_sentences_of_other_scripts_end_at_their_own_marks():
    for text, ends in (
        ("很好。不错！", [1, 2]),
        ("यह अच्छी है। वह नहीं", [3, 5]),
        ("نعم؟ لا", [1, 2]),
    ):
        assert [found.stop for found in sentences(Words.split(text))] == ends


@pytest.mark.parametrize("text", ["我来到北京清华大学", "ภาพยนตร์เรื่องนี้สนุกมาก"])
def test_words_of_a_text_that_is_cut_stay_those_of_the_text(text):
    whole = Words.split(text)
    for until in range(len(text)):
        words = Words.split(text, until=until)
        assert whole.words[: len(words)] == words.words


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=15)
@given(st.data())
def test_passages_and_changes_of_every_script_give_back_the_texts(script, data):
    text, other = data.draw(texts(script)), data.draw(texts(script))
    words = Words.split(text)
    passages = Passages.split(words, most=3)
    assert str(passages) == text
    assert [i for sentence in sentences(words) for i in sentence] == list(range(len(words)))
    segments = changed_words(text, other)
    assert "".join(one.original for one in segments) == text
    assert "".join(one.adversarial for one in segments) == other
    if len(words):
        assert (
            str(words.replace(0, "x"))
            == text[: words.spans()[0][0]] + "x" + text[words.spans()[0][1] :]
        )
        assert len(text) - len(words.without(0)) - len(words.words[0]) in (0, 1)
