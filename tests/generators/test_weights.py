"""Vocabulary, weights and their manifest on disk."""

import json
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.generators.manifests import manifest_of
from weaklink.doctor.resources import resources
from weaklink.errors import WeaklinkError
from weaklink.generators.networks import WEIGHTS, built_folder, network_folder, packaged_folder
from weaklink.generators.vocabulary import UNK, Vocabulary
from weaklink.generators.weights import MOST_BYTES, load_weights, save_weights


@pytest.fixture
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    built_folder("scpn").mkdir()
    return built_folder("scpn")


@given(st.lists(st.text(min_size=1), unique=True))
def test_a_vocabulary_survives_its_file(words):
    vocabulary = Vocabulary.from_json(Vocabulary(words).to_json())
    assert vocabulary.encode(words) == list(range(4, 4 + len(words)))
    assert len(vocabulary) == 4 + len(words)


def test_a_vocabulary_takes_the_most_frequent_words_and_breaks_ties_by_name():
    vocabulary = Vocabulary.from_counts(Counter("ccbbad"), 7)
    assert vocabulary.words[4:] == ("b", "c", "a")
    assert vocabulary.encode("abd") == [6, 4, UNK]
    assert "d" not in vocabulary


def test_weights_are_halves_on_disk_and_floats_in_memory(own_cache):
    tensors = {"a": torch.tensor([1.0, 1 / 3]), "b": torch.zeros(2, 2)}
    digest = save_weights(own_cache, tensors, {"words": "[]"})
    weights = load_weights("scpn")
    assert weights.digest == digest
    assert weights.metadata == {"words": "[]"}
    assert weights.tensors["a"].dtype == torch.float32
    assert torch.equal(weights.tensors["a"], tensors["a"].half().float())


def test_the_same_weights_have_the_same_file(tmp_path):
    tensors = {name: torch.full((3,), float(i)) for i, name in enumerate("cab")}
    metadata = {f"key{i}": f"wörd {i}" for i in range(9)}
    digests = {save_weights(tmp_path, tensors, metadata) for _ in range(5)}
    turned = dict(reversed(list(metadata.items())))
    assert digests == {save_weights(tmp_path, tensors, turned)}


def test_weights_that_the_package_cannot_carry_are_refused(tmp_path):
    with pytest.raises(ValueError, match="at most"):
        save_weights(tmp_path, {"a": torch.zeros(MOST_BYTES // 2 + 1)}, {})
    assert not list(tmp_path.iterdir())


def test_what_the_user_built_comes_before_the_package(own_cache):
    assert network_folder("scpn") == own_cache
    own_cache.rmdir()
    assert network_folder("scpn") == packaged_folder("scpn")


@pytest.mark.parametrize("content", [None, b"no weights"])
def test_damaged_weights_are_told(own_cache, content):
    if content:
        (own_cache / WEIGHTS).write_bytes(content)
    with pytest.raises(WeaklinkError, match="weaklink resources build scpn --force"):
        load_weights("scpn")


def test_the_packaged_weights_are_those_of_their_manifest(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    manifest = manifest_of("scpn")
    assert manifest.weights == load_weights("scpn").digest
    assert manifest.name == "scpn"
    found = next(r for r in resources() if r.name == "scpn").find()
    assert found.digest() == manifest.weights
    assert json.loads(manifest.model_dump_json())["figures"]["adherence"]["admitted"] >= 0.6
