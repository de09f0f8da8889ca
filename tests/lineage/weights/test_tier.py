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
from weaklink.lineage.build import Weighed, build
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.exports import to_cyclonedx, to_cypher, to_graphml, to_mermaid
from weaklink.lineage.graph.edges import REFUTED, stated, stated_frame
from weaklink.lineage.weights.claim import CheckedClaim
from weaklink.lineage.weights.snapshot.claim_reader import ClaimReader
from weaklink.lineage.weights.snapshot.index import Neighbours, kinship
from weaklink.lineage.weights.snapshot.kept import SignatureFile
from weaklink.lineage.weights.snapshot.signature_reader import SignatureReader
from weaklink.lineage.weights.snapshot.signatures import Signature, signature
from weaklink.lineage.weights.snapshot.tier import weigh

from .synthetic_weights import decoder, fused, renamed, start, tuned, turned, weights

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
    monkeypatch.setattr("weaklink.lineage.weights.snapshot.kept.cache_folder", lambda: tmp_path)


def test_edges_are_confirmed_refuted_and_found(source, tmp_path, hub):
    run = built(source, tmp_path / "edges", "--yes")
    assert "1 edges confirmed, 1 refuted, 3 found, 1 cannot be told" in run.output, run.output
    assert "81 requests" in run.output
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
    assert "declares a/base; distilled or trained anew" in around.refuted["b/false"][0]
    assert "0 of 6 matrices have a common start" in around.refuted["b/false"][0]
    assert "weaklink:lineage:refuted" in to_cyclonedx(around)


def test_a_model_whose_one_upstream_is_refuted_is_shown(tmp_path):
    source = snapshot(tmp_path / "snapshot", [model("x/a", base_models=["x/b"]), model("x/b")])
    refuted = pl.DataFrame([("x/a", "x/b", "declared", "", "declares x/b; it is not")],
                           schema=REFUTED, orient="row")  # fmt: skip
    no_edges = Weighed(stated_frame([]), refuted, {})
    around = surroundings(build(source, tmp_path / "edges", weigher=lambda _: no_edges), "x/a")
    assert (around.model, len(around.edges)) == ("x/a", 0)
    assert "weaklink:lineage:refuted" in to_cyclonedx(around)
    assert 'key="refuted">declares x/b; it is not<' in to_graphml(around)
    assert "SET m.refuted = ['declares x/b; it is not']" in to_cypher(around)
    assert "refuted by weights" in to_mermaid(around)


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
    monkeypatch.setattr("weaklink.lineage.weights.snapshot.pool.PATIENCE", 3)
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
    assert weigh(stated_frame([]), named, [*named], lambda _: {}).found == 0


LAID = {
    "turned": turned,
    "fused": fused,
    "both": lambda tensors: turned(fused(tensors)),
    "renamed": renamed,
}
TABLE = "model.embed_tokens.weight"


def links(names):
    rows = [
        stated(name, Evidence("a/base", "finetune", "base_model", "x", 1.0, "")) for name in names
    ]
    return stated_frame(rows)


def in_layouts(seed):
    """Return what is tuned from a decoder and laid out otherwise, with a vocabulary of its own."""
    own = {TABLE: decoder(seed + 50)[TABLE]}
    return {f"x/{name}": tuned(lay(decoder(seed)), 1) | own for name, lay in LAID.items()}


def served_models(folder, made):
    listed = []
    for n, (name, tensors) in enumerate(made.items(), 1):
        (folder / str(n)).mkdir(parents=True)
        save_file(tensors, folder / str(n) / "model.safetensors")
        listed.append(served(n, name, b"# It", folder=folder / str(n)))
    return FakeHub(listed)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_base_in_another_layout_is_never_refuted_and_a_stranger_is(seed, tmp_path, monkeypatch):
    made = {"a/base": decoder(1)} | in_layouts(seed)
    known = {name: signature(weights(tensors, name)) for name, tensors in made.items()}
    with served_models(tmp_path, made) as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
        client = HubClient(retries=0, pace=Pace(sleep=lambda _: None))
        kept = SignatureFile(tmp_path / "kept.sqlite")
        reader = ClaimReader(client, kept, {})
        found = weigh(links([*made][1:]), known, [], reader.read)
        gone = {**known, "x/gone": signature(weights(decoder(8), "x/gone"))}
        assert weigh(links(["x/gone"]), gone, [], reader.read).silent == 1
        before = sum(hub.requests.values())
        again = weigh(links([*made][1:]), known, [], ClaimReader(client, kept, {}).read)
    expected = (len(LAID), 0) if seed == 1 else (0, len(LAID))
    assert (found.confirmed, len(found.refuted)) == expected
    assert (again.confirmed, len(again.refuted)) == expected
    assert sum(hub.requests.values()) == before  # answers are kept
    related = sum(kinship(known[name], known["a/base"]).related for name in [*made][1:])
    assert related < len(LAID)  # signatures alone confirm fewer


def test_what_weights_cannot_tell_stays_an_edge_and_is_counted():
    known = {"x/a": signature(weights(start(3))), "a/base": signature(weights(start(4)))}
    for said in (CheckedClaim("cannot tell", "?"), None):
        answers = {("x/a", "a/base", "finetune"): said} if said else {}
        found = weigh(links(["x/a"]), known, ["x/a"], lambda _, answers=answers: answers)
        assert (found.confirmed, len(found.refuted), found.found, found.silent) == (0, 0, 0, 1)


def test_a_claim_that_is_none_is_told(tmp_path):
    kept = SignatureFile(tmp_path / "kept.sqlite")
    kept.put_claim("a", "b", "finetune", CheckedClaim("perhaps", "?"))
    with pytest.raises(WeaklinkError, match="cannot be used: perhaps"):
        kept.claim("a", "b", "finetune")
