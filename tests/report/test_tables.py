from io import StringIO

import pytest
from rich.console import Console

from weaklink.measures import summarise
from weaklink.report import (
    attack_table,
    chain_tables,
    quality_table,
    query_table,
    status_table,
    to_rich,
    victim_table,
)
from weaklink.report.spread import query_spreads
from weaklink.store import Status

from .planted import DOWNSTREAM, UPSTREAM, planted_campaign, planted_outcomes

CAMPAIGN = planted_campaign()
OUTCOMES = planted_outcomes(CAMPAIGN)
SUMMARY = summarise(CAMPAIGN, OUTCOMES)
SPREADS = query_spreads(OUTCOMES)
TABLES = [
    victim_table(SUMMARY),
    attack_table(SUMMARY),
    status_table(SUMMARY),
    *chain_tables(SUMMARY),
    query_table(SUMMARY, SPREADS),
    quality_table(SUMMARY),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.caption)
def test_every_row_has_a_cell_for_each_column(table):
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_rates_are_named_by_their_denominator_and_never_asr_alone():
    columns = {column for table in TABLES for column in table.columns}
    assert {"asr_correct", "asr_all", "robust_accuracy", "delta of asr_all"} <= columns
    assert "asr" not in {column.lower() for column in columns}


def test_the_models_of_one_attack_stand_together():
    names = [row[:2] for row in attack_table(SUMMARY).rows]
    assert names[:4] == [
        ("textfooler", "upstream"),
        ("textfooler", "downstream"),
        ("pwws", "upstream"),
        ("pwws", "downstream"),
    ]


def test_repetitions_are_kept_apart():
    rows = {row[:2]: row[-1] for row in attack_table(SUMMARY).rows}
    assert len(rows["textbugger", "upstream"].split(", ")) == 3
    assert rows["pwws", "upstream"] == "–"


def test_statuses_add_up_to_what_the_campaign_asked_for():
    made = [outcome for index, outcome in enumerate(OUTCOMES) if index % 7]
    table = status_table(summarise(CAMPAIGN, made))
    asked = {"textbugger": 300}
    for attack, _, *counts in table.rows:
        assert sum(map(int, counts)) == asked.get(attack, 100)
    assert sum(int(row[-1]) for row in table.rows) == len(OUTCOMES) - len(made)


def test_a_chain_names_both_ends_the_test_and_the_verdict():
    (table,) = chain_tables(SUMMARY)
    assert UPSTREAM in table.caption
    assert DOWNSTREAM in table.caption
    verdicts = {row[0]: row[1:3] for row in table.rows}
    assert set(verdicts) == {"textfooler", "pwws", "textbugger", "hotflip"}
    assert {test for _, test in verdicts.values()} == {link.test for link in SUMMARY.chain}


def test_queries_are_those_of_successes_alone():
    successes = sum(outcome.status is Status.SUCCEEDED for outcome in OUTCOMES)
    table = query_table(SUMMARY, SPREADS)
    assert sum(int(row[2]) for row in table.rows) == successes
    empty = query_table(SUMMARY, {})
    assert {row[2:8] for row in empty.rows} == {("0", "–", "–", "–", "–", "–")}


def test_the_terminal_reads_no_markup_and_no_escapes_in_names():
    name = "[bold red]x[/] \x1b[31m"
    campaign = CAMPAIGN.model_copy(
        update={"victims": (CAMPAIGN.victims[0].model_copy(update={"name": name}),)}
    )
    summary = summarise(campaign, planted_outcomes(campaign))
    console = Console(width=200, file=StringIO())
    console.print(to_rich(attack_table(summary)))
    shown = console.file.getvalue()
    assert "[bold red]x[/] \\x1b[31m" in shown
