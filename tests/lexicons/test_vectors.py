"""Word vectors and nearest neighbours."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from safetensors.numpy import save_file

from weaklink.errors import WeaklinkError
from weaklink.lexicons.glove import load_glove
from weaklink.lexicons.vectors import Vectors

ROWS = arrays(np.float32, (7, 3), elements=st.sampled_from([-1, -0.5, 0, 0.25, 1, 2]))
WORDS = ("ant", "bee", "cat", "dog", "eel", "fox", "gnu")


def brute_force(matrix, word, count, minimum):
    row = WORDS.index(word)
    found = []
    for other, vector in zip(WORDS, matrix.astype(float), strict=True):
        norms = np.linalg.norm(vector) * np.linalg.norm(matrix[row].astype(float))
        cosine = vector @ matrix[row].astype(float) / norms if norms else 0.0
        if other != word and cosine >= minimum - 1e-6:
            found.append((other, cosine))
    found.sort(key=lambda pair: (-round(pair[1], 5), pair[0]))
    return found[:count]


@given(ROWS, st.sampled_from(WORDS), st.integers(0, 9), st.sampled_from([-1.0, 0.0, 0.6, 1.0]))
def test_neighbours_equal_those_by_brute_force(matrix, word, count, minimum):
    found = Vectors(WORDS, matrix, "").neighbours(word, count, minimum)
    expected = brute_force(matrix, word, count, minimum)
    assert [n.word for n in found] == [w for w, _ in expected]
    assert [n.cosine for n in found] == pytest.approx([c for _, c in expected], abs=1e-5)


def test_unknown_words_have_no_neighbours():
    vectors = Vectors(("a", "b"), np.eye(2, dtype=np.float32), "")
    assert vectors.neighbours("c", 5) == ()
    assert "c" not in vectors
    assert "a" in vectors
    assert len(vectors) == 2


def test_text_format(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("good 1 0.5\nnice 1 0.25\nbad -1 0\n")
    vectors = Vectors.from_text(path)
    assert vectors.words == ("good", "nice", "bad")
    assert [n.word for n in vectors.neighbours("good", 1)] == ["nice"]
    assert vectors.matrix(["nice"]) == pytest.approx(np.array([[1, 0.25]]) / np.hypot(1, 0.25))


def published(rows):
    """Return a file as fastText writes it: counts first, and a blank after each line."""
    lines = [b"%d 2" % len(rows), *(word + b" 1 0.5 " for word in rows)]
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize("compressed", [False, True])
def test_the_published_files_of_fasttext_are_read_though_not_all_is_utf_8(tmp_path, compressed):
    words = ["года", "1\u00a0000", ". . .", "de\rux", "\u3000", "</s>", "\u2028"]
    content = published([*(word.encode() for word in words), b"\xed\xa0\xb5", "영".encode()[:2]])
    path = tmp_path / ("cc.ko.300.vec.gz" if compressed else "cc.ko.300.vec")
    path.write_bytes(gzip.compress(content) if compressed else content)
    vectors = Vectors.from_text(path)
    assert vectors.words == tuple(words)
    assert (vectors.matrix([". . ."]) == vectors.matrix(["года"])).all()


@pytest.mark.parametrize("cut", [10, 40])
def test_a_cut_or_damaged_archive_of_vectors_is_told(tmp_path, cut):
    whole = gzip.compress(published([b"one", b"two", b"three"]))
    for content in (whole[:cut], whole[:12] + b"\0\0\0" + whole[15:], b"plain 1 0"):
        (tmp_path / "v.vec.gz").write_bytes(content)
        with pytest.raises(WeaklinkError, match="is not a file of word vectors"):
            Vectors.from_text(tmp_path / "v.vec.gz")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("3 2\ngood 1\n", "line 2 ('good')"),
        (" 1 0\n", "line 1"),
        ("good 1 0\nbad 1\n", "line 2 ('bad')"),
        ("good 1 0\ngood 1 0\n", "line 2 ('good')"),
        ("good 1 x\n", "could not convert"),
        ("good\n", "line 1"),
        ("", "it is empty"),
    ],
)
def test_a_damaged_text_file_is_told(tmp_path, content, told):
    path = tmp_path / "vectors.txt"
    path.write_text(content)
    with pytest.raises(WeaklinkError) as error:
        Vectors.from_text(path)
    assert told in error.value.problem
    with pytest.raises(WeaklinkError, match="No such file"):
        Vectors.from_text(tmp_path / "none.txt")


def test_safetensors_format(tmp_path):
    save_file({"vectors": np.eye(2, dtype=np.float32)}, tmp_path / "vectors.safetensors")
    (tmp_path / "words.txt").write_text("one\ntwo\n")
    vectors = Vectors.from_safetensors(tmp_path)
    assert vectors.words == ("one", "two")
    (tmp_path / "vectors.safetensors").write_bytes(b"damaged")
    with pytest.raises(WeaklinkError, match="cannot be read"):
        Vectors.from_safetensors(tmp_path)


def test_packaged_glove():
    glove = load_glove()
    assert len(glove) == 400_000
    assert "movie" in [n.word for n in glove.neighbours("film", 3)]


def test_the_users_own_glove(tmp_path, monkeypatch):
    path = tmp_path / "glove.txt"
    path.write_text("good 1 0.5\n")
    assert load_glove(path).words == ("good",)
    monkeypatch.setenv("WEAKLINK_GLOVE", str(path))
    assert load_glove().words == ("good",)
