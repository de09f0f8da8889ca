"""Bases that name and configuration give together, and declared bases that are none."""

import json

import pytest

from weaklink.lineage import surroundings
from weaklink.lineage.build import build
from weaklink.lineage.cards.bases import base_id
from weaklink.lineage.cards.inferred import infer_from_name
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.exports import to_cyclonedx, to_cypher, to_graphml, to_mermaid

from .lineage_snapshots import model, snapshot

TYPES = {
    "bert": [
        "me/bert-base-uncased-spam", "me/bert-base-cased-finnish-spam", "me/bert-base-cased-fi",
        "me/moss-roberta-base-spam", "me/bert-base-greek-moss-mail", "me/spam-bert-base-cased",
        "me/my-old-bert-base-cased-spam", "me/bert-base-multilingual-cased-fi", "me/kelp-bert",
        "me/kelp-bert-spam", "me/kelp-bert-2", "me/bert-spam", "me/bert-base-cased-lm",
        "reef/bert-base-greek-moss", "moss/kelp-bert-large", "me/moss-kelp-bert-large-mail",
        "me/ms-marco-MiniLM-L-6-v2", "me/bert-base-cased-told",
    ],
    "roberta": ["moss/roberta-base", "me/moss-roberta-base-ham", "me/bert-base-cased-odd"],
}  # fmt: skip
BARE = {"me/bert-base-cased-lm", "me/kelp-bert", "moss/roberta-base", "reef/bert-base-greek-moss"}


@pytest.fixture(scope="module")
def catalogue():
    types = {name: kind for kind, names in TYPES.items() for name in names}
    classes = {n: "XForMaskedLM" if n in BARE else "XForSequenceClassification" for n in types}
    return Catalogue(types, None, types, classes, {"me/bert-base-cased-told": ["pl"]})


@pytest.mark.parametrize(
    ("downstream", "upstream"),
    [
        ("me/bert-base-uncased-spam", "google-bert/bert-base-uncased"),
        ("me/spam-bert-base-cased", "google-bert/bert-base-cased"),
        ("me/my-old-bert-base-cased-spam", "google-bert/bert-base-cased"),
        ("me/moss-roberta-base-ham", "moss/roberta-base"),  # the organisation before its model
        ("me/bert-base-greek-moss-mail", "reef/bert-base-greek-moss"),  # alone of that name
        ("me/kelp-bert-spam", "me/kelp-bert"),  # the owner's own
        ("me/moss-kelp-bert-large-mail", "moss/kelp-bert-large"),
        ("me/bert-base-multilingual-cased-fi", "google-bert/bert-base-multilingual-cased"),
        ("me/ms-marco-MiniLM-L-6-v2", "nreimers/MiniLM-L6-H384-uncased"),
        ("me/kelp-bert-2", None),  # a further run, not a child
        ("me/bert-base-cased-finnish-spam", None),  # another language
        ("me/bert-base-cased-fi", None),
        ("me/bert-base-cased-told", None),  # another language by its metadata
        ("me/bert-base-cased-odd", None),  # another type than its name says
        ("me/moss-roberta-base-spam", None),
        ("me/bert-base-cased-lm", None),  # no head for a task
        ("me/bert-spam", None),  # neither size nor casing
        ("me/unknown-bert-base-cased", None),
    ],
)
def test_a_name_counts_where_the_configuration_agrees(downstream, upstream, catalogue):
    evidence = infer_from_name(downstream, catalogue)
    assert (evidence.upstream if evidence else None) == upstream
    assert evidence is None or (evidence.tier, evidence.relation) == ("inferred", "finetune")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ann/lion", "ann/lion"),
        ("https://huggingface.co/ann/lion", "ann/lion"),
        ("https://huggingface.co/ann/lion/tree/main", "ann/lion"),
        ("huggingface.co/ann/lion/blob/main/README.md", "ann/lion"),
        (" 'ann/lion' ", "ann/lion"),
        ("ann/lion@abc123", "ann/lion"),
        ("lion", "lion"),
        ("output/checkpoint-500", None),
        ("models/roberta-base", None),
        ("./lion", None),
        ("../ann/lion", None),
        ("/home/ann/lion", None),
        ("~/lion", None),
        ("C:\\lion", None),
        ("ann/lion/best/epoch-3", None),
        ("true", None),
        ("None", None),
        ("https://example.org/ann/lion", None),
        ("https://huggingface.co/datasets/ann/lion", None),
        ("", None),
    ],
)
def test_what_a_base_is_written_as(written, meant):
    assert base_id(written) == meant


WRITTEN = {
    "b/known": "a/base",
    "b/old": "OLD/base",
    "b/famous": "roberta-base",
    "b/address": "https://huggingface.co/a/base/tree/main",
    "b/path": "output/checkpoint-500",
    "b/best": "local/best_model",
    "b/folder": "models/roberta-base",
    "b/word": "true",
    "b/never": "nobody/knows",
    "b/elsewhere": "far/away",
}
TRAINER = "This model is a fine-tuned version of [{0}](https://huggingface.co/{0}) on x."


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("declared")
    models = [model("a/base"), model("old/base", renamed_to="a/base", status="renamed")]
    models += [model(name, base_models=[base]) for name, base in WRITTEN.items()]
    models.append(model("b/both", base_models=["a/base", "./x"]))
    cards = {"b/best": TRAINER.format("local/best_model"), "b/never": "Fine-tuned from a/base."}
    lookup = {"far/away": "near/by"}.get
    return build(snapshot(folder / "s", models, cards), folder / "e", lookup=lookup)


def test_a_declared_base_is_an_id_that_exists(table):
    edges = table.frame.select("downstream", "upstream", "tier").collect().rows()
    assert {(down, up) for down, up, tier in edges if tier == "declared"} == {
        ("b/known", "a/base"),
        ("b/old", "a/base"),
        ("b/famous", "FacebookAI/roberta-base"),
        ("b/address", "a/base"),
        ("b/elsewhere", "near/by"),
        ("b/both", "a/base"),
    }
    assert {(down, up) for down, up, tier in edges if tier != "declared"} == {("b/never", "a/base")}


def test_other_bases_are_kept_with_the_reason(table):
    found = {down: (written, reason) for down, written, reason in table.unresolved.collect().rows()}
    assert found == {
        "b/path": ("output/checkpoint-500", "no id of a model"),
        "b/best": ("local/best_model", "no model that is known"),
        "b/folder": ("models/roberta-base", "no id of a model"),
        "b/word": ("true", "no id of a model"),
        "b/never": ("nobody/knows", "no model that is known"),
        "b/both": ("./x", "no id of a model"),
    }
    assert table.manifest.unresolved == len(found)


def test_unresolved_bases_are_shown_and_exported(table):
    around = surroundings(table, "b/both")
    assert around.unresolved == {"b/both": ["./x"]}
    subject = json.loads(to_cyclonedx(around))["metadata"]["component"]
    assert {"name": "weaklink:lineage:unresolved", "value": "./x"} in subject["properties"]
    assert 'key="unresolved">./x<' in to_graphml(around)
    assert "SET m.unresolved = ['./x']" in to_cypher(around)
    assert "no known model" in to_mermaid(around)
    alone = surroundings(table, "b/word")
    assert (alone.unresolved, len(alone.edges)) == ({"b/word": ["true"]}, 0)
    assert "SET m.unresolved = ['true']" in to_cypher(alone)
