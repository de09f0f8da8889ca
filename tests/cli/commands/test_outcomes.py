"""``weaklink outcomes``."""

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from tests.documents import document
from tests.examples import a_campaign, an_outcome
from weaklink.cli.commands.outcomes import outcomes
from weaklink.errors import WeaklinkError
from weaklink.store import Status, open_store

HOSTILE = "a [bold]\x1b[31m fine\n film :smile: [/]"


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "audit.db"
    with open_store(path) as store:
        adversarial = HOSTILE.replace("fine", "\x07[red]")
        store.put(an_outcome(0, original_text=HOSTILE, adversarial_text=adversarial))
        store.put(an_outcome(1, success=False, victim="down"))
        store.put(an_outcome(2, success=False, status=Status.ERROR, error="Traceback\nOops: no\n"))
    return str(path)


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    app = typer.Typer()
    app.command()(outcomes)

    def run(*arguments):
        result = CliRunner().invoke(app, arguments)
        if result.exception:
            raise result.exception
        return result.stdout

    return run


def test_the_table_shows_changes_and_errors_and_neutralises_hostile_text(run, store):
    shown = run(store)
    assert r"a [bold]\x1b[31m[ fine\n  →  \x07[red]\n ]film :smile: [/]" in shown
    assert "Oops: no" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_filters_and_limits(run, store):
    assert "down" in run(store, "--model", "down")
    assert "up" not in run(store, "--model", "down")
    assert "No outcomes match." in run(store, "--model", "down", "--status", "error")
    assert "Oops" in run(store, "--status", "error")
    assert "2 more" in run(store, "--limit", "1")


def test_prints_one_document_a_line(run, store):
    rows = [document(line, "outcome") for line in run(store, "--json").splitlines()]
    assert {row["sample_id"] for row in rows} == {"train:0", "train:1", "train:2"}
    assert HOSTILE in {row["original_text"] for row in rows}
    assert len({row["created"] for row in rows}) == 1


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_exports_what_matches(run, store, tmp_path, ending):
    path = tmp_path / f"out.{ending}"
    assert "Wrote 2 outcomes" in run(store, "--model", "up", "--export", str(path))
    frame = pl.read_parquet(path) if ending == "parquet" else pl.read_ndjson(path)
    assert frame["sample_id"].to_list() == ["train:0", "train:2"]


def test_a_wrong_status_or_a_missing_store_is_a_clear_error(run, store):
    with pytest.raises(WeaklinkError, match="'won' is not a status"):
        run(store, "--status", "won")
    with pytest.raises(WeaklinkError, match="Did you mean failed"):
        run(store, "--status", "faled")
    with pytest.raises(WeaklinkError, match="There is no store"):
        run(store + "x")


def test_a_name_that_the_store_lacks_is_refused_with_those_that_it_has(run, store):
    with pytest.raises(WeaklinkError, match="no attack named 'pwsw'. Did you mean pwws"):
        run(store, "--attack", "pwsw")
    with pytest.raises(WeaklinkError, match="no model named 'x'. Choose one of: down, up"):
        run(store, "--model", "x")


def test_a_name_of_a_run_without_outcomes_is_known(run, tmp_path):
    path = tmp_path / "begun.db"
    with open_store(path) as store:
        store.add_campaign(a_campaign())
    (attack, *_), (victim, *_) = a_campaign().attacks, a_campaign().victims
    named = ("--attack", attack.name, "--model", victim.name)
    assert "No outcomes match." in run(str(path), *named)
    assert "No outcomes match." in run(str(path), "--campaign", "1", *named)
    with pytest.raises(WeaklinkError, match="Choose one of"):
        run(str(path), "--campaign", "1", "--attack", "hotflip")
