"""A study's report: every number is the results', and nothing from outside does anything."""

import base64
import gzip
import json
import re
import shutil
import subprocess
from html import escape

import polars as pl
import pytest

from tests.report.reading import Page
from tests.study.planted import planted_study
from weaklink.report.study import study_figures, study_tables, write_study_report
from weaklink.report.study.browser import columns, edits_of
from weaklink.report.study.latex import to_latex
from weaklink.report.study.page import study_page
from weaklink.report.study.query import Query
from weaklink.report.study.tables import Column, Row, StudyTable
from weaklink.store import Status
from weaklink.study.reading import Study
from weaklink.study.summarise import Options, results

FEW = Options(resamples=199)
STUDY = planted_study()
FOUND = results(STUDY, FEW)
TABLES = study_tables(STUDY, FOUND)
FIGURES = study_figures(FOUND)
HOSTILE = (
    "fine </script><script>document.title = 'owned'</script><img src=x onerror=alert(1)> \u202e"
)
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def page():
    return study_page(STUDY, FOUND, TABLES, FIGURES)


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
        assert f'href="{escape(Query((group.model,)).href)}"' in svg
    assert {"figure_7_attacks", "figure_8_datasets", "figure_9_links", "figure_10_attacks",
            "attacks_by_datasets", "worst_case", "fallen"} <= set(FIGURES)  # fmt: skip
    assert "vega.github.io" not in "".join(figure.svg() for figure in FIGURES.values())
    assert "href" not in FIGURES["figure_6_models"].plain()


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
    for said in ("No longer on the Hub.", "1 attempts ended in an error",
                 "1 attempts were not made yet", "Other labels upstream.", "Not English.",
                 "This model is a fine-tuned version of up.", "b has 3"):  # fmt: skip
        assert said in page


def test_every_link_into_the_outcomes_names_what_there_is(page):
    names = columns(STUDY)["names"]
    asked = re.findall(r'href="#outcomes\?([^"]*)"', page)
    assert len(asked) > 50
    for query in asked:
        for part in filter(None, query.replace("&amp;", "&").split("&")):
            key, value = part.split("=")
            assert value in names.get({"fell": "model"}.get(key, key), ["replay"])


def test_data_in_the_page_is_every_outcome(page):
    packed = re.search(r'id="data">([^<]*)<', page)[1]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert data == json.loads(json.dumps(columns(STUDY)))
    attacks = [up for up in data["columns"]["upstream"] if up < 0]
    asked = {entry.attack_fingerprint for entry in STUDY.record.replays}
    assert len(attacks) == sum(o.key.attack_fingerprint not in asked for o in STUDY.outcomes)
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
    shown = study_page(hostile, found, study_tables(hostile, found), FIGURES)
    assert Page(shown).shape == Page(page).shape
    assert "\u202e" not in shown


@pytest.mark.parametrize("lost", ["campaigns", "models"])
def test_a_study_that_lost_everything_still_has_a_page(lost):
    record = STUDY.record.model_copy(update={lost: (), "replays": (), "chains": ()})
    study = Study(record, STUDY.campaigns, ())
    found = results(study, FEW)
    figures = study_figures(found)
    assert figures == {}
    assert "No attempt has given a figure yet." in study_page(
        study, found, study_tables(study, found), figures
    )


def test_latex_reads_nothing_as_a_command():
    table = StudyTable(
        "t", "", r"100 % of \input{x} & more", (Column("a", "a_b"),), (Row((r"$x$ ~ #1 ^{2}",)),)
    )
    made = to_latex(table)
    assert r"\caption{100 \% of \textbackslash{}input\{x\} \& more}" in made
    assert r"\$x\$ \textasciitilde{} \#1 \textasciicircum{}\{2\} \\" in made


def test_files_stand_beside_the_page(tmp_path):
    write_study_report(tmp_path / "out", STUDY, FOUND)
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
    assert (
        type(FOUND).model_validate_json((tmp_path / "out" / "results.json").read_bytes()) == FOUND
    )


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_number_leads_to_its_outcomes(tmp_path):
    hostile = planted_study(text=HOSTILE)
    found = results(hostile, FEW)
    made = study_page(hostile, found, study_tables(hostile, found), FIGURES)
    (tmp_path / "report.html").write_text(made, encoding="utf-8")
    query = Query(("down",), "pwws", "d1", fell="up")
    shown = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=9000", "--dump-dom",
            (tmp_path / "report.html").as_uri() + query.href,
        ],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    assert "2 of 53 outcomes, of which 1 succeeded" in shown
    assert "<title>planted: adversarial" in shown
    assert "<img" not in shown


def test_planted_outcomes_are_what_the_browser_counts():
    counted = [o for o in STUDY.outcomes if not o.key.attack_fingerprint.startswith("#replay")]
    assert len(counted) == 53
    assert sum(o.status is Status.ERROR for o in counted) == 1
