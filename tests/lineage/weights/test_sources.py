"""Weights by the real client, from a server that speaks the Hub's protocol; and from folders."""

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save, save_file
from safetensors.torch import save as save_torch
from typer.testing import CliRunner

from tests.documents import document
from tests.hub.fake_hub import FakeHub, model
from weaklink.cli.app import app
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient, Pace
from weaklink.lineage.weights import sources
from weaklink.lineage.weights.headers import header_length, read_header
from weaklink.lineage.weights.sources import MemoryReader, Weights, open_weights
from weaklink.lineage.weights.verify import verify

from .synthetic_weights import start, tuned

BASE = start(1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("weights")
    made = {"base": BASE, "tuned": tuned(BASE, 1), "other": start(2)}
    for name, tensors in made.items():
        (root / name).mkdir()
        save_file(tensors, root / name / "model.safetensors")
        (root / name / "config.json").write_text("{}")
    shards = root / "sharded"
    shards.mkdir()
    for place, names in enumerate(np.array_split(sorted(BASE), 2), 1):
        save_file({n: BASE[n] for n in names}, shards / f"model-0000{place}-of-00002.safetensors")
    lora = root / "lora"
    lora.mkdir()
    save_file(
        {"x.query.lora_A.weight": np.ones((2, 32), np.float32)}, lora / "adapter_model.safetensors"
    )
    (lora / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "a/base"}))
    pickled = root / "pickled"
    pickled.mkdir()
    state = {n: torch.from_numpy(t) for n, t in BASE.items()}
    torch.save(state, pickled / "pytorch_model.bin")
    return root


@pytest.fixture
def hub(folders, monkeypatch):
    names = ["base", "tuned", "other", "sharded", "pickled", "lora"]
    models = [model(n, f"a/{x}", b"# It", folder=folders / x) for n, x in enumerate(names, 1)]
    models[1].card = b"---\nbase_model: a/base\n---\n"
    with FakeHub(models) as server:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
        yield server


@pytest.fixture
def client(hub):
    return HubClient(retries=0, pace=Pace(sleep=lambda _: None))


def test_slices_are_read_by_ranges_and_counted(client, hub, folders, monkeypatch):
    monkeypatch.setattr(sources, "BEGINNING", 500)
    far, near = open_weights("a/tuned", client), open_weights(str(folders / "tuned"))
    assert far.places.keys() == near.places.keys()
    name = "bert.encoder.layer.1.intermediate.dense.weight"
    assert np.array_equal(far.rows(name, 3, 5), near.rows(name, 3, 5))
    assert np.array_equal(far.rows(name, 3, 5), tuned(BASE, 1)[name][3:8])
    assert (far.requests, far.bytes_read) == (near.requests, near.bytes_read)
    assert far.bytes_read < (folders / "tuned" / "model.safetensors").stat().st_size / 4
    assert far.created.day == 2
    assert not any("config" in path for path in hub.requests)


def test_a_whole_comparison_needs_no_configuration_and_no_whole_file(client, hub):
    mine, theirs = open_weights("a/tuned@main", client), open_weights("a/base", client)
    assert verify(mine, [theirs])[0].verdict.kind == "fine-tuned from"
    assert {path.rpartition("/")[2] for path in hub.requests if "/resolve/" in path} == {
        "model.safetensors"
    }


def test_shards_are_one_model(client):
    assert open_weights("a/sharded", client).places.keys() == BASE.keys()


def test_a_pickle_is_fetched_only_if_the_user_lets_it(folders):
    with pytest.raises(WeaklinkError, match="no safetensors"):
        open_weights(str(folders / "pickled"))
    opened = open_weights(str(folders / "pickled"), pickled=True)
    assert opened.places.keys() == BASE.keys()
    assert opened.bytes_read == (folders / "pickled" / "pytorch_model.bin").stat().st_size


def test_what_is_no_file_holds_no_weights(tmp_path):
    for name, make in {"pipe": os.mkfifo, "folder": Path.mkdir,
                       "device": lambda path: path.symlink_to("/dev/zero")}.items():  # fmt: skip
        (tmp_path / name).mkdir()
        make(tmp_path / name / "model.safetensors")
        with pytest.raises(WeaklinkError, match="no safetensors"):
            open_weights(str(tmp_path / name))


class Bomb:
    def __reduce__(self):
        return (print, ("bang",))


def test_a_pickle_runs_no_code(tmp_path, capsys):
    torch.save({"x": Bomb()}, tmp_path / "pytorch_model.bin")
    with pytest.raises(WeaklinkError, match="is not a plain table of tensors"):
        open_weights(str(tmp_path), pickled=True)
    assert "bang" not in capsys.readouterr().out


def test_an_adapter_is_known_by_its_shapes_and_its_configuration(client):
    found = verify(
        open_weights("a/lora", client), [open_weights(f"a/{x}", client) for x in ("base", "other")]
    )
    assert [v.verdict.kind for v in found] == ["adapter of", "unrelated"]


@pytest.mark.parametrize("name", ["a/none", "no where", "../etc", ""])
def test_what_is_nowhere_is_said(name, client):
    with pytest.raises(WeaklinkError):
        open_weights(name, client)


def test_a_server_that_knows_no_ranges_is_refused(client, hub, monkeypatch):
    opened = open_weights("a/base", client)
    monkeypatch.setattr(hub.models[0], "gate", 403)
    with pytest.raises(WeaklinkError, match="status 403"):
        opened.rows("bert.embeddings.word_embeddings.weight", 64, 2)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.int8])
def test_storage_types(dtype):
    tensor = torch.arange(-8, 8).reshape(4, 4).to(dtype)
    opened = Weights("x", MemoryReader(save_torch({"w": tensor}))).open()
    assert np.array_equal(opened.rows("w", 1, 2), tensor[1:3].float().numpy())


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2, 2], "data_offsets": [16, 0]},
        {"dtype": "F32", "shape": [-2, 2], "data_offsets": [0, 16]},
        {"dtype": "X9", "shape": [2, 2], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [2, 2], "data_offsets": [90, 106]},
        {"dtype": "F32", "shape": "two", "data_offsets": [0, 16]},
        {"dtype": "F32", "data_offsets": [0, 16]},
        7,
    ],
)
def test_a_broken_header_is_refused(entry):
    header = json.dumps({"w": entry}).encode()
    with pytest.raises(WeaklinkError, match="is not a safetensors file"):
        read_header("x", header, size=len(header) + 24)


@given(st.binary(max_size=40))
def test_no_bytes_are_more_than_refused(data):
    try:
        end = header_length("x", data)
        read_header("x", data[8 : 8 + end])
    except WeaklinkError:
        pass


def test_a_header_that_never_ends_is_refused():
    with pytest.raises(WeaklinkError, match="would have"):
        header_length("x", struct.pack("<Q", 2**60))
    good = save({"w": np.ones((2, 2), np.float32)})
    assert header_length("x", good) < len(good)


def test_the_command(hub, folders):
    run = CliRunner().invoke(app, ["lineage", "verify", "a/tuned"], env={"COLUMNS": "200"})
    assert "fine-tuned from" in run.output, run.output
    assert "MB were read in" in run.output
    run = CliRunner().invoke(
        app, ["lineage", "verify", str(folders / "tuned"), "a/base", "a/other", "--json"]
    )
    told = document(run.output, "verified-lineage")
    assert told["verdict"] == "upstream found"
    assert [c["parent"] for c in told["candidates"]] == [True, False]
    assert told["bytes_read"] > 0
    run = CliRunner().invoke(
        app, ["lineage", "verify", str(folders / "tuned"), "a/other", "--json"]
    )
    assert document(run.output, "verified-lineage")["verdict"] == "upstream not found"
