"""Whatever a name or a text holds, a report is written, and nothing in it runs."""

import base64
import csv
import gzip
import json
import random
import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import altair as alt
import polars as pl
import pytest
from rich.highlighter import ReprHighlighter

from tests.popularity.snapshots import edge_table, edges, snapshot
from tests.report.planted import figures_of, hostile
from tests.report.site.test_site import a_run
from weaklink.cli.commands.audit import show
from weaklink.popularity.measure import measure
from weaklink.report import drawing, svg, write_report
from weaklink.report.folder import keep_report_of_another
from weaklink.report.page.bounded import LONGEST_NAME, bounded, bounded_name
from weaklink.report.popularity import popularity_page
from weaklink.report.site.site import write_site
from weaklink.report.svg import Figure, styled
from weaklink.report.tables.table import for_spreadsheets
from weaklink.victims import TrustWarning

from . import ROUNDS

NAMES = (
    "a\x03b", "\x00", "\x1b]0;x\x07", "👩\u200d🚀", "\ud800", "\ufffe\uffff", "\u202eabc", "\u200b",
    "e" + "\u0301" * 500, "<svg>&]]>", "\x85", "\u2028", "=1+1", "\U000e0001", "\x7f", "ﷺ" * 50,
)  # fmt: skip


def chart_of(name):
    data = alt.Data(values=[{"name": name, "value": 1}])
    bars = alt.Chart(data).mark_bar().encode(x="value:Q", y="name:N")
    return Figure(name, name, styled([bars], 20))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_name_is_drawn(name):
    figure = chart_of(name)
    for drawing_of in (figure.svg(), figure.plain()):
        ET.fromstring(drawing_of)  # noqa: S314 - our own


def test_random_names_are_drawn():
    """Fuzzing: code points of all planes, by a fixed seed."""
    draw = random.Random(5)
    for _ in range(15 * ROUNDS):
        name = "".join(chr(draw.choice([draw.randrange(0x300), draw.randrange(0x110000)]))
                       for _ in range(40))  # fmt: skip
        ET.fromstring(chart_of(name).svg())  # noqa: S314 - our own


def test_a_whole_report_is_written(tmp_path):
    study = hostile("=1 a\x03\x00b 👩\u200d🚀 \ufffe")
    write_report(tmp_path, study, figures_of(study))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not any(ord(character) < 9 for character in page)
    for path in (tmp_path / "tables").glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        cells = [cell for row in csv.reader(lines) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


LONG = (
    "owner/" + "x" * 200_000, "e" + "\u0301" * 5_000, "👩\u200d👧" * 20_000, "ق" * 90_000,
    "</script>&" * 9_000, "\u202e" * 4_000, "a b " * 60_000, "%" * 70_000,
)  # fmt: skip


@pytest.mark.parametrize("name", LONG, ids=lambda name: ascii(name[:9]))
def test_a_long_name_is_shown_by_its_beginning_and_told_apart(name):
    shown, other = bounded_name(name), bounded_name(f"{name}!")
    assert len(shown) <= LONGEST_NAME
    assert shown.startswith(name[:100])
    assert f"({len(name):,} characters" in shown
    assert shown != other
    assert bounded_name(shown) == shown


@pytest.fixture(scope="module")
def long():
    """A study of models with long names and a warning of long words, and its figures."""
    name = "e" + "\u0301" * 2_000 + "\u202e<x" * 500 + "1" * 3_000
    run = a_run("a", {name: 3, f"{name}!": 4}, samples=4)
    warning = TrustWarning(check="x", message=f"{name} is odd: {'1' * 4_000}")
    campaigns = {
        number: one.model_copy(
            update={"victims": tuple(v.model_copy(update={"warnings": (warning,)})
                                     for v in one.victims)}
        )
        for number, one in run.study.campaigns.items()
    }  # fmt: skip
    return replace(run.study, campaigns=campaigns), run.results


def test_a_terminal_shows_long_names_without_looking_for_what_to_colour_in_them(
    long, tmp_path, monkeypatch, capsys
):
    """What rich colours by itself, as numbers, it finds in the square of a word's length."""
    highlight = ReprHighlighter.highlight

    def bounded_highlight(self, text):
        assert len(text) < 2_000
        highlight(self, text)

    monkeypatch.setattr(ReprHighlighter, "highlight", bounded_highlight)
    study, found = long
    monkeypatch.setattr("weaklink.report.write_report", lambda *_, **__: None)
    result = SimpleNamespace(study=study, store="a.db", command=None)
    show(result, found, tmp_path / "report.html", None)
    assert "warning: " in capsys.readouterr().out


def test_a_page_of_long_names_is_of_a_bounded_size(long, tmp_path, monkeypatch):
    """A page repeats names hundreds of times; its links lead to the same names as its list has."""
    monkeypatch.setattr(drawing, "all_charts", lambda *_: {})
    study, found = long
    write_report(tmp_path / "report.html", study, found)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 400_000
    assert f"({len(found.models[0]):,} characters, " in page
    packed = re.search(r'id="data">([^<]*)<', page)[1]
    names = json.loads(gzip.decompress(base64.b64decode(packed)))["names"]
    linked = {model for query in re.findall(r'href="#outcomes\?([^"]*)"', page)
              for model in parse_qs(unescape(query)).get("model", [])}  # fmt: skip
    assert linked
    assert linked <= set(names["model"])
    assert keep_report_of_another(tmp_path / "report.html", study) is None


def test_what_is_short_is_shown_as_it_is():
    run = a_run("a", {"up": 3, "down": 4}, samples=4)
    study, found = run.study, run.results
    shown, figures = bounded(study, found)
    assert shown is study
    assert figures is found


def test_a_site_of_long_names_is_of_a_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "all_charts", lambda *_: {})
    names = ("m" * 60_000, "m" * 60_001, "\u0301" * 9_000)
    write_site(tmp_path, [a_run("a", dict.fromkeys(names, 3), samples=4)])
    for page in (tmp_path / "index.html", *(tmp_path / "models").glob("*.html")):
        assert page.stat().st_size < 100_000
    assert len([*(tmp_path / "models").glob("*.html")]) == len(names)
    kept = json.loads((tmp_path / "leaderboard.json").read_text(encoding="utf-8"))
    assert {one["model"] for one in kept["boards"][0]["standings"]} == set(names)


def test_a_page_of_popularity_with_long_values_is_of_a_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(svg, "drawn", lambda _: "<svg></svg>")
    licence, other = "l" * 150_000, "\u0301" * 30_000
    models = [{"id": "up", "licence": licence}, {"id": "down", "licence": other}]
    source = snapshot(tmp_path / "s", models)
    edges_of = edge_table(tmp_path / "lineage", source, edges(("down", "up")))
    page = popularity_page(measure(source, edges_of).model_copy(update={"source": "s" * 99_999}))
    assert len(page.encode()) < 300_000
    assert "(150,000 characters, " in page


def test_words_that_a_spreadsheet_would_run_get_an_apostrophe():
    frame = pl.DataFrame({"a": ["=1", "+1", "-1", "@x", " =1", "\t=1", "1", "a=b", None]})
    assert for_spreadsheets(frame)["a"].to_list() == [
        "'=1", "'+1", "'-1", "'@x", "' =1", "'\t=1", "1", "a=b", None,
    ]  # fmt: skip
