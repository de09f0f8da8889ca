"""Building a network: what comes of it on disk, and going on after an interruption."""

import json

import pytest
import torch

from tests.generators.manifests import manifest_of
from weaklink.errors import WeaklinkError
from weaklink.generators.networks import built_folder
from weaklink.generators.weights import load_weights
from weaklink.progress import Silent
from weaklink.training.builders import build_resource
from weaklink.training.building import BuildOptions, Learnt, build_network


class Recipe:
    """Counts how often it was begun, and fails the first times."""

    name = "scpn"
    paper = "https://example.org"
    seed = 3

    def __init__(self, failures=0):
        self.settings = {"width": 2}
        self.failures = failures

    def learn(self, corpus, work, device, progress):
        begun = len(list(work.iterdir()))
        (work / f"run-{begun}").touch()
        if begun < self.failures:
            raise KeyboardInterrupt
        return Learnt(
            tensors={"a": torch.ones(2)},
            metadata={"words": "[]"},
            settings=self.settings,
            figures={"runs": begun + 1},
            seconds=90.0,
        )


@pytest.fixture
def options(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "own.txt"
    file.write_text("".join(f"This is line number {i} of it.\n" for i in range(300)))
    return BuildOptions(corpus=file, device="cpu")


def test_a_network_is_built_with_its_manifest(options):
    folder = build_network(Recipe(), options, Silent())
    assert folder == built_folder("scpn")
    manifest = manifest_of("scpn")
    assert manifest.weights == load_weights("scpn").digest
    assert manifest.command == f"weaklink resources build scpn --corpus {options.corpus}"
    assert manifest.sentences + manifest.held_out == 300
    assert (manifest.seed, manifest.minutes, manifest.device) == (3, 1.5, "cpu")
    assert manifest.peak_memory_mib > 100
    assert json.loads((folder / "manifest.json").read_text())["settings"] == {"width": 2}


def test_an_interrupted_building_goes_on_and_leaves_nothing_behind(options, tmp_path):
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            build_network(Recipe(failures=2), options, Silent())
        assert not built_folder("scpn").exists()
    build_network(Recipe(failures=2), options, Silent())
    assert manifest_of("scpn").figures == {"runs": 3}
    assert not (tmp_path / "cache" / "scpn-training").exists()


def test_a_network_that_is_there_is_built_again_only_when_asked(options):
    build_network(Recipe(), options, Silent())
    build_network(Recipe(failures=9), options, Silent())
    again = BuildOptions(corpus=options.corpus, device="cpu", again=True)
    with pytest.raises(KeyboardInterrupt):
        build_network(Recipe(failures=9), again, Silent())
    assert manifest_of("scpn").figures == {"runs": 1}


def test_vectors_are_not_learnt_from_a_corpus(options):
    with pytest.raises(WeaklinkError, match="Remove --corpus"):
        build_resource("counter-fitted", options, Silent())
