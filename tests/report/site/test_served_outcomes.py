"""The outcomes that `weaklink view` filters and hands out, beside those that a page holds."""

from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import polars as pl
import pytest

from tests.oracle.page import Outcomes, Shown
from tests.report.planted import figures_of
from tests.study.planted import planted_study
from weaklink.cli.viewer.viewing import Viewer
from weaklink.report import drawing
from weaklink.report.page.browser import columns
from weaklink.report.page.shown_outcomes import chosen_outcomes
from weaklink.report.site import outcomes
from weaklink.report.site.leaderboard import Run
from weaklink.report.site.outcomes import NAMED, SORTED_BY, Asked, OutcomeList
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.store.in_memory import FrameOutcomes

from .viewer_server import serving

TEXT = "A FINE film\u202e <b>"
READY = "document.documentElement?.dataset.ready"
COUNT = "document.getElementById('count').textContent"


@pytest.fixture(scope="module")
def run():
    study = planted_study(text=TEXT)
    changed = pl.when(pl.col("status") == "succeeded").then(
        pl.col("original_text").str.replace("FINE", "GR\u200bAND")
    )
    made = study.outcomes.whole.with_columns(adversarial_text=changed)
    study = replace(study, outcomes=FrameOutcomes(made))
    return Run("planted", study, figures_of(study))


@pytest.fixture(scope="module")
def held(run):
    """What a page holds of the same run."""
    return columns(chosen_outcomes(run.study, run.results).outcomes, run.results)


@pytest.fixture(scope="module")
def listed(run):
    return OutcomeList(run.study, run.results)


def rows_of(listed, query):
    """Return all rows of a query, read page by page, as often as it says there are."""
    asked = Asked.read(query)
    told, rows = listed.page(asked, 0), []
    while len(rows) < told["found"]:
        rows += listed.page(asked, len(rows))["rows"]
    assert told["succeeded"] == sum(row["status"] == "succeeded" for row in rows)
    return rows


def shown(data, place=0):
    names, at = data["names"], data["columns"]
    named = [names[n][at[n][place]] for n in ("dataset", "model", "attack", "sample")]
    above = at["upstream"][place]
    return Shown(*named, at["repetition"][place], names["model"][above] if above >= 0 else None)


LINKS = [
    OutcomeLink(*given, correct=correct, valid=valid, falls=falls, replays=replays)
    for given, correct, valid, falls, replays in product(
        [
            (), (("up",),), (("up", "down"), "pwws"), ((), "random", "d1"), ((), None, "d2"),
            ((), None, None, ("succeeded",)), ((), None, None, ("failed", "error")),
            ((), None, None, (), ("up → down",)), ((), "random", "d1", (), ("up → down",)),
        ],
        [False, True], [False, True], [None, 1], [False, True],
    )
]  # fmt: skip


def test_a_link_shows_the_outcomes_that_it_shows_in_a_page_that_holds_them(
    held, listed, monkeypatch
):
    monkeypatch.setattr(outcomes, "PAGE", 7)
    oracle, known = Outcomes(held), {}
    counts = set()
    for link in LINKS:
        rows = rows_of(listed, link.href.removeprefix("#outcomes?"))
        for row in rows:
            if row["number"] not in known:
                known[row["number"]] = shown(listed.outcome(row["number"]))
                told = known[row["number"]]
                assert (row["model"], row["dataset"], row["sample"]) == (
                    told.model, told.dataset, told.sample,
                )  # fmt: skip
        assert {known[row["number"]] for row in rows} == oracle.behind(link.href)
        counts.add(len(rows))
    assert len(counts) > 10


def test_outcomes_come_in_the_order_of_the_page_and_sorted_by_any_heading(held, listed):
    names, at = held["names"], held["columns"]
    own = [i for i, above in enumerate(at["upstream"]) if above < 0]
    for by, down in product(("", *SORTED_BY), (False, True)):
        rows = rows_of(listed, urlencode({"by": by, "down": "yes"} if down else {"by": by}))

        def value(i, by=by):
            return 0 if not by else names[by][at[by][i]] if by in NAMED else at[by][i]

        wanted = sorted(own, key=value, reverse=down and bool(by))
        wanted_rows = [
            (names["model"][at["model"][i]], names["sample"][at["sample"][i]], at["queries"][i],
             at["words"][i], at["changed"][i], at["similarity"][i]) for i in wanted
        ]  # fmt: skip
        assert wanted_rows == [
            (r["model"], r["sample"], r["queries"], r["words"], r["changed"], r["similarity"])
            for r in rows
        ]


@pytest.mark.parametrize(
    ("text", "finds"),
    [(" fine FILM", True), (r"film\u202e <b>", True), ("\u202e", False), (".*", False), ("", True)],
)
def test_letters_are_found_as_they_are_shown(listed, text, finds):
    everything = rows_of(listed, "")
    assert rows_of(listed, urlencode({"text": text})) == (everything if finds else [])


def test_letters_of_an_adversarial_text_and_whole_samples_are_found(listed):
    rows = rows_of(listed, "")
    fell = [row for row in rows if row["status"] == "succeeded"]
    assert rows_of(listed, urlencode({"text": r"gr\u200band"})) == fell
    sample = rows[0]["sample"]
    wanted = [row for row in rows if row["sample"] == sample]
    assert rows_of(listed, urlencode({"text": sample})) == wanted


def test_unknown_names_find_nothing_and_unknown_numbers_are_no_outcome(listed):
    assert rows_of(listed, "model=nobody") == []
    assert rows_of(listed, "link=a+%E2%86%92+b&falls=many&correct=perhaps") == []
    for number in (-1, 10_000):
        with pytest.raises(IndexError):
            listed.outcome(number)


@pytest.fixture(scope="module")
def served(tmp_path_factory, run):
    """Serve the run; return the address and the list of runs, which a test may change."""
    runs, folder = [run], tmp_path_factory.mktemp("served")

    def found(one):
        known = dict.fromkeys(("figures", "kept_figures"), lambda: one.results)
        return one.slug, SimpleNamespace(study=one.study, **known)

    viewer = Viewer(folder, lambda: map(found, runs))
    viewer.renew()
    with pytest.MonkeyPatch.context() as patch, serving(folder, viewer) as address:
        patch.setattr(drawing, "all_charts", lambda *_: {})
        yield address, runs


def test_what_is_no_outcome_of_a_page_is_not_found(served):
    place, _ = served
    page = httpx.get(f"{place}runs/planted.html").text
    assert "connect-src &#39;self&#39;" in page
    source = page.partition('data-source="')[2].partition('"')[0]
    assert httpx.get(f"{place}runs/{source}&number=10000").status_code == 404
    assert httpx.get(f"{place}runs/{source}&first=x").json()["first"] == 0
    for elsewhere in ("planted/outcomes", "planted/outcomes?of=x", "other/outcomes?of=x"):
        assert httpx.get(f"{place}runs/{elsewhere}").status_code == 410
    assert httpx.get(f"{place}runs/../../outcomes").status_code == 404


def test_a_served_page_shows_outcomes_without_holding_them(browser, served, run, held):
    place, runs = served
    browser.events.clear()
    browser.open(f"{place}runs/planted.html{OutcomeLink(dataset='d1', attack='pwws').href}")
    browser.until(READY)
    total = sum(above < 0 for above in held["columns"]["upstream"])
    assert browser.evaluate(COUNT).startswith(f"12 of {total} outcomes; ")
    browser.evaluate("document.querySelector('.row .succeeded').click()")
    browser.until("document.querySelector('#detail ins')")
    assert r"\u202e <b>" in browser.evaluate("document.getElementById('detail').textContent")
    asked = [e for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    assert all(e["params"]["request"]["url"].startswith(place) for e in asked)
    assert [e for e in browser.events if e["method"] == "Runtime.exceptionThrown"] == []
    runs[:] = [replace(run, results=run.results.model_copy(update={"seed": 1}))]
    assert httpx.get(place).status_code == 200
    browser.evaluate("form.elements.text.value = 'x'; show()")
    assert browser.evaluate(COUNT).startswith("The outcomes have changed since")
