"""The corpus, and what is held out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.data.splits import Split
from weaklink.data.training_samples import digest_of_text
from weaklink.errors import WeaklinkError
from weaklink.training import corpus as module
from weaklink.training.corpus import Corpus, is_usable, load_corpus, split_sentences


@pytest.fixture
def data_sets(monkeypatch):
    """Two small data sets of which the first two samples are held out."""
    texts = {
        "rotten_tomatoes": [f"the film number {i} is good . see film {i} now !" for i in range(9)],
        "imdb": [f"It's No. {i} of all.<br /><br />We saw movie number {i}." for i in range(9)],
    }
    texts["imdb"].append("THE FILM, NUMBER 3, IS GOOD!")
    monkeypatch.setattr(module, "DEFAULT_SAMPLES", 2)
    splits = {
        name: Split(name, "here", "train", ("neg", "pos"), rows, [0, 1] * (len(rows) // 2) + [0])
        for name, rows in ((n, r[:9]) for n, r in texts.items())
    }
    splits["imdb"] = Split("imdb", "here", "train", ("neg", "pos"), texts["imdb"], [0, 1] * 5)
    monkeypatch.setattr(module, "load_split", splits.__getitem__)
    return splits


def test_sentences_of_the_samples_that_audits_draw_are_held_out(data_sets):
    corpus = load_corpus()
    drawn = [s.text for split in data_sets.values() for s in split.draw(2, 0).samples]
    wanted = {digest_of_text(s) for text in drawn for s in split_sentences(text) if is_usable(s)}
    assert {digest_of_text(s) for s in corpus.held_out} == wanted
    assert not wanted & {digest_of_text(s) for s in corpus.training}


def test_no_sentence_is_there_twice_however_it_is_set(data_sets):
    corpus = load_corpus()
    digests = [digest_of_text(s) for s in (*corpus.training, *corpus.held_out)]
    assert len(set(digests)) == len(digests)
    assert digest_of_text("the film number 3 is good .") in digests


def test_the_digest_tells_which_sentences_are_held_out():
    sentences = ("a", "b")
    assert Corpus("x", sentences, ("c",)).digest == Corpus("y", sentences, ("c",)).digest
    assert Corpus("x", ("a",), ("b", "c")).digest != Corpus("x", sentences, ("c",)).digest


def test_a_file_of_the_users_own(tmp_path):
    file = tmp_path / "own.txt"
    file.write_text("".join(f"This is line number {i} of it.\n" * 2 for i in range(300)) + "no\n")
    corpus = load_corpus(file)
    assert len(corpus.training) + len(corpus.held_out) == 300
    assert 0 < len(corpus.held_out) < 20
    assert corpus.source == str(file)


@pytest.mark.parametrize("content", [b"too short\n", b"\xff\xfe", None])
def test_a_file_that_cannot_be_used_is_told(tmp_path, content):
    file = tmp_path / "own.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WeaklinkError, match=r"one sentence a line"):
        load_corpus(file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He left.<br /><br />"Why?" asked I. ', ["He left.", '"Why?"', "asked I."]),
        ("it 's good . but slow !", ["it 's good .", "but slow !"]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_sentences_keep_their_closing_punctuation(text, expected):
    assert split_sentences(text) == expected


@given(st.text(alphabet="ab .!?\n<br/>\"'", max_size=60))
def test_splitting_keeps_every_word_in_its_place(text):
    plain = module.TAG.sub(" ", text)
    words = [w for s in split_sentences(text) for w in module.Words.split(s).words]
    assert words == list(module.Words.split(plain).words)


@pytest.mark.parametrize(
    ("sentence", "usable"),
    [
        ("It is a film.", True),
        ("Too short.", False),
        ("word " * 24, True),
        ("word " * 25, False),
        ("See http://here.com for more about it.", False),
        ("It is <b>bold</b> to say.", False),
        ("映画 が 好き です ね と 彼 は 言う", False),
        (". . and so it went on", False),
        ("We saw it with our Mr.", False),
    ],
)
def test_usable_sentences(sentence, usable):
    assert is_usable(sentence) is usable
