"""Whatever a name or a text holds, a report is written, and nothing in it runs."""

import csv
import random
from xml.etree import ElementTree as ET

import altair as alt
import polars as pl
import pytest

from tests.report.planted import figures_of, hostile
from weaklink.report import write_report
from weaklink.report.svg import Figure, styled
from weaklink.report.tables.table import for_spreadsheets

from . import ROUNDS

NAMES = (
    "a\x03b", "\x00", "\x1b]0;x\x07", "👩\u200d🚀", "\ud800", "\ufffe\uffff", "\u202eabc", "\u200b",
    "e" + "\u0301" * 500, "<svg>&]]>", "\x85", "\u2028", "=1+1", "\U000e0001", "\x7f", "ﷺ" * 50,
)  # fmt: skip


def chart_of(name):
    data = alt.Data(values=[{"name": name, "value": 1}])
    bars = alt.Chart(data).mark_bar().encode(x="value:Q", y="name:N")
    return Figure(name, name, styled(alt.layer(bars)))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_name_is_drawn(name):
    figure = chart_of(name)
    for svg in (figure.svg(), figure.plain()):
        ET.fromstring(svg)  # noqa: S314 - our own


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


def test_words_that_a_spreadsheet_would_run_get_an_apostrophe():
    frame = pl.DataFrame({"a": ["=1", "+1", "-1", "@x", " =1", "\t=1", "1", "a=b", None]})
    assert for_spreadsheets(frame)["a"].to_list() == [
        "'=1", "'+1", "'-1", "'@x", "' =1", "'\t=1", "1", "a=b", None,
    ]  # fmt: skip
