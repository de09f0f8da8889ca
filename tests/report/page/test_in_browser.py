"""Every page in a browser, on a phone, with hostile text in all places that text comes to."""

import html
import re
import unicodedata
from importlib.resources import files

import pytest

from tests.popularity.snapshots import edge_table, edges, snapshot
from tests.report.page.printed_pdf import papers
from tests.report.planted import figures_of, hostile
from tests.study.planted import planted_study
from weaklink.lineage.graph.surroundings import surroundings
from weaklink.popularity.measure import measure
from weaklink.report.charts.all_charts import all_charts
from weaklink.report.lineage import drawing
from weaklink.report.lineage.of_hub import lineage_around, lineage_of_popular
from weaklink.report.lineage.page import lineage_page
from weaklink.report.page.definitions import DEFINITIONS
from weaklink.report.page.page import campaign_page
from weaklink.report.popularity import popularity_page
from weaklink.report.sheet import sheet_page
from weaklink.report.site import site
from weaklink.report.site.leaderboard import Run
from weaklink.report.tables.all_tables import all_tables
from weaklink.report.tables.outcome_links import OutcomeLink

ATTACK = "</script><script>document.title = 'owned'</script><img src=x onerror=alert(1)> \u202e"
NAMES = ("study", "site", "model", "popularity", "lineage", "sheet")
DRAWN = 20
READY = "document.readyState === 'complete' && !document.querySelector('.lineage:not(.live)')"
LISTED = "document.documentElement?.dataset.ready"
AXE = """axe.run(%s, { resultTypes: ["violations"], %s }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join()}`))"""
FORM = AXE % ("document", "rules: { 'color-contrast': { enabled: false } }")
# Contrast takes 5 ms for each text: those of a few parts have all colours
PARTS = "'header, .answer, .warnings, #quality, .lineage, footer'"
CONTRAST = AXE % (PARTS, "runOnly: ['color-contrast']")
OPENED = """(() => {
for (const part of document.querySelectorAll("main > section"))
  part.style.contentVisibility = "visible";
for (const part of document.querySelectorAll("details")) part.open = true;
const alike = "tbody tr:nth-child(n + 3), dl > div:nth-child(n + 3), .row ~ .row, .dot ~ .dot";
for (const part of document.querySelectorAll(alike)) part.remove();
})()"""
BROKEN = """(() => {
const broken = [], range = document.createRange();
const named = "h1, h2, h3, h4, th, dt, caption, figcaption, summary";
for (const part of document.querySelectorAll(named)) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest(".id, .name")) continue;
    for (const { 0: word, index } of text.data.matchAll(/[\\p{L}\\p{N}]{1,20}/gu)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 4)));
      if (lines.size > 1) broken.push(word);
    }
  }
}
return broken;
})()"""

TOUCHING = """[...document.querySelectorAll("p, li, dd, td, caption")]
  .filter((part) => !part.closest("#outcomes, .example"))
  .flatMap((part) => part.innerText.match(/.{9}[\\p{Ll}\\p{Nd})%]\\.\\p{Lu}\\p{Ll}.{9}/gu) ?? [])"""
"""Sentences without a blank between them."""

PAPER = (1032, 703)
"""Pixels of A4 across between its margins, at 96 in an inch."""
BESIDE_PAPER = """[...document.querySelectorAll("body *")].filter((part) => {
  const { left, right, width, height } = part.getBoundingClientRect();
  return width && height && (left < -1 || right > innerWidth + 1);
}).map((part) => part.outerHTML.slice(0, 200))"""
CUT = """[...document.querySelectorAll("body *")].filter((part) => {
  const { overflowX, overflowY } = getComputedStyle(part);
  return part.getClientRects().length && [overflowX, overflowY].some((way) => way !== "visible")
    && (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1)
    && part.tagName !== "svg" && !part.closest("svg, .said");
}).map((part) => part.outerHTML.slice(0, 200))"""
CONTROLS = """[...document.querySelectorAll("button, input, select, nav, form, .skip")]
  .filter((part) => part.checkVisibility() && !part.closest("thead"))
  .map((part) => part.outerHTML.slice(0, 200))"""
CLOSED = """[...document.querySelectorAll("details")].filter((part) => part.checkVisibility()
  && [...part.children].some((inner) => getComputedStyle(inner).display !== "none"
    && !inner.checkVisibility())).map((part) => part.outerHTML.slice(0, 200))"""
SAID = "document.body.innerText"
HEADINGS = """[...document.querySelectorAll("h1, h2, h3, h4, caption, figcaption")]
  .filter((part) => part.checkVisibility()).map((part) => part.innerText)"""
MARGIN = 33
"""Points: 12 millimetres, less what is rounded."""
SMALLEST = 5.9
"""Points of the smallest print: intervals in tables of many columns."""
INK = """[document.body, ...document.querySelectorAll("h1, .answer, td, figcaption")]
  .map((part) => [getComputedStyle(part).color, getComputedStyle(document.body).backgroundColor])"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return where each page is."""
    folder = tmp_path_factory.mktemp("pages")
    audit, study = hostile(ATTACK), planted_study(text=ATTACK)
    of_audit, found = figures_of(audit), figures_of(study)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "write_report", lambda *_: None)
        site.write_site(folder / "site", [Run("study", study, found)])
    models = [{"id": "base", "pipeline": "fill-mask", "downloads": 10**6}]
    models += [{"id": f"owner/model-{n}", "downloads": n, "licence": ATTACK} for n in range(60)]
    models += [{"id": "owner/uncounted", "downloads": None}]
    source = snapshot(folder / "snapshot", models)
    pairs = [(f"owner/model-{n}", "base" if n < 50 else f"owner/model-{n - 9}") for n in range(60)]
    table = edge_table(folder / "edges", source, edges(*pairs, ("owner/model-3", ATTACK)))
    around = lineage_around(surroundings(table, "base"), source.models)
    with pytest.MonkeyPatch.context() as patch:  # its script draws the rest
        patch.setattr(drawing, "DRAWN", DRAWN)
        patch.setattr(drawing, "LISTED", DRAWN)
        lineage = lineage_page("base", around)
    charts, tables = all_charts(study, found), all_tables(study, found)
    made = {
        "audit": campaign_page(audit, of_audit, all_tables(audit, of_audit), {}),
        "study": campaign_page(study, found, tables, charts),
        "popularity": popularity_page(
            measure(source, table), lineage_of_popular(source, table, task=None)
        ),
        "lineage": lineage,
        "sheet": sheet_page([("1", ATTACK, ATTACK[::-1])], ATTACK),
    }
    for name, page in made.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    places = {name: folder / f"{name}.html" for name in (*NAMES, "audit")}
    model = folder / "site" / "models" / f"{site.slug_of('down')}.html"
    places |= {"site": folder / "site" / "index.html", "model": model}
    return {name: path.as_uri() for name, path in places.items()}


@pytest.mark.parametrize("name", NAMES)
def test_everyone_can_read_it_and_nothing_is_asked_of_a_network(browser, pages, name):
    browser.events.clear()
    browser.open(pages[name])
    browser.until(READY)
    assert browser.evaluate("document.documentElement.scrollWidth") == 375
    assert browser.evaluate(BROKEN) == []
    assert browser.evaluate(TOUCHING) == []
    browser.evaluate(OPENED)
    browser.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8") + ";0")
    assert browser.evaluate(FORM) == []
    for dark in (False, True):
        browser.dark(dark)
        assert browser.evaluate(CONTRAST) == []
    assert browser.evaluate("document.querySelectorAll('img').length") == 0
    assert "owned" not in browser.evaluate("document.title").split(" ")
    asked = [one for one in browser.events if one["method"] == "Network.requestWillBeSent"]
    assert [one["params"]["request"]["url"] for one in asked] == [pages[name]]
    troubles = {"Log.entryAdded", "Runtime.exceptionThrown"}
    assert [one for one in browser.events if one["method"] in troubles] == []


@pytest.mark.parametrize("name", [*NAMES, "audit"])
def test_paper_shows_all_of_a_page_but_its_controls(browser, pages, name):
    browser.dark(True)
    browser.open(pages[name])
    browser.until(READY)
    with browser.printed(*PAPER):
        assert browser.evaluate("document.documentElement.scrollWidth") <= PAPER[0]
        assert browser.evaluate(BESIDE_PAPER) == []
        assert browser.evaluate(CUT) == []
        assert browser.evaluate(CONTROLS) == []
        assert browser.evaluate(CLOSED) == []
        assert {*browser.evaluate(BROKEN)} <= {*re.findall(r"\w+", ATTACK)}
        inks = {tuple(pair) for pair in browser.evaluate(INK)}
    browser.dark(False)
    assert inks == {("rgb(28, 33, 39)", "rgb(255, 255, 255)")}


@pytest.mark.parametrize("name", [*NAMES, "audit"])
def test_a_pdf_has_every_word_and_heading_within_its_margins(browser, pages, name):
    browser.open(pages[name])
    browser.until(READY)
    with browser.printed(*PAPER):
        said, headings = browser.evaluate(SAID), browser.evaluate(HEADINGS)
        made = papers(browser.pdf())
    assert {(round(one.width), round(one.height)) for one in made} == {(842, 595)}
    assert min(len(one.runs) for one in made) > 0
    for one in made:
        for run in one.runs:
            assert MARGIN < run.left <= run.right < one.width - MARGIN, run
            assert MARGIN < run.baseline - 0.7 * run.size < run.baseline < one.height - MARGIN, run
            assert run.size > SMALLEST, run
    text = squeezed("".join(one.text for one in made))
    assert headings
    assert [one for one in headings if squeezed(one) not in text] == []
    assert [one for one in said.split() if squeezed(one) not in text] == []


def squeezed(text):
    """Return a text without blanks, and ligatures as their letters."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_the_list_is_shown_and_hostile_text_does_nothing(browser, pages):
    browser.open(pages["audit"])
    browser.until(LISTED)
    shown = browser.evaluate("document.documentElement.outerHTML")
    assert shown.count('class="row"') >= 10
    assert shown.count("<script") == 3  # with the data of the outcomes and of the lineage
    assert "<ins>" in shown
    assert html.escape(ATTACK[:-1], quote=False) in shown


def test_a_number_leads_to_its_outcomes(browser, pages):
    query = OutcomeLink((), "pwws", "d1", links=("up → down",))
    browser.open("about:blank")
    browser.open(pages["study"] + query.href)
    browser.until(LISTED)
    said = browser.evaluate("document.getElementById('count').textContent")
    assert said == "2 of 53 outcomes; the attack succeeded in 1"


def test_every_outcome_has_an_address(browser, pages):
    browser.open("about:blank")
    browser.open(pages["audit"])
    browser.until(LISTED)
    browser.evaluate("document.querySelectorAll('.row')[3].click()")
    browser.until("document.querySelector('#detail a')")
    told = "document.querySelector('#detail').textContent"
    address, said = browser.evaluate(f"[document.querySelector('#detail a').href, {told}]")
    browser.open("about:blank")
    browser.open(address)
    browser.until(LISTED)
    assert browser.evaluate(told) == said
    count = browser.evaluate("document.getElementById('count').textContent")
    assert count.startswith("1 of 40 outcomes")


def test_a_lineage_is_walked_by_keyboard(browser, pages):
    browser.open(pages["lineage"])
    browser.until("document.querySelector('.lineage.live')")
    steps = """(() => {
      document.querySelector(".dot[tabindex='0']").focus();
      return ["ArrowRight", "ArrowLeft"].map((key) => {
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        return [document.activeElement.getAttribute("aria-label").split(";")[0],
          document.querySelector(".about-dot p").textContent.split("; ").at(-1),
          document.querySelectorAll(".near").length];
      });
    })()"""
    assert browser.evaluate(steps) == [
        ["owner/model-0", "1 above, 0 below.", 2], ["base", "0 above, 60 below.", 61],
    ]  # fmt: skip


def test_the_script_draws_and_lists_what_the_page_itself_leaves_out(browser, pages):
    browser.open(pages["lineage"])
    browser.until("document.querySelector('.lineage.live')")
    assert browser.evaluate("document.querySelectorAll('.dot').length") == 61
    drawn = "document.querySelector('.frame .edge').getAttribute('d').split('M').length - 1"
    assert browser.evaluate(drawn) == 60
    alike = """[...document.querySelectorAll(".dot")].map((dot) => [dot, dot.firstElementChild]
      .map((part) => [part.namespaceURI, part.tagName, ...part.getAttributeNames().sort()])
      .join())"""
    assert len(set(browser.evaluate(alike))) == 1
    edges = "document.querySelectorAll('#lineage-edges tbody tr')"
    assert browser.evaluate(f"{edges}.length") == DRAWN
    before = browser.evaluate(f"{edges}[3].outerHTML.replace(/\\s/g, '')")
    browser.evaluate("document.querySelector('.lineage details').open = true")
    browser.until(f"{edges}.length === 60")
    assert browser.evaluate(f"{edges}[3].outerHTML.replace(/\\s/g, '')") == before


@pytest.mark.parametrize("name", ["study", "site", "model"])
def test_every_column_of_figures_says_what_it_means_under_the_pointer(browser, pages, name):
    browser.open(pages[name])
    browser.until(READY)
    silent = """[...document.querySelectorAll("main th.figure")]
      .filter((heading) => !heading.title).map((heading) => heading.textContent)"""
    assert browser.evaluate(silent) == []


def test_measures_in_the_answer_say_what_they_mean(browser, pages):
    browser.open(pages["audit"])
    browser.until(READY)
    told = browser.evaluate("""[...document.querySelectorAll("#answer abbr")]
      .map(({ textContent, title }) => [textContent, title])""")
    meanings = {one.term: one.meaning for one in DEFINITIONS}
    assert {term for term, _ in told} >= {"asr_all", "asr_correct", "asr_valid"}
    assert all(title == meanings[term] for term, title in told)
