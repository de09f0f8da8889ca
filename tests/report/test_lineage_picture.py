"""The picture of a lineage: where models stand, what a page says, and that names do nothing."""

import base64
import gzip
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.examples import a_campaign, a_study
from tests.popularity.snapshots import edge_table, edges, snapshot
from weaklink.cli.commands.lineage.lineage import lineage_app
from weaklink.lineage.graph.surroundings import surroundings
from weaklink.measures import Estimate
from weaklink.popularity.measure import measure
from weaklink.report.lineage import drawing
from weaklink.report.lineage.drawing import drawn
from weaklink.report.lineage.known import KnownEdge, KnownLineage, KnownModel
from weaklink.report.lineage.layout import CROWDED, layered
from weaklink.report.lineage.of_hub import lineage_around, lineage_of_popular
from weaklink.report.lineage.of_study import on_the_hub
from weaklink.report.lineage.page import lineage_page
from weaklink.report.popularity import popularity_page

from .parsed_page import Page

HOSTILE = "</svg><script>alert(1)</script>\u202e"
ENDS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30, unique=True)


@settings(deadline=None, max_examples=40)
@given(ENDS)
def test_downstreams_stand_right_and_no_two_models_in_one_place(ends):
    downwards = [(min(pair), max(pair)) for pair in ends if pair[0] != pair[1]]
    found = layered(12, downwards)
    assert all(found.x[up] < found.x[down] for up, down in downwards)
    places = set(zip(found.x.tolist(), np.round(found.y).tolist(), strict=True))
    assert len(places) == 12
    assert found.x.max() < found.width
    assert found.y.max() < found.height
    assert min(found.x.min(), found.y.min()) > 0


@settings(deadline=None, max_examples=40)
@given(ENDS)
def test_cycles_are_placed_too(ends):
    found = layered(12, ends)
    assert np.isfinite([found.x, found.y]).all()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=14))
def test_a_tree_is_drawn_without_crossings(choices):
    parents = [choice % number for number, choice in enumerate(choices, start=1)]
    ends = [(parent, child) for child, parent in enumerate(parents, start=1)]
    found = layered(len(parents) + 1, ends)
    for a, b in ends:
        for c, d in ends:
            if found.x[a] == found.x[c] and found.y[a] < found.y[c]:
                assert found.y[b] < found.y[d]


def test_a_root_of_a_late_downstream_stands_right_before_it():
    found = layered(5, [(0, 1), (1, 2), (2, 3), (4, 3)])
    assert found.x[4] == found.x[2]


def test_a_crowded_generation_is_folded():
    found = layered(1001, [(0, child) for child in range(1, 1001)])
    assert found.crowded.tolist() == [False] + 1000 * [True]
    assert found.height < 1.5 * found.width
    few = layered(CROWDED + 1, [(0, child) for child in range(1, CROWDED + 1)])
    assert not few.crowded.any()


def a_lineage(name="me/down"):
    rate = Estimate(value=0.5, low=0.2, high=0.8, n=10)
    models = [
        KnownModel("google/up", "https://huggingface.co/google/up", 1000, rate),
        KnownModel(name),
    ]
    edge = KnownEdge(
        "google/up", name, "finetune", "text", "tuned_from/link", f"from {name}",
        Estimate(value=0.1, low=0.02, high=0.3, n=10), "less robust",
    )  # fmt: skip
    return KnownLineage(models, [edge], "One edge.", "google/up")


def test_words_sizes_and_shades():
    up, down = drawn(a_lineage()).dots
    assert up.said == "google/up; 1,000 downloads; asr_all 50.0 % [20.0, 80.0]"
    assert down.said == "me/down; not measured"
    assert up.radius > down.radius
    assert (up.shade, down.shade, up.label) == (2, None, "up")
    (line,) = drawn(a_lineage()).deltas
    assert (line.kind, line.delta) == ("lost", "+10.0")
    assert line.said.endswith("downstream less robust, delta +10.0 [+2.0, +30.0] points")


def test_hostile_names_do_nothing():
    plain, hostile = lineage_page("me/down", a_lineage()), lineage_page(HOSTILE, a_lineage(HOSTILE))
    assert Page(plain).shape == Page(hostile).shape
    assert "\u202e" not in hostile
    assert HOSTILE[:14] not in hostile


def test_a_page_leads_to_the_hub_and_loads_nothing():
    elements = Page(lineage_page("me/down", a_lineage())).elements
    assert [found["href"] for tag, found in elements if tag == "a" and found["class"] == "dot"] == [
        "https://huggingface.co/google/up"
    ]
    loading = [found for tag, found in elements if "src" in found or tag in {"link", "img", "use"}]
    assert not loading
    assert not [found for _, found in elements if "style" in found]


def a_hub(folder: Path):
    models = [{"id": "base", "pipeline": "fill-mask", "downloads": 9}]
    models += [{"id": f"m{n}", "downloads": n} for n in range(6)]
    source = snapshot(folder / "s", models)
    pairs = [("m0", "base"), ("m1", "m0"), ("m2", "m0"), ("m3", "base"), ("m4", "m4x")]
    return source, edge_table(folder / "e", source, edges(*pairs))


def test_the_most_popular_come_with_all_their_ancestors(tmp_path):
    source, table = a_hub(tmp_path)
    found = lineage_of_popular(source, table, task="text-classification", most=2)
    assert {model.name: model.downloads for model in found.models} == {
        "m3": 3, "base": 9, "m4": 4, "m4x": None
    }  # fmt: skip
    found = lineage_of_popular(source, table, task="text-classification", most=4)
    assert {(one.upstream, one.downstream) for one in found.edges} == {
        ("base", "m0"), ("m0", "m1"), ("m0", "m2"), ("base", "m3"), ("m4x", "m4")
    }  # fmt: skip


def test_what_does_not_fit_is_left_out_and_said(tmp_path):
    source, table = a_hub(tmp_path)
    found = lineage_around(surroundings(table, "base"), source.models, most=3)
    assert [model.name for model in found.models] == ["base", "m0", "m3"]
    assert "No known model is above base, and 4 below it. 2 are not drawn" in found.about


def test_models_that_came_from_the_hub_are_told_from_folders():
    campaign = a_campaign(victims=(("me/a", "single"), ("me/b", "single")))
    first, second = campaign.victims
    loaded = first.model_copy(update={"details": {"source": "me/a on the Hub"}})
    study = a_study(campaign.model_copy(update={"victims": (loaded, second)}), [])
    assert on_the_hub(study) == {"me/a"}


def data_of(page):
    (data,) = re.findall(r'class="lineage-data">([^<]*)<', page)
    return data, json.loads(gzip.decompress(base64.b64decode(data)))


def a_task(folder, size):
    """Return the page of a task's models, most of them with two upstreams and long quotes."""
    names = [f"owner-of-models-{n}/distilbert-base-uncased-finetuned-data-{n}" for n in range(size)]
    models = [{"id": name, "downloads": size - n} for n, name in enumerate(names)]
    source = snapshot(folder / f"s{size}", models)
    pairs = [(names[n], names[n - by]) for n in range(size) for by in (1, 7) if n % 6 and n >= by]
    told = edges(*pairs).with_columns(quote=pl.lit("A fine-tuned version of " + 900 * "x"))
    table = edge_table(folder / f"e{size}", source, told)
    lineage = lineage_of_popular(source, table, task=None, most=size)
    return lineage, popularity_page(measure(source, table), lineage)


def test_a_page_stays_small_without_its_data_and_the_data_has_the_rest(tmp_path):
    lineage, page = a_task(tmp_path, 480)
    data, found = data_of(page)
    assert len(page) - len(data) < 300 * 1024
    assert page.count('class="dot"') == drawing.DRAWN
    assert len(found["dots"]) == len(lineage.models) - drawing.DRAWN > 100
    assert len(found["edges"]) == len(lineage.edges)
    assert {quote for *_, quote in found["edges"]} == {lineage.edges[0].quote}


def test_the_page_draws_the_most_downloaded_with_their_ancestors(monkeypatch):
    monkeypatch.setattr(drawing, "DRAWN", 4)
    names = ("subject", "few", "root", "most", "middle", "none")
    downloads = (0, 2, 1, 9, 0, None)
    models = [KnownModel(n, downloads=d) for n, d in zip(names, downloads, strict=True)]
    pairs = (("root", "middle"), ("middle", "most"), ("none", "few"), ("subject", "few"))
    links = [KnownEdge(*pair, "finetune", "declared") for pair in pairs]
    found = drawn(KnownLineage(models, links, "Six.", "subject"))
    assert [one.model.name for one in found.dots] == ["subject", "root", "most", "middle"]
    assert [line.path.count("M") for line in found.lines] == [2]
    _, data = data_of(f'class="lineage-data">{found.data}<')
    assert [dot[0] for dot in data["dots"]] == ["few; 2 downloads", "none"]
    assert [edge[:2] for edge in data["edges"]] == [[1, 3], [3, 2], [5, 4], [0, 4]]


def test_the_command_draws_a_lineage(tmp_path):
    source, table = a_hub(tmp_path)
    out = tmp_path / "m0.html"
    options = ("--edges", table.folder, "--snapshot", source.folder, "--html", out)
    shown = CliRunner().invoke(lineage_app, ["show", "m0", *map(str, options)])
    assert shown.exit_code == 0, shown.output
    page = out.read_text()
    assert len(re.findall('class="dot"', page)) == 4
    assert "1 model is above m0, and 2 below it." in page
