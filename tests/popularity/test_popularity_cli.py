"""``weaklink lineage stats`` and ``weaklink lineage compare`` from the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tests.documents import document
from weaklink.cli.app import app
from weaklink.errors import WeaklinkError
from weaklink.popularity.compare_reports import compare_reports, read_report

from .snapshots import edge_table, edges, snapshot


@pytest.fixture
def run(tmp_path):
    source = snapshot(
        tmp_path / "snapshot",
        [{"id": "base", "downloads": 40}, {"id": "low", "downloads": 2}, {"id": "other"}],
    )
    edge_table(tmp_path / "edges", source, edges(("low", "base")))

    def invoke(*arguments: object):
        done = CliRunner().invoke(app, ["lineage", *(str(argument) for argument in arguments)])
        assert done.exit_code == 0, done.output
        return done.output

    return invoke


def test_stats_as_a_table_as_json_and_as_a_report(run, tmp_path):
    report = tmp_path / "popularity.html"
    printed = run("stats", tmp_path / "snapshot", "--edges", tmp_path / "edges", "--report", report)
    assert "45,688" in printed
    assert "66.67 %" in printed
    assert "<svg" in report.read_text(encoding="utf-8")
    told = document(
        run("stats", tmp_path / "snapshot", "--edges", tmp_path / "edges", "--json"), "popularity"
    )
    assert told["chains"]["within"] == {"paths": 1, "pairs": 1, "lengths": {"2": 1}, "models": 2}
    assert told["popularity"]["often"]["count"] == 1


def test_table_1_of_the_paper_stands_beside_ours(tmp_path):
    known = "distilbert-base-uncased-finetuned-sst-2-english"
    source = snapshot(tmp_path / "snapshot", [{"id": known}, {"id": "one"}, {"id": "two"}])
    edge_table(tmp_path / "edges", source, edges(("one", known), ("two", "one")))
    arguments = ["lineage", "stats", str(source.folder), "--edges", str(tmp_path / "edges")]
    told = document(CliRunner().invoke(app, [*arguments, "--json"]).output, "popularity")
    rows = {row["id"]: row["paper"] for row in told["reuse"]["most_reused"]["within"]}
    assert (rows[known]["pairs"], rows[known]["share"], rows["one"]) == (137, 0.1075, None)
    printed = CliRunner().invoke(app, arguments, terminal_width=200).output
    assert "137" in printed
    assert "10.75 %" in printed


def test_stats_of_downloads_alone_and_of_all_tasks(run, tmp_path):
    told = document(run("stats", tmp_path / "snapshot", "--task", "all", "--json"), "popularity")
    assert (told["popularity"]["models"], told["chains"]) == (3, None)


def test_compare(run, tmp_path):
    newer = snapshot(tmp_path / "newer", [{"id": "base", "downloads": 50}, {"id": "new"}])
    printed = run("compare", tmp_path / "snapshot", newer.folder)
    assert "1 kept, of these 0 renamed; 1 added; 2 gone" in printed
    told = document(
        run("compare", tmp_path / "snapshot", newer.folder, "--json"), "snapshot-comparison"
    )
    assert told["risen"] == [{"id": "base", "old": 40, "new": 50}]


def test_figures_of_two_snapshots_are_compared_from_their_files(run, tmp_path):
    newer = snapshot(tmp_path / "newer", [{"id": "base", "downloads": 50}, {"id": "new"}])
    for name, place in (("old", tmp_path / "snapshot"), ("new", newer.folder)):
        (tmp_path / f"{name}.json").write_text(run("stats", place, "--json"))
    files = tmp_path / "old.json", tmp_path / "new.json"
    told = document(run("compare", *files, "--json"), "popularity-comparison")
    found = {one["reference"]["key"]: one for one in told["figures"]}
    old, new = (json.loads(file.read_text())["popularity"] for file in files)
    assert (found["models"]["old"], found["models"]["new"]) == (old["models"], new["models"])
    share = found["downloaded"]
    assert share["difference"] == pytest.approx(share["new"] - share["old"])
    assert share["difference"] < 0
    assert found["chains_within"]["difference"] is None
    printed = run("compare", *files)
    assert "−" in printed
    assert "points" in printed
    assert told["old_tiers"] == told["new_tiers"]
    assert "Other tiers" not in printed


def test_figures_that_count_other_tiers_are_compared_and_it_is_said(run, tmp_path):
    place, edges_of = tmp_path / "snapshot", ("--edges", tmp_path / "edges")
    (tmp_path / "old.json").write_text(run("stats", place, *edges_of, "--json"))
    (tmp_path / "new.json").write_text(run("stats", place, *edges_of, "--names", "--json"))
    assert "Other tiers of evidence count" in run(
        "compare", tmp_path / "old.json", tmp_path / "new.json"
    )


def test_a_report_of_version_1_is_read(run, tmp_path):
    shown = run("stats", tmp_path / "snapshot", "--edges", tmp_path / "edges", "--json")
    (tmp_path / "new.json").write_text(shown)
    old = json.loads(shown) | {"schema_version": 1}
    upstreams = [row for rows in old["reuse"]["most_reused"].values() for row in rows]
    assert upstreams
    for row in upstreams:
        del row["paper"]
    (tmp_path / "old.json").write_text(json.dumps(old))
    found = compare_reports(*(read_report(tmp_path / f"{age}.json") for age in ("old", "new")))
    assert {figure.difference for figure in found.figures} <= {0, None}
    (tmp_path / "old.json").write_text(json.dumps(old | {"schema_version": 3}))
    with pytest.raises(WeaklinkError, match="does not hold popularity"):
        read_report(tmp_path / "old.json")


@pytest.mark.parametrize("text", ["{", "[]", '{"kind": "results"}'])
def test_files_that_hold_no_figures_are_refused(tmp_path, text):
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(WeaklinkError, match="does not hold popularity"):
        read_report(tmp_path / "old.json")
    with pytest.raises(WeaklinkError, match="cannot be read"):
        read_report(tmp_path / "none.json")


def test_reports_about_different_tasks_are_not_compared(run, tmp_path):
    for task in ("all", "text-classification"):
        shown = run("stats", tmp_path / "snapshot", "--task", task, "--json")
        (tmp_path / f"{task}.json").write_text(shown)
    with pytest.raises(WeaklinkError, match="different tasks: all and text-classification"):
        compare_reports(
            *(read_report(tmp_path / f"{t}.json") for t in ("all", "text-classification"))
        )
