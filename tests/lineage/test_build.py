"""From a snapshot to edges, and what surrounds a model; all exports."""

import json
from io import StringIO
from xml.etree.ElementTree import fromstring

import polars as pl
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from weaklink.errors import WeaklinkError
from weaklink.lineage import EdgeTable, Surroundings, exposure, surroundings
from weaklink.lineage.build import build
from weaklink.lineage.catalogue import ID
from weaklink.lineage.exports import to_cyclonedx, to_cypher, to_graphml, to_mermaid, to_tree
from weaklink.lineage.graph.edges import EDGES

from .lineage_snapshots import model, snapshot

TRAINER = "This model is a fine-tuned version of [{0}](https://huggingface.co/{0}) on x."


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lineage")
    models = [
        model("roberta-base", downloads=1_000, model_type="roberta"),
        model("old/name", renamed_to="new/name"),
        model("new/name", downloads=7, base_models=["FacebookAI/roberta-base"]),
        model("a/tuned", downloads=5, downloads_all_time=50, base_models=["OLD/name"]),
        model("a/lora", base_models=["a/tuned"], tags=["base_model:adapter:a/tuned"]),
        model("a/merged", base_models=["a/tuned", "a/lora", "./path", "a b", "a/merged"]),
        model("b/told", downloads=3),
        model("b/configured", name_or_path="a/tuned"),
        model("b/pathed", name_or_path="output/checkpoint-1"),
        model("c/roberta-base-spam"),
        model("c/copier"),
    ]
    quantized = "An int8 quantized version of a/tuned-bert.\n\nUse b/told-bert for the rest."
    cards = {
        "b/told": TRAINER.format("a/tuned"),
        "c/copier": "We fine-tuned roberta-base.",
        "b/configured": "We fine-tuned roberta-base.",
        "a/lora": quantized,
    }
    source = snapshot(folder / "snapshot", models, cards)
    return source, build(source, folder / "edges")


def pairs(table, tier):
    found = table.frame.filter(pl.col("tier") == tier).select("downstream", "upstream", "relation")
    return set(found.collect().rows())


def test_declared_edges_follow_aliases_and_tags(made):
    assert pairs(made[1], "declared") == {
        ("new/name", "roberta-base", "finetune"),
        ("a/tuned", "new/name", "finetune"),
        ("a/lora", "a/tuned", "adapter"),
        ("a/merged", "a/tuned", "merge"),
        ("a/merged", "a/lora", "merge"),
    }


def test_text_edges_with_the_copied_card_of_another_owner_left_out(made):
    assert pairs(made[1], "text") == {
        ("b/told", "a/tuned", "finetune"),
        ("b/configured", "roberta-base", "finetune"),
        ("a/lora", "a/tuned-bert", "quantized"),
    }


def test_names_are_a_tier_of_their_own(made):
    assert pairs(made[1], "name") == {("c/roberta-base-spam", "roberta-base", "finetune")}


def test_edges_have_revisions_and_know_the_snapshot(made):
    source, table = made
    shas = dict(source.models.select("id", "sha").collect().rows())
    edges = table.frame.collect()
    assert edges.schema == EDGES
    for edge in edges.iter_rows(named=True):
        assert edge["downstream_sha"] == shas[edge["downstream"]]
        assert edge["upstream_sha"] == shas.get(edge["upstream"])
        assert edge["in_snapshot"] == (edge["upstream"] in shas)
    assert table.manifest.edges == len(edges) == sum(table.manifest.kinds.values())


def test_configuration_counts_where_the_text_says_nothing(tmp_path):
    models = [model("a/base"), model("b/x", name_or_path="a/base"), model("b/y", name_or_path="/a")]
    table = build(snapshot(tmp_path / "s", models), tmp_path / "e")
    assert table.frame.collect().select("downstream", "upstream", "evidence_kind").rows() == [
        ("b/x", "a/base", "config")
    ]


def test_workers_find_the_same_edges(made, tmp_path):
    source, table = made
    again = build(source, tmp_path / "edges", workers=2)
    assert again.frame.collect().equals(table.frame.collect())


def test_an_existing_folder_is_left_alone(made):
    with pytest.raises(WeaklinkError, match="exists"):
        build(made[0], made[1].folder)
    with pytest.raises(WeaklinkError, match="has no edges"):
        EdgeTable.open(made[0].folder / "nothing")


def test_surroundings(made):
    around = surroundings(made[1], "a/tuned")
    assert dict(around.models.rows()) == {
        "roberta-base": -2, "new/name": -1, "a/tuned": 0, "a/lora": 1, "a/merged": 1, "b/told": 1,
    }  # fmt: skip
    assert around.descendants["id"].to_list() == ["a/lora", "a/merged", "b/told"]
    assert len(around.edges) == 6


def test_surroundings_under_another_id_or_of_nobody(made):
    assert surroundings(made[1], "FacebookAI/roberta-base").model == "roberta-base"
    with pytest.raises(WeaklinkError, match="No edge touches no/body"):
        surroundings(made[1], "no/body")


def test_surroundings_of_a_cycle_end(tmp_path):
    models = [model("a/a", base_models=["b/b"]), model("b/b", base_models=["a/a"])]
    around = surroundings(build(snapshot(tmp_path / "s", models), tmp_path / "e"), "a/a")
    Console(quiet=True).print(to_tree(around))
    assert json.loads(to_cyclonedx(around))
    assert len(around.edges) == 2


def test_exposure(made):
    source, table = made
    found = exposure(surroundings(table, "roberta-base"), source.models)
    assert found.select("id", "depth", "downloads").head(3).rows() == [
        ("new/name", 1, 7), ("a/tuned", 2, 5), ("b/told", 3, 3),
    ]  # fmt: skip
    assert found["id"].n_unique() == len(found) == 6


def test_tree_shows_evidence(made):
    console = Console(width=200, record=True, file=StringIO())
    console.print(to_tree(surroundings(made[1], "b/told")))
    text = console.export_text()
    assert "a/tuned  finetune  [text, trainer/link, 0.99]  “This model is a fine-tuned" in text
    assert text.index("a/tuned") < text.index("new/name") < text.index("roberta-base")


def test_mermaid(made):
    lines = to_mermaid(surroundings(made[1], "b/told")).splitlines()
    assert lines[0] == "flowchart LR"
    assert '    m1["b/told"]' in lines
    assert "    m0 -.->|finetune| m1" in lines


def test_graphml(made):
    graph = fromstring(to_graphml(surroundings(made[1], "b/told")))  # noqa: S314 - our own
    space = "{http://graphml.graphdrawing.org/xmlns}"
    ends = {(e.get("source"), e.get("target")) for e in graph.iter(f"{space}edge")}
    assert ends == {("roberta-base", "new/name"), ("new/name", "a/tuned"), ("a/tuned", "b/told")}


def test_cyclonedx_is_valid_and_holds_the_ancestry(made):
    text = to_cyclonedx(surroundings(made[1], "a/merged"))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    subject = json.loads(text)["metadata"]["component"]
    assert subject["purl"].startswith("pkg:huggingface/a/merged@")
    lora, tuned = subject["pedigree"]["ancestors"]
    assert (lora["name"], tuned["name"]) == ("lora", "tuned")
    above = lora["pedigree"]["ancestors"][0]
    assert above["pedigree"]["ancestors"][0]["pedigree"]["ancestors"][0]["name"] == "roberta-base"
    assert "pedigree" not in tuned, "an ancestor's own ancestry is given once"
    assert text == to_cyclonedx(surroundings(made[1], "a/merged"))


HOSTILE = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["'; MATCH (n) DELETE n; //", "</edge>", '"]; click m0 "javascript:x"', "[bold]x[/bold]", "\\'"]
)


@settings(deadline=None)
@given(st.from_regex(ID, fullmatch=True).map(lambda name: name.rpartition("/")[2]), HOSTILE)
def test_exports_escape_whatever_they_are_given(name, quote):
    edge = dict.fromkeys(EDGES, "x") | {
        "downstream": f"a/{name}", "upstream": "b/c", "relation": "finetune", "tier": "text",
        "confidence": 0.9, "quote": quote, "in_snapshot": True,
    }  # fmt: skip
    edges = pl.DataFrame([edge], schema=EDGES)
    models = pl.DataFrame({"id": [f"a/{name}", "b/c"], "depth": [0, -1]})
    around = Surroundings(f"a/{name}", edges, models)
    console = Console(width=500, record=True, file=StringIO())
    console.print(to_tree(around))
    assert "[text, x, 0.90]" in console.export_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(to_cyclonedx(around)) is None
    assert all(line.count('"') == 2 for line in to_mermaid(around).splitlines()[1:3])
    assert fromstring(to_graphml(around)) is not None  # noqa: S314 - our own
    unescaped = to_cypher(around).replace("\\\\", "").replace("\\'", "")
    assert len(unescaped.splitlines()) == 3
    assert unescaped.splitlines()[2].count("'") == 12
