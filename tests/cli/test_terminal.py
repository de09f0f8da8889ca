"""Tables on a narrow terminal."""

import re
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.examples import a_campaign
from weaklink.attacks.registry import installed
from weaklink.campaigns.plan.plan import AttackPlan, DataPlan, ModelPlan, Plan
from weaklink.cli import study_plan
from weaklink.cli.commands.runs import listing
from weaklink.cli.terminal import print_table, say, tell
from weaklink.store import open_store


@pytest.mark.parametrize("width", ["60", "80"])
def test_names_of_attacks_and_parameters_stay_in_one_line(cli, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    listed = cli("attacks", "list").out
    assert "…" not in listed
    assert all(f" {name} " in listed for name in installed() if len(name) <= int(width) // 2)
    for name, attack in installed().items():
        shown = cli("attacks", "show", name).out
        assert "…" not in shown
        assert all(f" {one} " in shown for one in attack.parameters.model_fields)


def shown(table, width):
    written = StringIO()
    print_table(table, Console(file=written, width=width))
    return written.getvalue()


FIGURES = (
    "It falls on 100.0 % [94.0, 100.0], n = 60 of the samples, and 4 of 7 (57 %) of the others; "
    "delta is −4.4 points [−9.3, +0.7], and asr_all is 0.375 (95 % interval 0.103 to 0.730, n=16)."
)
KEPT = ("100.0 % [94.0, 100.0],", "n = 60", "4 of 7 (57 %)", "[−9.3, +0.7]", "0.103 to 0.730,")


@pytest.mark.parametrize("width", range(30, 130, 7))
def test_no_figure_and_no_interval_breaks_in_a_sentence(width):
    written = StringIO()
    say(Console(file=written, width=width), FIGURES)
    lines = written.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert " ".join(lines) == FIGURES
    assert all(any(figure in line for line in lines) for figure in KEPT)


def test_a_sentence_is_one_line_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    tell(FIGURES + "\x1b[31m")
    assert capsys.readouterr().out == FIGURES + "\\x1b[31m\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    tell(FIGURES)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 40


def test_no_word_is_broken_where_columns_do_not_fit():
    names = ["openattack-textfooler", "openattack-textbugger", "openattack-hotflip"]
    table = Table("data", "samples", *names, title="Expected", caption="queries of an attempt")
    table.add_row("rotten_tomatoes", "1,000", "113", "17", "26")
    table.add_row("imdb", "It cannot be read.")
    wide, narrow = shown(table, 120), shown(table, 80)
    assert "┃ openattack-textfooler ┃" in wide
    lines = [line.split() for line in narrow.splitlines() if line.strip()]
    assert lines[1:6] == [
        ["data", "rotten_tomatoes"], ["samples", "1,000"],
        *([name, count] for name, count in zip(names, ("113", "17", "26"), strict=True)),
    ]  # fmt: skip
    assert lines[6:8] == [["data", "imdb"], ["samples", "It", "cannot", "be", "read."]]
    assert (narrow.count("Expected"), narrow.count("queries of an attempt")) == (1, 1)


def test_headings_of_a_plan_and_names_of_runs_stay_whole_at_80_columns(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    names = ["textfooler", "pwws", "textbugger", "hotflip", "openattack-textfooler"]
    console = Console(width=80)
    monkeypatch.setattr(study_plan, "wide_console", lambda: console)
    plan = Plan(
        models=[ModelPlan("m" * 40, "the Hub", 1, 1.0, 512)], chains={}, pairs=0,
        data=[DataPlan("rotten_tomatoes", [10, 20]), DataPlan("imdb", missing="It is gone.")],
        attacks=[AttackPlan(name, 1) for name in names], max_queries=None, text_transfer=False,
        fluency=False, training=[], stored=0, token_seconds=None,
    )  # fmt: skip
    study_plan.show_plan(plan, Path("study"))
    told = capsys.readouterr().out
    assert all(name in told for name in [*names, "m" * 40, "samples", "rotten_tomatoes"])
    campaign = a_campaign(victims=(("distilbert-base-uncased", "single"),), attacks=tuple(names))
    with open_store(Path("audit.db")) as store:
        store.add_campaign(campaign)
    monkeypatch.setattr("weaklink.cli.terminal.wide_console", lambda: console)
    listing.runs("audit.db")
    told = capsys.readouterr().out
    assert all(name in told for name in [*names, "distilbert-base-uncased", "since (UTC)"])


def test_a_name_that_is_longer_than_half_of_the_width_is_told_in_full():
    table = Table("model", "upstream", box=None)
    table.add_row("o" * 35, "u" * 50)
    found = shown(table, 40)
    assert (found.count("o"), found.count("u")) == (36, 51)


@pytest.mark.parametrize("width", ["60", "80", "120"])
@pytest.mark.parametrize("command", ["store merge", "demo", "view", "outcomes"])
def test_help_fills_the_lines_of_its_paragraphs(cli, monkeypatch, command, width):
    monkeypatch.setenv("COLUMNS", width)
    shown = cli(*command.split(), "-h").out
    said = shown[shown.index("\n", shown.index("Usage:")) : shown.index("╭")]
    for paragraph in re.split(r"\n\s*\n", said.strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        for line, after in pairwise(lines):
            assert len(line) + 1 + len(after.split()[0]) > int(width) - 4
