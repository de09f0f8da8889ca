import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import weaklink
from tests.documents import document
from tests.examples import links_study
from weaklink.store import open_store

TOY = ("audit", "toy:classify", "--data", "data.csv", "--attacks", "pwws", "--samples", 4)


@pytest.fixture
def audited(cli):
    result = cli(*TOY, "--json", "-")
    assert result.status == 0, result.err
    return result


def test_an_audit_writes_store_report_and_figures(audited):
    figures = document(audited.out, "results")
    (attack,) = figures["scenarios"]
    assert attack["attack"] == "pwws"
    for measure in ("asr_all", "asr_correct", "robust_accuracy"):
        assert attack[measure]["low"] <= attack[measure]["value"] <= attack[measure]["high"]
        assert attack[measure]["n"] == 4
    assert "<!doctype html>" in Path("report.html").read_text().lower()
    with open_store("audit.db") as store:
        assert len(list(store.outcomes())) == 4


def test_the_same_command_again_asks_nothing(audited, cli, monkeypatch):
    again = cli(*TOY, "--json", "-")
    assert "Attacking" not in again.err
    assert json.loads(again.out)["scenarios"] == json.loads(audited.out)["scenarios"]


def test_more_samples_keep_those_that_there_were(audited, cli):
    assert "Attacking toy:classify (2)" in cli(*TOY[:-1], 6).err


def test_a_chain_has_delta_and_transfer(cli):
    Path("other.py").write_text(Path("toy.py").read_text().replace("2.0", "0.1"))
    named = ("--json", "figures.json", "--store", "audit of both.db")
    result = cli(*TOY, "--upstream", "other:classify", *named)
    assert result.status == 0, result.err
    assert "weaklink outcomes 'audit of both.db'" in result.out
    (link,) = json.loads(Path("figures.json").read_text())["links"]
    assert (link["upstream"], link["downstream"]) == ("other:classify", "toy:classify")
    assert "From other:classify to toy:classify, over the samples attacked on" in result.out
    assert re.search(r"\bdelta of\b.*\n.* asr_all\b", result.out)
    assert "asr_all differs" in " ".join(result.out.split())


def test_bounds_gate_a_build_and_what_is_stored(audited, cli):
    rate = json.loads(audited.out)["scenarios"][0]["asr_all"]
    limit = (rate["low"] + rate["high"]) / 2
    inside = ("--fail-over", f"asr_all={limit}")
    gated = cli("report", "audit.db", "--out", "again.html", "--json", "gate.json", *inside)
    assert gated.status == 4
    told = document(Path("gate.json").read_text(), "results")
    (judged,) = told["judgements"]
    assert (told["gate_state"], judged["state"]) == ("undecided", "undecided")
    assert judged["gate"] == f"--fail-over asr_all={limit:g}"
    assert (judged["measure"], judged["side"], judged["limit"]) == ("asr_all", "over", limit)
    assert (judged["estimate"], judged["attack"]) == (rate, "pwws")
    failing = cli(*TOY, *inside, "--undecided", "fail", "--json", "-")
    assert (failing.status, json.loads(failing.out)["gate_state"]) == (3, "failed")
    assert "gate undecided: asr_all of toy:classify under" in gated.err
    assert cli(*TOY, *inside, "--fail-over", "asr_all=0").status == 3


def test_a_folder_is_judged_again_and_its_page_stays(audited, cli):
    def states(*gate):
        cli("report", "audit.db", "--out", "out", *gate)
        told = json.loads(Path("out/results.json").read_text())
        return told["gate_state"], [one["state"] for one in told["judgements"]]

    assert audited.status == 0
    assert states() == (None, [])
    drawn = Path("out/report.html").stat().st_mtime_ns
    assert states("--fail-over", "asr_all=0", "--fail-under", "robust_accuracy=0") == (
        "failed", ["failed", "passed"],
    )  # fmt: skip
    assert states() == (None, [])
    assert Path("out/report.html").stat().st_mtime_ns == drawn


def test_the_report_is_made_again_without_the_model(audited, cli):
    Path("toy.py").unlink()
    before = Path("report.html").read_text()
    assert cli("report", "audit.db", "--out", "again.html").status == 0
    assert Path("again.html").read_text() == before


def test_a_site_has_a_page_for_each_model(audited, cli):
    assert audited.status == 0
    assert "Wrote public/index.html" in cli("site", "build", "audit.db").out
    found = document(Path("public/leaderboard.json").read_text(), "leaderboard")
    (standing,) = found["boards"][0]["standings"]
    assert standing["model"] == "toy:classify"
    assert len([*Path("public/models").iterdir()]) == len([*Path("public/runs").iterdir()]) == 1
    assert cli("site", "build", "missing.db").status == 1


def test_two_runs_are_compared_from_stores_or_figures(audited, cli):
    Path("figures.json").write_text(audited.out)
    same = cli("compare", "audit.db", "audit.db", "--figure", "robust_accuracy")
    assert same.status == 0, same.err
    assert "difference +0.000" in same.out
    assert "by Holm 1" in same.out
    assert "Whether B is less or more robust than A cannot be told." in same.out
    assert "not paired" in cli("compare", "figures.json", "audit.db").out
    told = document(cli("compare", "figures.json", "audit.db", "--json").out, "run-comparison")
    assert (told["verdict"], told["changes"][0]["verdict"]) == ("undecided", "undecided")


def test_one_text_is_attacked_and_shown_word_by_word(cli):
    result = cli("attack", "toy:classify", "a good film", "--attack", "textbugger")
    assert result.status == 0, result.err
    assert "textbugger" in result.out
    as_json = cli("attack", "toy:classify", "a good film", "--attack", "textbugger", "--json")
    assert document(as_json.out, "outcome")["original_text"] == "a good film"


def test_attacks_are_listed_and_shown(cli):
    assert "textfooler" in cli("attacks", "list").out
    listed = document(cli("attacks", "list", "--json").out, "attacks")["attacks"]
    assert "textfooler" in [attack["name"] for attack in listed]
    shown = document(cli("attacks", "show", "textfooler", "--json").out, "attack")
    assert {one["name"]: one["default"] for one in shown["parameters"]}["neighbours"] == 50
    assert shown["code"] == "https://github.com/jind11/TextFooler"
    bound = next(row for row in shown["rules"] if row["rule"].startswith("Cosine of a word"))
    assert (bound["paper"], bound["code"], bound["ours"]) == ("0.7", "0.5", "0.5")
    printed = cli("attacks", "show", "textfooler").out
    assert "Rules" in printed
    assert "ours" in printed


def test_parameters_come_from_a_file_and_from_assignments(cli):
    Path("p.toml").write_text("[textbugger]\nneighbours = 2\nmin_similarity = 0.5\n")
    result = cli(
        "audit", "toy:classify", "--data", "data.csv", "--samples", 2, "--attacks", "textbugger",
        "--parameters", "p.toml", "-P", "textbugger.neighbours=3", "--repetitions", 2,
        "--json", "-",
    )  # fmt: skip
    assert result.status == 0, result.err
    with open_store("audit.db") as store:
        (attack,) = store.campaigns()[0].campaign.attacks
    assert attack.parameters["neighbours"] == 3
    assert attack.parameters["min_similarity"] == 0.5
    assert attack.repetitions == 2


def test_an_interrupted_audit_says_how_it_goes_on(cli, monkeypatch):
    from weaklink.cli.progress import Terminal

    steps = []

    def interrupt(self, count=1):
        steps.append(count)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Terminal, "advance", interrupt)
        result = cli(*TOY)
    assert result.status == 130
    assert "Run the same command again" in result.err
    assert "Attacking toy:classify (2)" in cli(*TOY).err


def test_a_store_that_becomes_read_only_in_mid_run_keeps_what_it_has(cli):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    commits = []

    def turn_read_only(connection):
        commits.append(connection)
        if len(commits) > 14:
            connection.connection.dbapi_connection.execute("PRAGMA query_only = 1")

    event.listen(Engine, "commit", turn_read_only)
    try:
        result = cli(*TOY[:-1], 16)
    finally:
        event.remove(Engine, "commit", turn_read_only)
    assert result.status == 1
    assert "Traceback" not in result.err
    assert "read" in result.err
    with open_store("audit.db") as store:
        stored = len(list(store.outcomes()))
    assert 0 < stored < 16
    assert f"Attacking toy:classify ({16 - stored})" in cli(*TOY[:-1], 16).err


def test_a_full_disk_is_said_and_what_was_stored_stays(cli):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def no_larger(connection, _record):
        connection.execute("PRAGMA max_page_count = 1")

    assert cli(*TOY).status == 0
    with closing(sqlite3.connect("audit.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM figures")  # their pages would be room for outcomes
        connection.execute("VACUUM")
    event.listen(Engine, "connect", no_larger)
    try:
        result = cli(*TOY[:-1], 16)
    finally:
        event.remove(Engine, "connect", no_larger)
    assert result.status == 1
    assert "full" in result.err
    with open_store("audit.db") as store:
        stored = len(list(store.outcomes()))
    assert 4 <= stored < 16
    assert f"Attacking toy:classify ({16 - stored})" in cli(*TOY[:-1], 16).err


def test_a_forecast_asks_the_model_nothing(cli):
    links = {(f"up{i}", f"down{i}"): (4 + i, 6 + i) for i in range(5)}
    study, outcomes = links_study(links, samples=12)
    with open_store("links.db") as store:
        store.add_campaign(study.campaigns[1])
        store.put_all(outcomes)
        store.put_record(study.record)
    Path("mine").mkdir()
    Path("mine/README.md").write_text("---\nbase_model: up0\n---\n")
    asked = (
        "audit",
        "mine",
        "--data",
        "reviews",
        "--attacks",
        "pwws,gan",
        "--forecast",
        "links.db",
    )
    told = cli(*asked)
    assert told.status == 0, told.err
    assert "Forecast for mine from up0. The model was asked nothing." in told.out
    assert "No forecast for gan: up0 was not attacked by it on reviews as is asked." in told.out
    assert "asr_all (evasion) to expect on reviews" in cli(*asked, "--from", "SPAM").out
    found = document(cli(*asked, "--upstream", "up0", "--json", "-").out, "forecast")
    pwws, gan = found["rows"]
    assert pwws["low"] < pwws["expected"] < pwws["high"]
    assert (pwws["links"], pwws["lineages"], gan["expected"]) == (5, 5, None)
    options = {"data": "reviews", "attacks": "pwws"}
    (same,) = weaklink.forecast("mine", "up0", learn_from=["links.db"], **options).rows
    assert same.model_dump(mode="json") == pwws
    assert not Path("audit.db").exists()
    assert "There is no gate on a forecast" in cli(*asked, "--fail-over", "asr_all=0.5").err
    unknown = cli(*asked, "--upstream", "elsewhere")
    assert unknown.status == 1
    assert "elsewhere: no stored outcomes" in unknown.err
