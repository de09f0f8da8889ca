"""A study's report: every number is the results', and nothing from outside does anything."""

import base64
import gzip
import json
import re
from html import escape, unescape
from urllib.parse import unquote

import polars as pl
import pytest

from tests.report.parsed_page import Page
from tests.study.planted import FEW, planted_results, planted_study
from weaklink.measures import read_results
from weaklink.measures.figures import results
from weaklink.report import write_report
from weaklink.report.charts.all_charts import all_charts
from weaklink.report.lineage.of_study import lineage_of_study
from weaklink.report.page.browser import columns
from weaklink.report.page.edits import edits_of
from weaklink.report.page.page import campaign_page
from weaklink.report.page.shown_outcomes import chosen_outcomes
from weaklink.report.tables.all_tables import all_tables
from weaklink.report.tables.design_tables import excluded_table
from weaklink.report.tables.latex import to_latex
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.table import Column, Row, Table
from weaklink.store import Status, to_frame
from weaklink.store.in_memory import FrameOutcomes
from weaklink.store.studies import Study

STUDY = planted_study()
FOUND = planted_results()
TABLES = all_tables(STUDY, FOUND)
FIGURES = all_charts(STUDY, FOUND)
REPEATED = {"delta_architectures", "transfer_chains"}
"""Charts that say of one architecture and one link what others say."""
HOSTILE = (
    "fine </script><script>document.title = 'owned'</script><img src=x onerror=alert(1)> \u202e"
)


@pytest.fixture(scope="module")
def page():
    return campaign_page(STUDY, FOUND, TABLES, FIGURES)


def test_a_study_is_drawn_with_its_rates_and_deltas():
    found = lineage_of_study(STUDY, FOUND)
    rates = {model.name: model.rate for model in found.models}
    assert sorted(rates) == ["base", "down", "up"]
    assert rates["base"] is None
    measured = {(one.upstream, one.downstream): one.verdict for one in found.edges}
    assert measured == {("base", "up"): None, ("up", "down"): "undecided"}


def test_tables_hold_the_results():
    models = TABLES["figure_6_models"].frame()
    assert models["model"].to_list() == list(FOUND.models)
    assert models["asr_all"].to_list() == [g.rates.asr_all.macro.value for g in FOUND.by_model]
    assert models["asr_all_low"].to_list() == [g.rates.asr_all.macro.low for g in FOUND.by_model]
    assert models["asr_all_n"].dtype == pl.Int64
    assert TABLES["scenarios"].frame().height == 12
    links = TABLES["link_scenarios"].frame()
    assert links["delta"].to_list() == [s.delta.value for s in FOUND.link_scenarios]
    transfer = TABLES["figure_10_attacks"].frame()
    assert transfer["text_transfer"].to_list() == [
        g.all.text_transfer.value for g in FOUND.link_attacks
    ]
    assert TABLES["worst_case"].frame()["fallen_2"].to_list() == [
        w.fallen[2] for w in FOUND.worst if w.dataset is None
    ]


def test_every_figure_has_a_mark_for_each_number_that_leads_to_its_outcomes():
    svg = FIGURES["figure_6_models"].svg()
    for group in FOUND.by_model:
        value = group.rates.asr_all.macro.value
        assert f"{group.model}, asr_all: {100 * value:.1f} %" in svg
        assert f'href="{escape(OutcomeLink((group.model,)).numerator("asr_all").href)}"' in svg
    assert {"figure_7_attacks", "figure_8_datasets", "figure_9_links", "figure_10_attacks",
            "attacks_by_datasets", "worst_case", "fallen"} <= set(FIGURES)  # fmt: skip
    assert "vega.github.io" not in "".join(figure.svg() for figure in FIGURES.values())
    assert "href" not in FIGURES["figure_6_models"].plain()


def test_every_mark_says_what_it_is_and_every_chart_what_it_shows(page):
    for figure in FIGURES.values():
        for tag, attributes in Page(figure.svg()).elements:
            if tag in {"path", "line", "text"} and attributes.get("role") == "graphics-symbol":
                assert re.fullmatch(r"[^;]+: (delta )?[+−]?[0-9][^;]*", attributes["aria-label"])
    groups = [a["aria-label"] for _, a in Page(page).elements if a.get("role") == "group"]
    charts = [said for said in groups if said.startswith("Chart. ")]
    assert sorted(charts) == sorted(FIGURES[key].description for key in FIGURES.keys() - REPEATED)


def words_of(svg):
    return unescape(re.sub(r"<[^>]*>", "", svg)).replace(" ", "")


def test_a_file_of_its_own_has_its_title_and_the_page_writes_it_once(page):
    for figure in FIGURES.values():
        title = figure.title.replace(" ", "")
        assert title in words_of(figure.plain())
        assert title not in words_of(figure.svg())
    captions = Page(page).texts["figcaption"]
    assert sorted(captions) == sorted(FIGURES[key].title for key in FIGURES.keys() - REPEATED)


def test_the_funnel_draws_what_each_criterion_kept_and_left_out():
    (step,) = STUDY.record.funnel
    (bar,) = FIGURES["selection"].chart.data.values
    assert (bar["kept"], bar["before"]) == (step.kept, step.kept + step.dropped)
    assert "at least 30 downloads: 2 chains kept, 1 left out" in FIGURES["selection"].description
    assert TABLES["selection"].frame().rows() == [("at least 30 downloads", 2, 1, "a → b: b has 3")]
    assert TABLES["excluded_chains"].frame().rows() == [
        ("at least 30 downloads", "a → b", "b has 3")
    ]
    assert TABLES["excluded_chains"].note == ""


def test_excluded_chains_that_are_counted_and_not_listed_are_spoken_of():
    (step,) = STUDY.record.funnel
    more = step.model_copy(update={"dropped": 1200})
    record = STUDY.record.model_copy(update={"funnel": (more,)})
    assert excluded_table(record).note == "1 of 1,200 are listed."


def test_chains_that_were_given_have_no_funnel():
    study = Study(STUDY.record.model_copy(update={"funnel": ()}), STUDY.campaigns, STUDY.outcomes)
    figures = all_charts(study, FOUND)
    assert set(FIGURES) - set(figures) == {"selection"}
    shown = campaign_page(study, FOUND, all_tables(study, FOUND), figures)
    assert "The specification names the chains and models itself" in shown
    assert "How the chains were selected" not in shown


def test_numbers_are_sorted_as_they_are_and_not_as_they_are_written(page):
    given = [(a["data-value"], a["class"]) for _, a in Page(page).elements if a.get("data-value")]
    assert f"{FOUND.by_model[0].rates.asr_all.macro.value:.9g}" in dict(given)
    assert all(float(value) is not None and shown == "figure" for value, shown in given)


def test_the_page_asks_for_nothing_and_runs_its_own_script_alone(page):
    read = Page(page)
    policy = next(a["content"] for tag, a in read.elements if a.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag, attributes in read.elements:
        assert tag not in {"link", "iframe", "img", "object", "base"}
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")
        assert not any(name.startswith("on") or name == "style" for name in attributes)


def test_the_page_says_what_is_missing_and_what_to_be_careful_of(page):
    for said in ("No longer on the Hub.", "ended in an error: 1 of random (d1) on down.",
                 "not made yet: 1 of pwws (d2) on alone.", "Other labels upstream.", "Not English.",
                 "This model is a fine-tuned version of up.", "b has 3"):  # fmt: skip
        assert said in page


def test_every_link_into_the_outcomes_names_what_there_is(page):
    names = columns(chosen_outcomes(STUDY, FOUND).outcomes, FOUND)["names"]
    asked = re.findall(r'href="#outcomes\?([^"]*)"', page)
    assert len(asked) > 50
    for query in asked:
        for part in filter(None, query.replace("&amp;", "&").split("&")):
            key, value = part.split("=")
            assert unquote(value) in names.get(key, ["replay"])


def test_data_in_the_page_is_every_outcome(page):
    packed = re.search(r'id="data">([^<]*)<', page)[1]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert data == json.loads(json.dumps(columns(chosen_outcomes(STUDY, FOUND).outcomes, FOUND)))
    attacks = [up for up in data["columns"]["upstream"] if up < 0]
    asked = {entry.attack_fingerprint for entry in STUDY.record.replays}
    made = STUDY.outcomes.frame("attack_fingerprint")["attack_fingerprint"]
    assert len(attacks) == sum(one not in asked for one in made)
    fell_upstream = 2 + 1 + 2 + 1
    assert len(data["columns"]["upstream"]) - len(attacks) == fell_upstream


@pytest.mark.parametrize(
    ("original", "adversarial"),
    [
        ("a fine film", "a grand film"),
        ("a 😀 fine film, truly", "a 😀 grand\u200b film, 😀 truly"),
        ("one two three", "nothing of the kind at all"),
        ("same", "same"),
    ],
)
def test_edits_make_the_adversarial_text_of_the_original(original, adversarial):
    units = original.encode("utf-16-le")
    made, done = b"", 0
    for start, end, text in edits_of(original, adversarial):
        made += units[2 * done : 2 * start] + text.encode("utf-16-le")
        done = end
    shown = adversarial.replace("\u200b", "\\u200b")
    assert (made + units[2 * done :]).decode("utf-16-le") == shown


def test_hostile_text_changes_no_element_of_the_page(page):
    hostile = planted_study(text=HOSTILE)
    found = results(hostile, FEW)
    shown = campaign_page(hostile, found, all_tables(hostile, found), FIGURES)
    assert Page(shown).shape == Page(page).shape
    assert "\u202e" not in shown


@pytest.mark.parametrize("lost", ["campaigns", "models"])
def test_a_study_that_lost_everything_still_has_a_page(lost):
    record = STUDY.record.model_copy(update={lost: (), "replays": (), "chains": ()})
    study = Study(record, STUDY.campaigns, FrameOutcomes(to_frame([])))
    found = results(study, FEW)
    figures = all_charts(study, found)
    assert set(figures) == {"selection"}
    assert "No attempt has given a figure yet." in campaign_page(
        study, found, all_tables(study, found), figures
    )


def test_latex_reads_nothing_as_a_command():
    table = Table(
        "t", "", r"100 % of \input{x} & more", (Column("a", "a_b"),), (Row((r"$x$ ~ #1 ^{2}",)),)
    )
    made = to_latex(table)
    assert r"\caption{100 \% of \textbackslash{}input\{x\} \& more}" in made
    assert r"\$x\$ \textasciitilde{} \#1 \textasciicircum{}\{2\} \\" in made


def test_files_stand_beside_the_page(tmp_path):
    write_report(tmp_path / "out", STUDY, FOUND)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.html", "results.json", "figures", "tables",
    }  # fmt: skip
    for key in FIGURES:
        assert (tmp_path / "out" / "figures" / f"{key}.svg").read_text().startswith("<svg")
        assert (tmp_path / "out" / "figures" / f"{key}.png").read_bytes()[1:4] == b"PNG"
        assert (tmp_path / "out" / "figures" / f"{key}.pdf").read_bytes()[:5] == b"%PDF-"
    for key, table in TABLES.items():
        path = tmp_path / "out" / "tables" / key
        assert pl.read_parquet(path.with_suffix(".parquet")).equals(table.frame())
        assert path.with_suffix(".csv").read_text().count("\n") >= len(table.rows)
    assert read_results(tmp_path / "out" / "results.json") == FOUND


def test_planted_outcomes_are_what_the_browser_counts():
    outcomes = STUDY.outcomes.frame("attack_fingerprint", "status")
    counted = outcomes.filter(~pl.col("attack_fingerprint").str.starts_with("#replay"))
    assert counted.height == 53
    assert counted["status"].to_list().count(Status.ERROR) == 1
