"""What notebooks show of figures, and what Python says of what cannot be read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import weaklink
from tests.examples import a_campaign, a_study, an_outcome, figures, links_study
from weaklink.errors import WeaklinkError
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.measures.runs.compare import ComparedRun, compare_runs
from weaklink.store.record import Stopped

HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"


def hostile_run(fallen):
    """A run whose model, attack and data set have hostile names."""
    campaign = a_campaign(victims=((HOSTILE, "single"),), attacks=(HOSTILE,), samples=12)
    outcomes = [
        an_outcome(i, victim=HOSTILE, attack=HOSTILE, success=i in fallen) for i in range(12)
    ]
    study = a_study(campaign, outcomes)
    (entry,) = study.record.campaigns
    entry = entry.model_copy(update={"dataset": HOSTILE})
    record = study.record.model_copy(update={"campaigns": (entry,), "name": HOSTILE})
    study = replace(study, record=record)
    return ComparedRun(results(study, Options(resamples=19)), study)


def test_figures_and_comparisons_show_themselves_and_nothing_in_them_is_markup():
    old, new = hostile_run(range(3)), hostile_run(range(11))
    compared = compare_runs(old, new)._repr_html_()
    for shown in (new.results._repr_html_(), compared):
        assert "<script" not in shown
        assert not {"\u202e", "\x1b"} & set(shown)
        assert shown.count("&lt;script&gt;alert(1)") >= 3
        tags = set(re.findall(r"<([^/ >]+)", shown))
        assert tags == {"div", "p", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "<td>0.917 [" in new.results._repr_html_()
    assert "<td>0.250</td><td>0.917</td><td>+0.667 [" in compared
    assert "paired by sample" in compared
    assert "not paired" in compare_runs(ComparedRun(old.results), new)._repr_html_()


def test_links_are_shown_and_of_long_tables_the_first_rows():
    fell = {(f"u{i}", f"d{i}"): (1, 2) for i in range(30)}
    study, _ = links_study(fell, samples=4)
    shown = results(study, Options(resamples=19))._repr_html_()
    assert "<caption>Links</caption>" in shown
    assert "<td>u0 → d0</td>" in shown
    assert "<caption>Attacks (10 more rows)</caption>" in shown


def test_what_was_not_measured_and_what_was_not_done_is_said():
    found = figures(a_campaign(), []).model_copy(
        update={"stopped": Stopped(reason="time", samples=0, asked=4)}
    )
    assert "<td>unknown</td>" in found._repr_html_()
    assert "<p>0 of 4 samples were done.</p>" in found._repr_html_()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: weaklink.read_results("no.json"), "that to_json() of results gave"),
        (lambda: weaklink.read_results("text.json"), "with the to_json() of results"),
        (lambda: weaklink.read_study("no"), "the folder of a study, which holds study.json"),
        (lambda: weaklink.open_store("no.db", create=False), "weaklink.audit makes a store"),
        (lambda: weaklink.open_store("text.json"), "Give another path"),
        (lambda: weaklink.compare("no.db", "no.db"), "weaklink.audit makes a store"),
        (lambda: weaklink.Study("f.toml"), "Call weaklink.read_study(folder)"),
        (lambda: weaklink.Lineage("folder"), "Call weaklink.Lineage.load(folder)"),
        (lambda: weaklink.Lineage(Path("folder")), "Call weaklink.Lineage.load(folder)"),
        (lambda: weaklink.AuditResult("audit.db"), "weaklink.read_results(path)"),
    ],
)
def test_errors_of_what_is_read_speak_python(tmp_path, monkeypatch, call, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.json").write_text("hello")
    with pytest.raises(WeaklinkError) as caught:
        call()
    assert told in str(caught.value)
    assert "`" not in str(caught.value)
    assert "--" not in str(caught.value)


def test_a_store_without_a_run_says_how_to_make_one_in_python(tmp_path):
    path = tmp_path / "audit.db"
    weaklink.open_store(path).close()
    with pytest.raises(WeaklinkError, match=re.escape(f"weaklink.audit(MODEL, store='{path}')")):
        weaklink.compare(path, path)
