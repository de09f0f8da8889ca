"""Selection from a planted lineage, against a funnel worked out by hand."""

from itertools import pairwise

import polars as pl
import pytest

from weaklink.campaigns.design import make_design, still_measured
from weaklink.campaigns.selection import select
from weaklink.campaigns.specification import Criteria, Specification
from weaklink.hub import MODELS
from weaklink.lineage import EDGES

CLASSIFIER = "BertForSequenceClassification"


def model(name, downloads=100, *, head=True, data=("sst2",), **rest):
    blank = dict.fromkeys(MODELS) | {name: [] for name in ("tags", "base_models", "languages")}
    return blank | {
        "id": name,
        "pipeline": "text-classification" if head else "fill-mask",
        "architecture": CLASSIFIER if head else "BertForMaskedLM",
        "downloads": downloads,
        "downloads_all_time": None if downloads is None else downloads * 10,
        "datasets": list(data),
        "status": "ok",
        **rest,
    }


def edge(upstream, downstream, relation="finetune", confidence=1.0):
    return dict.fromkeys(EDGES) | {
        "upstream": upstream, "downstream": downstream, "relation": relation,
        "evidence_kind": "base_model", "tier": "declared", "method": "base_model",
        "confidence": confidence, "quote": f"base_model: {upstream}", "in_snapshot": True,
    }  # fmt: skip


MODELS_PLANTED = [
    model("bare", 9000, head=False, data=()),
    model("up", 40),
    model("good", 31),
    model("rare", 29),
    model("silent", 500, data=()),
    model("uncounted", None),
    model("alone", 800),
    model("gone", 50, status="deleted"),
    model("heir", 60),
    model("popular", 5000),
    model("other-task", 70, head=False),
    model("quantized", 70),
]
EDGES_PLANTED = [
    edge("bare", "up"),
    edge("up", "good"),  # kept: both declare their data, 40 and 31 downloads
    edge("up", "rare"),  # 29 downloads
    edge("up", "silent"),  # declares no data
    edge("up", "uncounted"),  # unknown downloads
    edge("bare", "alone"),  # one measurable model only
    edge("gone", "heir"),  # the upstream is not on the Hub any more
    edge("elsewhere", "popular"),  # the upstream is not in the snapshot
    edge("up", "other-task"),  # ends in no model of the task: no chain
    edge("up", "quantized", relation="quantized"),  # no fine-tuning: no chain
]


@pytest.fixture
def planted(tmp_path):
    def select_by(models=MODELS_PLANTED, edges=EDGES_PLANTED, **criteria):
        return select(
            pl.DataFrame(models, schema=MODELS).lazy(),
            pl.DataFrame(edges, schema=EDGES).lazy(),
            Criteria(snapshot=tmp_path, lineage=tmp_path, **criteria),
        )

    return select_by


def reasons(step):
    return {excluded.models: excluded.reason for excluded in step.excluded}


def test_every_chain_is_kept_or_excluded_with_its_reason(planted):
    selection = planted()
    assert [(chain.models, chain.measured) for chain in selection.chains] == [
        (("bare", "up", "good"), ("up", "good"))
    ]
    _, bare, short, undeclared, unpopular, _ = selection.funnel
    counts = [(step.kept, step.dropped) for step in selection.funnel]
    assert counts == [(7, 0), (7, 0), (4, 3), (3, 1), (1, 2), (1, 0)]
    assert "1 bare encoders end the measurable part of 5 chains" in bare.criterion
    assert reasons(short) == {
        ("bare", "alone"): "bare is a bare encoder (BertForMaskedLM)",
        ("gone", "heir"): "gone is not on the Hub any more (deleted)",
        ("elsewhere", "popular"): "elsewhere is not in the snapshot",
    }
    assert reasons(undeclared) == {("bare", "up", "silent"): "silent declares no training data"}
    assert reasons(unpopular) == {
        ("bare", "up", "rare"): "rare has 29 downloads in 30 days",
        ("bare", "up", "uncounted"): "uncounted has an unknown number of downloads in 30 days",
    }


def test_the_funnel_loses_no_chain(planted):
    steps = planted().funnel
    for before, after in pairwise(steps):
        assert before.kept == after.kept + after.dropped
        assert len(after.excluded) == after.dropped


def test_the_most_downloaded_and_the_most_reused_model_are_measured_too(planted):
    assert planted().singles == ("popular", "up")
    assert planted(most_downloaded=False).singles == ("up",)
    assert planted(most_reused=False, most_downloaded=False).singles == ()


def test_criteria_can_be_left_out(planted):
    found = planted(declared_data=False, min_downloads=0)
    assert {chain.measured[-1] for chain in found.chains} == {"good", "rare", "silent", "uncounted"}


def test_the_most_downloaded_chains_come_first_where_few_are_wanted(planted):
    found = planted(declared_data=False, min_downloads=0, most_chains=2)
    assert [chain.measured[-1] for chain in found.chains] == ["silent", "good"]
    assert found.funnel[-1].dropped == 2


def test_two_roots_of_the_same_measurable_part_make_one_chain(planted):
    edges = [edge("bare", "up", "merge"), *EDGES_PLANTED[1:2], edge("bare", "up"), edge("b2", "up")]
    models = [*MODELS_PLANTED, model("b2", head=False)]
    found = planted(models, edges)
    assert len(found.chains) == 1
    assert reasons(found.funnel[-1])[("bare", "up", "good")].startswith("another chain")


def test_a_design_has_the_evidence_of_each_link_and_every_model_once(tmp_path):
    from datetime import UTC, datetime

    from weaklink.hub import CARDS, write_snapshot
    from weaklink.lineage.graph.edges import EdgesManifest, write_edges

    when = datetime(2026, 1, 1, tzinfo=UTC)
    models = pl.DataFrame(sorted(MODELS_PLANTED, key=lambda m: m["id"]), schema=MODELS)
    write_snapshot(
        tmp_path / "snapshot", [models], [pl.DataFrame(schema=CARDS)],
        source="test", query={}, started=when, finished=when,
    )  # fmt: skip
    edges = pl.DataFrame(EDGES_PLANTED, schema=EDGES).sort("downstream")
    manifest = EdgesManifest(snapshot={}, snapshot_folder="snapshot", edges=10, tiers={}, kinds={})
    write_edges(tmp_path / "edges", edges, manifest)
    spec = Specification(
        name="planted", data=("sst2",), models=("mine",), chains=({"models": ("up", "mine")},),
        selection=Criteria(snapshot=tmp_path / "snapshot", lineage=tmp_path / "edges"),
    )  # fmt: skip
    design = make_design(spec)
    assert design.models == ("up", "mine", "good", "popular")
    stated, selected = design.chains
    assert [link.method for link in stated.links] == ["specification"]
    assert [(link.upstream, link.quote) for link in selected.links] == [
        ("bare", "base_model: bare"), ("up", "base_model: up"),
    ]  # fmt: skip
    assert selected.measured == ("up", "good")
    assert design.facts["good"]["downloads_all_time"] == 310


def test_a_model_that_cannot_be_loaded_cuts_a_chain():
    assert still_measured("abcd", set("abcd")) == tuple("abcd")
    assert still_measured("abcd", set("abd")) == ("a", "b")
    assert still_measured("abcd", set("acd")) == ("c", "d")
    assert still_measured("ab", set()) == ()
