"""The RQ1 report and the comparison of two snapshots."""

from __future__ import annotations

import re

import pytest

from weaklink.popularity.compare import compare
from weaklink.popularity.measure import measure
from weaklink.report.rq1 import rq1_page

from .rq1_snapshots import edge_table, edges, snapshot

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def page(tmp_path):
    models = [
        {"id": "base", "pipeline": "fill-mask", "licence": HOSTILE},
        {"id": "mid", "downloads": 12, "licence": "mit"},
        {"id": "low", "datasets": [HOSTILE]},
    ]
    source = snapshot(tmp_path / "s", models)
    found = edges(("mid", "base"), ("low", "mid"), ("low", HOSTILE))
    return rq1_page(measure(source, edge_table(tmp_path / "lineage", source, found)))


def test_the_page_shows_figures_definitions_and_the_papers_values(page):
    for text in ("38.63 %", "45,688", "29,148", "29,153", "45,588", "Lorenz", "root-to-leaf paths"):
        assert text in page
    assert page.count("<svg") == 4


def test_the_page_is_self_contained_and_escapes_what_the_hub_said(page):
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    outside = re.findall(r"(?:src|href)=\"([^\"#][^\"]*)\"", page)
    assert outside == []


def test_without_a_lineage_the_page_says_so(tmp_path):
    page = rq1_page(measure(snapshot(tmp_path / "s", [{"id": "a"}]), None))
    assert "weaklink lineage build" in page
    assert "Most reused" not in page


def test_renamed_models_are_the_same_model(tmp_path):
    old = snapshot(
        tmp_path / "old",
        [
            {"id": "bert-base-uncased", "downloads": 10, "sha": "1"},
            {"id": "ann/kept", "downloads": 5, "sha": "1", "licence": "mit"},
            {"id": "ann/told", "downloads": 3},
            {"id": "ann/gone", "downloads": 2},
            {"id": "ann/other-task", "pipeline": "fill-mask"},
        ],
    )
    new = snapshot(
        tmp_path / "new",
        [
            {"id": "google-bert/bert-base-uncased", "downloads": 30, "sha": "2"},
            {"id": "ann/kept", "downloads": 1, "sha": "1", "licence": "gpl"},
            {"id": "ann/told", "status": "renamed", "renamed_to": "bob/told"},
            {"id": "bob/told", "downloads": 3},
            {"id": "ann/gone", "status": "deleted"},
            {"id": "ann/new"},
        ],
    )
    found = compare(old, new)
    assert {(pair.old, pair.new) for pair in found.renamed} == {
        ("bert-base-uncased", "google-bert/bert-base-uncased"), ("ann/told", "bob/told"),
    }  # fmt: skip
    assert (found.kept, found.added, found.gone) == (3, ("ann/new",), ("ann/gone",))
    assert (found.changed["sha"], found.changed["licence"], found.changed["base_models"]) == (
        1,
        1,
        0,
    )
    assert [(move.id, move.old, move.new) for move in found.risen] == [
        ("google-bert/bert-base-uncased", 10, 30)
    ]
    assert [(move.id, move.old, move.new) for move in found.fallen] == [("ann/kept", 5, 1)]
    assert (found.old.models, found.new.models) == (4, 4)
