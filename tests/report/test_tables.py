import re
from io import StringIO

import pytest
from rich.console import Console

from tests.examples import a_campaign, an_outcome, figures
from tests.study.planted import planted_results, planted_study
from weaklink.measures import Estimate
from weaklink.report import terminal_tables, to_rich
from weaklink.report.page.column_meanings import meaning_of
from weaklink.report.tables.all_tables import all_tables
from weaklink.report.tables.latex import to_latex
from weaklink.report.tables.markdown import to_markdown
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.robustness_tables import brief_scenarios_table, worst_table
from weaklink.report.tables.table import ROWS_SHOWN, Column, Row, Table
from weaklink.store import Status

from .planted import (
    DOWNSTREAM,
    UPSTREAM,
    figures_of,
    planted_audit,
    planted_campaign,
    planted_outcomes,
)

CAMPAIGN = planted_campaign()
OUTCOMES = planted_outcomes(CAMPAIGN)
STUDY = planted_audit(CAMPAIGN, OUTCOMES)
FOUND = figures_of(STUDY)
TABLES = all_tables(STUDY, FOUND)
BRIEF = terminal_tables(STUDY, FOUND)


def rows(table):
    return [[cell.text for cell in row] for row in table.cells()]


@pytest.mark.parametrize("table", [*TABLES.values(), *BRIEF], ids=lambda table: table.key)
def test_every_row_has_a_value_for_each_column(table):
    assert {len(row.values) for row in table.rows} <= {len(table.columns)}
    assert table.frame().height == len(table.rows)


def test_every_column_of_figures_says_what_it_means():
    of_study = all_tables(planted_study(), planted_results())
    tables = [*TABLES.values(), *of_study.values()]
    figures = {one.heading for table in tables for one in table.columns if one.kind != "text"}
    assert {heading for heading in figures if not meaning_of(heading)} == set()


def test_rates_are_named_by_their_denominator_and_never_asr_alone():
    columns = {column.heading for table in BRIEF for column in table.columns}
    assert {"asr_correct", "asr_all", "robust_accuracy", "delta of asr_all"} <= columns
    assert "asr" not in {column.lower() for column in columns}


def test_the_models_of_one_attack_stand_together():
    assert [row[:2] for row in rows(BRIEF[0])][:4] == [
        ["textfooler", "upstream"],
        ["textfooler", "downstream"],
        ["pwws", "upstream"],
        ["pwws", "downstream"],
    ]


def test_repetitions_are_kept_apart():
    by_repetition = {tuple(row[:2]): row[-1] for row in rows(brief_scenarios_table(FOUND))}
    assert len(by_repetition["textbugger", "upstream"].split(", ")) == 3
    assert by_repetition["pwws", "upstream"] == "–"


def test_statuses_add_up_to_what_the_campaign_asked_for():
    made = [outcome for index, outcome in enumerate(OUTCOMES) if index % 7]
    study = planted_audit(CAMPAIGN, made)
    frame = all_tables(study, figures_of(study))["statuses"].frame()
    asked = {"textbugger": 300}
    for attack, _, _, *counts in frame.iter_rows():
        assert sum(counts) == asked.get(attack, 100)
    assert frame["missing"].sum() == len(OUTCOMES) - len(made)


def test_a_link_names_both_ends_and_the_verdict():
    table = BRIEF[1]
    assert UPSTREAM in table.caption
    assert DOWNSTREAM in table.caption
    said = {row[0]: row[1] for row in rows(table)}
    assert set(said) == {"textfooler", "pwws", "textbugger", "hotflip"}
    scenarios = [one for one in FOUND.link_scenarios if one.subset == "all"]
    assert said == {one.attack: one.verdict for one in scenarios}


def test_queries_are_those_of_successes_alone():
    successes = sum(outcome.status is Status.SUCCEEDED for outcome in OUTCOMES)
    assert TABLES["queries"].frame()["successes"].sum() == successes
    failed = planted_audit(CAMPAIGN, [o for o in OUTCOMES if o.status is Status.FAILED])
    empty = rows(all_tables(failed, figures_of(failed))["queries"])
    assert {tuple(row[3:9]) for row in empty} == {("0", "–", "–", "–", "–", "–")}


def test_the_terminal_reads_no_markup_and_no_escapes_in_names():
    name = "[bold red]x[/] \x1b[31m"
    victim = CAMPAIGN.victims[0].model_copy(update={"name": name, "role": "single"})
    study = planted_audit(CAMPAIGN.model_copy(update={"victims": (victim,)}))
    console = Console(width=200, file=StringIO())
    for table in terminal_tables(study, figures_of(study)):
        console.print(to_rich(table))
    assert "[bold red]x[/] \\x1b[31m" in console.file.getvalue()


def test_an_interval_beside_a_count_has_a_unit_wherever_it_is_shown():
    few = Estimate(value=0.25, low=0.046, high=0.699, n=4)
    table = Table(
        "few", "", "Few", (Column("asr", "asr", "rate"), Column("n", "n", "count")),
        (Row((few, 0), {"n": OutcomeLink((), "pwws", "d1")}),),
    )  # fmt: skip
    ((rate, none),) = table.cells()
    assert rate.plain == "1 of 4 [4.6, 69.9] %"
    assert none.href is None
    console = Console(width=80, file=StringIO())
    console.print(to_rich(table))
    for shown in (console.file.getvalue(), to_markdown(table), to_latex(table)):
        assert re.search(r"\[4.6, 69.9\\?\] \\?%", shown)


def test_at_80_columns_no_cell_is_cut_and_no_interval_breaks():
    console = Console(width=80, file=StringIO())
    for table in BRIEF:
        console.print(to_rich(table))
    shown = console.file.getvalue()
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    intervals = {cell.interval for table in BRIEF for row in table.cells() for cell in row}
    assert {one for one in intervals if one not in shown} == set()
    assert {one.name for one in CAMPAIGN.attacks if one.name not in shown} == set()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_columns_that_do_not_fit_go_on_in_another_part_after_the_names_of_the_rows(width):
    figures = [f"{value}.123 %" for value in range(10, 30)]
    table = Table(
        "wide", "", "Wide", (Column("model", "model"), *(Column(f, "x", "count") for f in figures)),
        (Row(("a model", *figures)), Row(("another", *figures))),
    )  # fmt: skip
    console = Console(width=width, file=StringIO())
    console.print(to_rich(table))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert all(sum(figure in line for line in lines) == 2 for figure in figures)
    parts = sum("Wide" in line for line in lines)
    assert parts > 1
    assert sum("a model" in line for line in lines) == parts


@pytest.mark.parametrize(
    ("heading", "cell", "lines"),
    [
        ("delta of asr_all", "[-49.0, +49.0]", ["delta of", "asr_all"]),
        ("delta of asr_all", "[-49.0, +49.0] %", ["delta of asr_all"]),
        ("robust_accuracy", "[0.0, 49.0] %", ["robust_", "accuracy"]),
        ("n", "1", ["n"]),
    ],
)
def test_a_heading_takes_no_more_lines_than_its_figures_leave_it(heading, cell, lines):
    table = Table("t", "", "", (Column("x", heading, "count"),), (Row((cell,)),))
    console = Console(width=80, file=StringIO())
    console.print(to_rich(table))
    shown = [line.strip() for line in console.file.getvalue().splitlines() if line.strip()]
    assert shown[: len(lines)] == lines


def test_a_page_shows_so_many_rows_and_the_files_have_all():
    table = Table(
        "t", "", "Many", (Column("n", "n", "count"),), tuple(Row((i,)) for i in range(999))
    )
    assert table.cut
    assert len(list(table.shown())) == ROWS_SHOWN
    assert table.frame().height == 999


def test_a_column_can_be_left_out_and_names_can_be_replaced():
    table = Table(
        "t", "", "Two", (Column("model", "model"), Column("n", "n", "count"), Column("x", "x")),
        (Row(("a", 1, None)), Row(("b", 2, None))),
    )  # fmt: skip
    assert table.empty_columns() == ("x",)
    assert rows(table.without("n").without("x").renamed("model", {"a": "up"})) == [["up"], ["b"]]


def test_the_worst_case_of_few_samples_is_told_as_counts():
    campaign = a_campaign(victims=(("m", "single"),), samples=12)
    outcomes = [an_outcome(i, victim="m", success=i < 5, correct=i < 11) for i in range(12)]
    found = figures(campaign, outcomes)
    columns = [column.name for column in worst_table(found).columns]

    def told(results):
        (row,) = rows(worst_table(results))
        named = dict(zip(columns, row, strict=True))
        return [named[name] for name in ("accuracy", "worst_attack_leaves", "robust_accuracy")]

    assert told(found) == ["11 of 12", "6 of 12", "6 of 12"]
    repeated = tuple(one.model_copy(update={"variance": 0.1}) for one in found.scenarios)
    assert told(found.model_copy(update={"scenarios": repeated}))[1] == "50.0 %"
    several = found.model_copy(update={"datasets": ("reviews", "tweets")})
    assert told(several) == ["91.7 %", "50.0 %", "50.0 %"]
