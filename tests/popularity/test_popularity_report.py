"""The page of popularity and reuse and the comparison of two snapshots."""

from __future__ import annotations

import base64
import hashlib
import html
import re

import pytest

from weaklink.popularity.compare import compare
from weaklink.popularity.measure import measure
from weaklink.report.popularity import popularity_page

from .snapshots import edge_table, edges, snapshot

SCRIPT = "<script>alert(1)</script>"
STYLE = "</style><style>*{display:none}"
BIDI, ZERO_WIDTH = "a\u202egnp.exe", "bert\u200b-base"


@pytest.fixture
def page(tmp_path):
    models = [
        {"id": "base", "pipeline": "fill-mask", "licence": SCRIPT},
        {"id": "mid", "downloads": 12, "licence": STYLE},
        {"id": "low", "datasets": [ZERO_WIDTH]},
    ]
    source = snapshot(tmp_path / "s", models)
    found = edges(
        ("mid", "base"), ("low", "mid"), ("low", SCRIPT), ("low", STYLE), ("mid", BIDI),
        ("mid", ZERO_WIDTH),
    )  # fmt: skip
    return popularity_page(measure(source, edge_table(tmp_path / "lineage", source, found)))


def test_the_page_shows_figures_definitions_and_the_papers_values(page):
    for text in ("38.63 %", "45,688", "29,148", "29,153", "45,588", "Lorenz", "root-to-leaf paths"):
        assert text in page
    assert page.count("<svg") == 4
    assert page.count('role="img" aria-label="Chart. ') == 4


def test_hostile_names_are_escaped_and_visible(page):
    for hostile in (SCRIPT, STYLE, BIDI, ZERO_WIDTH, "\u202e", "\u200b"):
        assert hostile not in page
    for shown in ("&lt;script&gt;", "&lt;/style&gt;", r"a\u202egnp.exe", r"bert\u200b-base"):
        assert shown in page
    assert (page.count("<script"), page.count("<style")) == (1, 1)


def test_a_hostile_task_and_source_are_escaped_and_visible(tmp_path):
    measured = measure(snapshot(tmp_path / "s", [{"id": "a"}]), None)
    hostile = {"task": BIDI + SCRIPT, "source": ZERO_WIDTH + STYLE}
    page = popularity_page(measured.model_copy(update=hostile))
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert (page.count("<script"), page.count("<style")) == (1, 1)


def test_only_the_pages_own_style_and_script_count(page):
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    policy = html.unescape(policy)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy
    for tag in ("style", "script"):
        ((_, text),) = re.findall(rf"<{tag}( [^>]*)?>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_nothing_is_styled_inline_or_fetched(page):
    body = page.partition("<body>")[2]
    assert re.findall(r"<[^>]* (?:style|on\w+)=", body) == []
    assert re.findall(r"src=", page) == []
    led = re.findall(r"<(\w+)[^>]* href=\"([^\"#][^\"]*)\"", page)
    assert led
    assert all(tag == "a" and to.startswith("https://huggingface.co/") for tag, to in led)


def test_every_table_can_be_sorted(page):
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert len(tables) == 6
    for table in tables:
        assert "<thead>" in table
        assert re.findall(r'<td class="figure">', table) == []
    assert 'data-value="45688' in page


def test_without_a_lineage_the_page_says_so(tmp_path):
    page = popularity_page(measure(snapshot(tmp_path / "s", [{"id": "a"}]), None))
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
