"""Loading victims, and being told clearly why one cannot be loaded."""

import json
import shutil
from fnmatch import fnmatch

import httpx
import pytest
from huggingface_hub import errors
from transformers import AutoModel, AutoModelForTokenClassification, PreTrainedConfig

from tests.victims.tiny import ARCHITECTURES, save_tiny
from weaklink.errors import WeaklinkError
from weaklink.victims import load_victim
from weaklink.victims.local import checkpoint, source


def load(name, **options):
    return load_victim(str(name), device="cpu", **options)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_bare_encoder_is_refused_before_its_weights_are_loaded(
    architecture, tmp_path, monkeypatch
):
    save_tiny(tmp_path, architecture)
    encoder = AutoModel.from_pretrained(tmp_path)
    encoder.save_pretrained(tmp_path)
    monkeypatch.delattr(checkpoint.ClassifierCheckpoint, "load")
    with pytest.raises(WeaklinkError, match="bare encoder.*no robustness to measure"):
        load(tmp_path)


def test_a_missing_head_is_found_by_the_weights_where_the_configuration_claims_one(
    tmp_path, monkeypatch
):
    name = save_tiny(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    AutoModel.from_pretrained(tmp_path).save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config))
    monkeypatch.delattr(checkpoint.ClassifierCheckpoint, "load")
    with pytest.raises(WeaklinkError, match="no classifier.bias or classifier.weight"):
        load(name)


def test_a_classifier_of_tokens_is_no_classifier_of_texts(tmp_path):
    blueprint, _ = ARCHITECTURES["bert"]
    AutoModelForTokenClassification.from_config(blueprint).save_pretrained(tmp_path)
    with pytest.raises(WeaklinkError, match="BertForTokenClassification") as caught:
        load(tmp_path)
    assert "bare encoder" not in caught.value.problem


def test_remote_code_is_never_run_unasked(tmp_path):
    name = save_tiny(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "own.py").write_text("raise SystemExit('this must not run')")
    with pytest.raises(WeaklinkError) as caught:
        load(name)
    assert "--trust-remote-code" in caught.value.remedy


def test_what_is_no_model_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    damaged = tmp_path / "damaged"
    save_tiny(damaged)
    (damaged / "model.safetensors").write_bytes(b"no weights at all")
    unknown = tmp_path / "unknown"
    PreTrainedConfig().save_pretrained(unknown)
    for name, problem in {
        tmp_path: "no config.json",
        tmp_path / "file": "not a folder",
        tmp_path / "missing": "not a folder",
        damaged: "damaged",
        unknown: "cannot be loaded",
        "not a name": "neither a local folder nor a Hub id",
        "owner/model@": "not a revision",
        "owner/../model": "neither a local folder nor a Hub id",
    }.items():
        with pytest.raises(WeaklinkError, match=problem):
            load(name)


def hub_error(kind, status):
    request = httpx.Request("GET", "https://huggingface.co")
    return kind("no", response=httpx.Response(status, request=request))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (hub_error(errors.GatedRepoError, 403), "gated"),
        (hub_error(errors.RepositoryNotFoundError, 401), "nor a model on the Hub"),
        (hub_error(errors.RevisionNotFoundError, 404), "names a revision"),
        (hub_error(errors.RemoteEntryNotFoundError, 404), "no config.json on the Hub"),
        (hub_error(errors.HfHubHTTPError, 500), "cannot be reached"),
        (errors.LocalEntryNotFoundError("no network"), "cannot be reached"),
        (errors.OfflineModeIsEnabled("offline"), "cannot be reached"),
    ],
)
def test_what_the_hub_refuses_is_told(error, problem, monkeypatch):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(source, "hf_hub_download", refuse)
    with pytest.raises(WeaklinkError, match=problem):
        load("owner/model@v1.0")


def test_a_model_of_the_hub_is_pinned_to_its_commit(tmp_path, monkeypatch):
    commit = "a" * 40
    cached = tmp_path / "snapshots" / commit
    local = load(save_tiny(tmp_path / "local"))
    asked = []

    def download(repository, filename, revision):
        asked.append((repository, filename, revision))
        shutil.copytree(tmp_path / "local", cached)
        return str(cached / filename)

    monkeypatch.setattr(source, "hf_hub_download", download)
    fetched = []

    def fetch(repository, revision, allow_patterns, **_):
        asked.append((repository, revision))
        fetched.extend(allow_patterns)

    monkeypatch.setattr(source, "snapshot_download", fetch)
    victim = load("owner/model@v1.0")
    assert asked == [("owner/model", "config.json", "v1.0"), ("owner/model", commit)]
    for name in ("bpe.codes", "spiece.model", "vocab.txt", "qwen.tiktoken", "tokenizer.json"):
        assert any(fnmatch(name, pattern) for pattern in fetched), name
    assert victim.details["revision"] == commit
    assert victim.fingerprint == local.fingerprint


def test_the_fingerprint_tells_whatever_changes_the_answers(tmp_path):
    name = save_tiny(tmp_path / "one")
    other = tmp_path / "other"
    shutil.copytree(name, other)
    (other / "README.md").write_text("A card changes no answer.")
    assert load(name).fingerprint == load(other).fingerprint
    prints = {load(name).fingerprint, load(name, max_length=9).fingerprint}
    prints.add(load(name, precision="bf16").fingerprint)
    (other / "tokenizer.json").write_text((other / "tokenizer.json").read_text() + " ")
    prints.add(load(other).fingerprint)
    prints.add(load(save_tiny(other, "electra")).fingerprint)
    assert len(prints) == 5


def test_unusable_settings_are_told(tmp_path):
    name = save_tiny(tmp_path)
    with pytest.raises(WeaklinkError, match="cannot read 33 tokens"):
        load(name, max_length=33)
    with pytest.raises(WeaklinkError, match="'abacus' cannot be used"):
        load_victim(name, device="abacus")


def test_bf16_gives_rows_that_sum_to_one(tmp_path):
    victim = load(save_tiny(tmp_path), precision="bf16")
    assert victim.forward(victim.encode(["good", "bad"])).sum(axis=1) == pytest.approx(1)


def test_the_languages_of_the_card_are_read(tmp_path):
    name = save_tiny(tmp_path)
    assert load(name).languages == ()
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n")
    assert load(name).languages == ()
    for written, read in {"fr": ("fr",), "[fr, de]": ("fr", "de")}.items():
        (tmp_path / "README.md").write_text(f"---\nlanguage: {written}\n---\n")
        assert load(name).languages == read
    (tmp_path / "README.md").write_text("---\n: [broken\n---\n")
    assert load(name).languages == ()
