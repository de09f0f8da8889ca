"""Tables of the page, sorted by a click as a browser does it."""

import json
import re
from dataclasses import replace

from weaklink.measures import Estimate
from weaklink.report.html import environment, source
from weaklink.report.page.column_meanings import meaning_of
from weaklink.report.tables.table import Column, Row, Table

TABLE = Table(
    "t", "", "Shares",
    (Column("name", "name <b>"), Column("share", "share", "share", interval=True)),
    (
        Row(("C10", Estimate(value=0.09, low=0.01, high=0.2, n=9))),
        Row(("C9", None)),
        Row(("</td><b>", Estimate(value=0.625, low=0.5, high=0.7, n=9))),
        Row(("C2", Estimate(value=0.09, low=0.05, high=0.2, n=9))),
    ),
)  # fmt: skip
CLICKS = """(() => {
const said = [];
for (const place of PLACES) {
  const heading = document.querySelector("thead tr").cells[place];
  heading.querySelector("button").click();
  said.push([heading.getAttribute("aria-sort"), document.querySelectorAll("[aria-sort]").length,
    [...document.querySelectorAll("tbody th")].map((cell) => cell.textContent)]);
}
return said;
})()"""
NAME, SHARE = 0, 1


def open_page(browser, folder, table):
    templates = environment(meaning=meaning_of)
    macro = templates.get_template("campaign/macros.html").module.data_table
    page = folder / "page.html"
    script = source(templates, "tables.js")
    page.write_text(f"<main>{macro(table)}</main><script>{script}</script>", encoding="utf-8")
    browser.open(page.as_uri())
    browser.until("document.querySelector('.table-tools')")


def clicked(browser, folder, *places):
    """Return what each click left: its heading's aria-sort, how many have one, and the rows."""
    open_page(browser, folder, TABLE)
    return [*map(tuple, browser.evaluate(CLICKS.replace("PLACES", json.dumps(places))))]


def test_a_click_sorts_up_then_down_then_as_it_was(browser, tmp_path):
    hostile = "</td><b>"
    assert clicked(browser, tmp_path, SHARE, SHARE, SHARE, NAME, SHARE, NAME) == [
        ("ascending", 1, ["C10", "C2", hostile, "C9"]),
        ("descending", 1, [hostile, "C10", "C2", "C9"]),
        (None, 0, ["C10", "C9", hostile, "C2"]),
        ("ascending", 1, [hostile, "C2", "C9", "C10"]),
        ("ascending", 1, ["C2", "C10", hostile, "C9"]),
        ("ascending", 1, [hostile, "C2", "C9", "C10"]),
    ]


def test_a_table_is_filtered_and_saved_without_formulas(browser, tmp_path):
    rows = tuple(Row((f"=C{n}", Estimate(value=n / 20, low=0, high=1, n=20))) for n in range(15))
    open_page(browser, tmp_path, replace(TABLE, rows=rows))
    shown = browser.evaluate("""(() => {
      const find = document.querySelector(".table-tools input");
      find.value = "=C14";
      find.dispatchEvent(new InputEvent("input"));
      return csv(cellsOf(document.querySelector("table")));
    })()""")
    assert shown == '"name <b>","share"\n"\'=C14","0.7"\n'


def test_every_heading_can_become_a_button_and_no_script_is_needed_to_read_it():
    macro = environment(meaning=meaning_of).get_template("campaign/macros.html").module.data_table
    made = str(macro(TABLE))
    assert '<th scope="col">name &lt;b&gt;</th>' in made
    assert "<button" not in made
    assert re.findall('data-value="([^"]*)"', made) == ["0.09", "", "0.625", "0.09"]
