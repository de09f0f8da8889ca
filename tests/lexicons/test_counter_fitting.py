"""Counter-fitting against a plain loop over its three terms, and what it builds."""

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weaklink.errors import WeaklinkError
from weaklink.lexicons import counter_fitted as module
from weaklink.lexicons.constraints import constrain
from weaklink.lexicons.counter_fitted import build_counter_fitted, load_counter_fitted
from weaklink.lexicons.counter_fitted_build import without_top
from weaklink.lexicons.counter_fitted_check import SpaceFigures, passes
from weaklink.lexicons.counter_fitting import Hyperparameters, counter_fit
from weaklink.lexicons.wordnet import Pair
from weaklink.progress import Silent
from weaklink.training.builders import build_resource
from weaklink.training.building import BuildOptions

WORDS = 6
VECTORS = arrays(np.float32, (WORDS, 3), elements=st.floats(-1, 1, width=16)).filter(
    lambda v: np.linalg.norm(v, axis=1).min() > 0.1
)
PAIRS = st.lists(
    st.tuples(st.integers(0, WORDS - 1), st.integers(0, WORDS - 1)).filter(lambda p: p[0] < p[1]),
    unique=True,
)


def as_rows(pairs):
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def loop(vectors, synonyms, antonyms, p):
    """The same by the letter: pair by pair, in float64."""
    start = unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for _ in range(p.epochs):
        moves = [[] for _ in unit]
        for i, j, weight in open_pairs(start, unit, synonyms, antonyms, p):
            for u, w in ((i, j), (j, i)):
                moves[u].append(weight * (unit[w] - (unit[u] @ unit[w]) * unit[u]))
        unit = np.array(
            [u + np.mean(m, axis=0) if m else u for u, m in zip(unit, moves, strict=True)]
        )
        unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    return unit


def open_pairs(start, unit, synonyms, antonyms, p):
    moving = {i for pair in (*synonyms, *antonyms) for i in pair}
    for i, j in combinations(range(len(unit)), 2):
        before, now = 1 - start[i] @ start[j], 1 - unit[i] @ unit[j]
        if (i, j) in antonyms and now < p.delta:
            yield i, j, -p.k1
        if (i, j) in synonyms and now > p.gamma:
            yield i, j, p.k2
        if {i, j} & moving and (i, j) not in antonyms and before < p.rho and now > before:
            yield i, j, p.k3


@given(VECTORS, PAIRS, PAIRS)
def test_a_step_is_that_of_the_three_terms(vectors, synonyms, antonyms):
    # A margin away from the distances that such vectors have by construction: no hinge is a tie.
    p = Hyperparameters(epochs=1, rho=0.2171, delta=0.9373, gamma=0.0173)
    fitted = counter_fit(vectors, as_rows(synonyms), as_rows(antonyms), p, Silent())
    expected = loop(vectors.astype(float), synonyms, antonyms, p)
    assert fitted == pytest.approx(expected, abs=1e-4)


def test_many_steps_are_those_of_the_three_terms():
    vectors = np.random.default_rng(3).normal(size=(WORDS, 3)).astype(np.float32)
    synonyms, antonyms = [(0, 1), (0, 4), (2, 5)], [(1, 2), (3, 4)]
    p = Hyperparameters(rho=0.6)
    fitted = counter_fit(vectors, as_rows(synonyms), as_rows(antonyms), p, Silent())
    assert fitted == pytest.approx(loop(vectors.astype(float), synonyms, antonyms, p), abs=1e-3)


def test_synonyms_meet_antonyms_part_and_others_stay():
    vectors = np.array([[1, 0, 0.2], [1, 1, 0], [0.9, 0.5, 0], [0, 0, 1]], dtype=np.float32)
    fitted = counter_fit(vectors, as_rows([(0, 1)]), as_rows([(1, 2)]), Hyperparameters(), Silent())
    before = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert fitted[0] @ fitted[1] > before[0] @ before[1]
    assert fitted[1] @ fitted[2] < 0.5 < before[1] @ before[2]
    assert fitted[3] == pytest.approx(before[3])


def test_the_mean_and_the_longest_direction_are_taken_out():
    vectors = np.array([[9, 1], [-9, 1], [5, 2], [-5, 2]], dtype=np.float32)
    rest = without_top(vectors, 1)
    assert rest[:, 0] == pytest.approx(0, abs=1e-5)
    assert rest[:, 1] == pytest.approx([-0.5, -0.5, 0.5, 0.5])


class TinyWordNet:
    """Knows four lemmas and their forms."""

    FORMS = {  # noqa: RUF012
        "film": {"NOUN": "film", "VERB": "film"},
        "films": {"NOUN": "film", "VERB": "film"},
        "movie": {"NOUN": "movie"},
        "movies": {"NOUN": "movie"},
        "good": {"ADJ": "good"},
        "better": {"ADJ": "good"},
        "bad": {"ADJ": "bad"},
    }

    def lemma(self, word, tag):
        return self.FORMS.get(word, {}).get(tag)

    def __contains__(self, word):
        return word in {"film", "movie", "good", "bad"}

    def synonym_pairs(self):
        return [Pair("film", "movie", "NOUN", 0.5), Pair("bad", "good", "ADJ", 0.9),
                Pair("film", "good", "NOUN", 0.9), Pair("bad", "film", "ADJ", 0.01)]  # fmt: skip

    def antonym_pairs(self):
        return [Pair("bad", "good", "ADJ", 0.001)]

    def indirect_antonym_pairs(self):
        return [Pair("film", "movie", "NOUN", 0.01)]


def test_constraints_pair_inflections_and_drop_rare_senses():
    words = ["the", "Film", "film", "movies", "good", "films", "better", "movie", "bad", "x1"]
    found = constrain(words, TinyWordNet(), 20, 0.05)
    assert found.words == ("film", "movies", "good", "films", "better", "movie", "bad")

    def named(pairs):
        return {tuple(sorted((found.words[a], found.words[b]))) for a, b in pairs}

    assert named(found.synonyms) == {("film", "movie"), ("films", "movies")}
    assert named(found.antonyms) == {("bad", "good"), ("bad", "better")}
    assert constrain(words, TinyWordNet(), 2, 0.05).words == ("film", "movies")


def test_antonyms_come_apart_and_synonyms_together(counter_fitted):
    manifest = json.loads((counter_fitted / "manifest.json").read_text())
    before, after = manifest["before"], manifest["after"]
    assert after["antonym_cosine"] < 0 < before["antonym_cosine"]
    assert after["synonym_cosine"] > 0.9 > before["synonym_cosine"]
    assert after["opposite_cosine"] < 0.2 < before["opposite_cosine"]
    assert after["opposites_near"] < before["opposites_near"]
    assert manifest["words"] == 5000


@pytest.mark.parametrize(
    ("change", "passed"),
    [({}, True), ({"opposites_near": 1}, False), ({"antonym_cosine": 0.3}, False),
     ({"synonym_cosine": 0.3}, False)],
)  # fmt: skip
def test_the_check_wants_all_three(change, passed):
    common = {"opposite_cosine": 0.0, "opposites": 20}
    before = SpaceFigures(antonym_cosine=0.2, synonym_cosine=0.4, opposites_near=5, **common)
    after = SpaceFigures(antonym_cosine=-0.1, synonym_cosine=0.9, opposites_near=0, **common)
    assert passes(before, after.model_copy(update=change)) is passed


def test_neighbours_are_synonyms_and_not_antonyms(counter_fitted):
    vectors = load_counter_fitted(build=False)
    assert "movie" in {n.word for n in vectors.neighbours("film", 5, 0.7)}
    assert not {"bad", "worse", "worst"} & {n.word for n in vectors.neighbours("good", 50)}
    assert load_counter_fitted() is vectors
    assert build_resource("counter-fitted", BuildOptions(), Silent()) == counter_fitted


def test_the_users_own_vectors_come_first(tmp_path, monkeypatch):
    path = tmp_path / "counter-fitted.txt"
    path.write_text("good 1 0\nnice 1 0.1\n")
    assert load_counter_fitted(path=path).words == ("good", "nice")
    monkeypatch.setenv("WEAKLINK_COUNTER_FITTED", str(path))
    assert load_counter_fitted().words == ("good", "nice")


def test_nothing_is_built_unasked(tmp_path, monkeypatch):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    with pytest.raises(WeaklinkError) as error:
        load_counter_fitted(build=False)
    assert "weaklink resources build counter-fitted" in error.value.remedy


def test_building_fills_the_folder_once(tmp_path, monkeypatch):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    calls = []
    monkeypatch.setattr(
        "weaklink.lexicons.counter_fitted_build.build",
        lambda folder, progress: calls.append((folder, progress)),
    )
    progress = Silent()
    for again in (False, False, True):
        assert build_counter_fitted(progress, again=again) == module.counter_fitted_folder()
    assert [p for _, p in calls] == [progress, progress]


def test_unknown_resources_cannot_be_built():
    with pytest.raises(WeaklinkError, match="Did you mean counter-fitted"):
        build_resource("counterfitted", BuildOptions(), Silent())
