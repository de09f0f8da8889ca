"""Edges that weights confirm, refute and find; a server with the weights of a snapshot."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from typer.testing import CliRunner

from tests.hub.fake_hub import FakeHub
from tests.hub.fake_hub import model as served
from tests.lineage.lineage_snapshots import model, snapshot
from weaklink.cli.app import app
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient, Pace
from weaklink.lineage import EdgeTable, surroundings
from weaklink.lineage.exports import to_cyclonedx
from weaklink.lineage.weights.index import Neighbours, kinship
from weaklink.lineage.weights.signature_reader import SignatureFile, SignatureReader
from weaklink.lineage.weights.signatures import Signature, signature
from weaklink.lineage.weights.tier import weigh

from .synthetic_weights import start, tuned, weights

BASE, OTHER = start(1), start(2)
MADE = {
    "a/base": BASE,
    "a/other": OTHER,
    "b/true": tuned(BASE, 1),
    "b/false": tuned(OTHER, 2),
    "b/silent": tuned(BASE, 3),
    "b/child": tuned(tuned(BASE, 1), 4, by=0.02),
    "c/lonely": start(9),
}
DECLARED = {"b/true": "a/base", "b/false": "a/base", "b/bare": "a/base"}


@pytest.fixture(scope="module")
def signatures():
    return {name: signature(weights(tensors, name)) for name, tensors in MADE.items()}


def test_a_signature_survives_keeping(signatures):
    for kept in signatures.values():
        read = Signature.from_bytes(kept.to_bytes())
        assert kinship(read, kept).related
        assert (read.layers, read.task_head, read.created) == (3, kept.task_head, None)
        assert len(kept.to_bytes()) < 20_000


@settings(max_examples=20)
@given(st.integers(3, 60), st.floats(0, 1))
def test_relatives_are_known_and_strangers_are_not(seed, by):
    base = signature(weights(start(seed)))
    assert kinship(signature(weights(tuned(start(seed), 1, by=by))), base).related
    assert not kinship(signature(weights(start(seed + 100))), base).related


def test_the_nearest_come_first(signatures):
    near = [name for name, _ in Neighbours(signatures).near("b/child")]
    assert near[0] == "b/true"
    assert set(near) == {"b/true", "a/base", "b/silent"}


def test_nothing_is_said_of_weights_that_cannot_be_read():
    assert signature(weights({"x": BASE["cls.predictions.transform.dense.weight"]})) is None


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("served")
    for name, tensors in MADE.items():
        folder = root / name.replace("/", "-")
        folder.mkdir()
        save_file(tensors, folder / "model.safetensors")
    (root / "b-bare").mkdir()
    return {name: root / name.replace("/", "-") for name in (*MADE, "b/bare")}


@pytest.fixture
def hub(folders, monkeypatch):
    models = [served(n, name, b"# It", folder=f) for n, (name, f) in enumerate(folders.items(), 1)]
    with FakeHub(models) as server:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
        yield server


@pytest.fixture
def source(tmp_path, hub):
    rows = [
        model(m.id, sha=m.record["sha"], base_models=[DECLARED[m.id]] if m.id in DECLARED else [])
        for m in hub.models
    ]
    return snapshot(tmp_path / "snapshot", rows)


def built(source, folder, *more):
    arguments = ["lineage", "build", str(source.folder), "--out", str(folder), "--weights", *more]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "300"}, input="n\n")


@pytest.fixture(autouse=True)
def no_known_bases(monkeypatch, tmp_path):
    monkeypatch.setattr("weaklink.lineage.families.Family.ids", lambda _: [])
    monkeypatch.setattr("weaklink.lineage.weights.signature_reader.cache_folder", lambda: tmp_path)


def test_edges_are_confirmed_refuted_and_found(source, tmp_path, hub):
    run = built(source, tmp_path / "edges", "--yes")
    assert "1 edges confirmed, 1 refuted, 3 found, 1 cannot be told" in run.output, run.output
    assert "80 requests" in run.output
    table = EdgeTable.open(tmp_path / "edges")
    edges = table.frame.select("downstream", "upstream", "tier", "method").collect().rows()
    assert ("b/true", "a/base", "weights", "confirmed") in edges
    assert ("b/true", "a/base", "declared", "base_model") in edges
    found = {(down, up) for down, up, _, method in edges if method == "found"}
    assert found == {("b/false", "a/other"), ("b/silent", "a/base"), ("b/child", "b/true")}
    assert not any(e[:2] == ("b/false", "a/base") for e in edges)
    assert table.refuted.select("downstream", "upstream").collect().rows() == [
        ("b/false", "a/base")
    ]
    around = surroundings(table, "b/false")
    assert "declares a/base; 0 of 7 matrices" in around.refuted["b/false"][0]
    assert "weaklink:lineage:refuted" in to_cyclonedx(around)


def test_what_was_read_is_not_read_again(source, tmp_path, hub):
    built(source, tmp_path / "one", "--yes")
    before = sum(hub.requests.values())
    assert "0 requests" in built(source, tmp_path / "two", "--yes").output
    assert sum(hub.requests.values()) == before


def test_nothing_is_read_before_the_price_is_agreed(source, tmp_path, hub):
    run = built(source, tmp_path / "edges")
    assert "8 models, 0 of them known: 80 requests" in run.output
    assert run.exit_code == 1
    assert not hub.requests


def test_a_hub_that_fails_ends_the_reading_and_keeps_what_came(hub, tmp_path, monkeypatch):
    monkeypatch.setattr("weaklink.lineage.weights.signature_reader.PATIENCE", 3)
    file = SignatureFile(tmp_path / "kept.sqlite")
    client = HubClient(retries=0, pace=Pace(sleep=lambda _: None))
    for name in ("a/other", "b/true", "b/false"):
        hub.faults[f"/api/models/{name}/revision/x"] = ["500"]
    listed = [("a/base", None), *((n, "x") for n in ("a/other", "b/true", "b/false"))]
    with pytest.raises(WeaklinkError, match="3 models in a row"):
        SignatureReader(client, file, workers=1).read(listed)
    assert file.get("a/base", "") is not None


def test_an_upstream_that_is_only_a_sibling_is_not_found():
    kin = {n: signature(weights(tuned(BASE, n))) for n in (1, 2)}
    named = {f"x/{n}": s for n, s in kin.items()}
    empty = pl.DataFrame(schema={"downstream": pl.String, "upstream": pl.String,
                                 "relation": pl.String})  # fmt: skip
    assert weigh(empty, named, [*named]).found == 0
