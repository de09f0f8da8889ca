"""An audit is the study of one link on one data set, and what is finished is not loaded again."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import weaklink
from tests.oracle.compare import differences
from tests.oracle.facts import read_audit
from tests.oracle.results import expected_results, untold
from tests.victims.tiny import save_tiny
from weaklink.cache import CACHE_VARIABLE, cache_folder
from weaklink.campaigns import Specification, run_study
from weaklink.campaigns.prepare import resources
from weaklink.campaigns.prepare import victims as loading
from weaklink.errors import WeaklinkError
from weaklink.measures import Bounds, Options
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.report import write_report
from weaklink.report.about import about
from weaklink.store import open_store
from weaklink.store.studies import Study, read_study, study_of_audit

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(weaklink.__file__).parents[1])}
GOLDENS = Path(__file__).parent / "goldens"
TOY = """from weaklink.testing import ToyVictim


def classify(texts):
    return ToyVictim({"good": 2.0, "bad": -2.0}).forward(texts)
"""
ROWS = (("a good film with a good plot", "positive"), ("a bad film with a bad plot", "negative"))
LINK = ("toy:classify", "other:classify")
OPTIONS = {"data": "data.csv", "samples": 4, "attacks": ("pwws",), "language_model": None}


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder with two toys and data, and nothing imported from another."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("toy", "other", "third"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    Path("toy.py").write_text(TOY)
    Path("other.py").write_text(TOY.replace("2.0", "0.5"))
    rows = [f"{text} number {i},{label}" for i in range(8) for text, label in ROWS]
    Path("data.csv").write_text("\n".join(["text,label", *rows]))
    return tmp_path


def outcomes_in(path):
    with open_store(path, create=False) as store:
        return [replace(outcome, seconds=0.0) for outcome in store.outcomes()]


def test_an_audit_has_the_outcomes_of_a_study_of_one_link_on_one_data_set(work):
    result = weaklink.audit(*LINK, store=work / "audit.db", **OPTIONS)
    downstream, upstream = LINK
    spec = Specification.checked(
        {"name": "one", "chains": [[upstream, downstream]], **OPTIONS}, "Key", "None."
    )
    record = run_study(spec, work / "study", Silent())
    assert outcomes_in(work / "audit.db") == outcomes_in(work / "study" / "study.db")
    assert result.asked == len(outcomes_in(work / "audit.db")) == 4 * 2 + 4
    audit, study = study_of_audit(work / "audit.db"), read_study(work / "study")
    assert audit.record.chains == study.record.chains
    assert audit.record.replays == study.record.replays
    assert len(record.replays) == 1
    roles = [[v.role for v in one.campaigns[1].victims] for one in (audit, study)]
    assert roles == [["upstream", "downstream"], ["single", "single"]]


def test_an_audit_has_the_figures_and_the_sections_of_that_study(work):
    weaklink.audit(*LINK, store=work / "audit.db", **OPTIONS)
    values = {"name": "one", "chains": [LINK[::-1]], **OPTIONS}
    run_study(Specification.checked(values, "Key", "None."), work / "study", Silent())
    figures, sections = [], []
    for study in (study_of_audit(work / "audit.db"), read_study(work / "study")):
        named = Study(
            study.record.model_copy(update={"name": "one", "digest": "0"}),
            study.campaigns,
            study.outcomes,
        )
        found = results(named, Options(resamples=199, created=datetime(2026, 1, 1, tzinfo=UTC)))
        (path,) = write_report(work / "report.html", named, found)
        assert about(named) in path.read_text("utf-8")
        figures.append(re.sub(r'"seconds":[^,}]*', "", found.model_dump_json()))
        sections.append(re.findall(r'<section id="([^"]*)"', path.read_text("utf-8")))
    assert figures[0] == figures[1]
    assert sections[0] == sections[1]
    assert len(sections[0]) > 5


def test_every_figure_of_an_audit_is_that_of_its_rows(work):
    result = weaklink.audit(*LINK, store=work / "audit.db", **OPTIONS)
    told = json.loads(result.results.model_dump_json())
    expected = expected_results(read_audit(work / "audit.db"))
    assert [*differences(expected, told), *untold(told)] == []


@pytest.fixture
def plenty(work):
    """Data with texts to spare, of which a reference can be trained."""
    rows = [f"{text} number {i},{label}" for i in range(60) for text, label in ROWS]
    Path("data.csv").write_text("\n".join(["text,label", *rows]))
    return work


def test_an_audit_of_a_link_has_a_reference_for_its_null(plenty):
    result = weaklink.audit(*LINK, store=plenty / "audit.db", **OPTIONS)
    assert [one.name for one in result.record.references] == ["tfidf@data.csv"]
    assert result.asked == 4 * 2 + 4 + 4
    found = result.results
    assert found.models == LINK[::-1]
    assert [one.model for one in found.references] == ["tfidf@data.csv"]
    assert set(result.outcomes()["victim"]) == set(LINK)
    told = json.loads(found.model_dump_json())
    expected = expected_results(read_audit(plenty / "audit.db"))
    assert [*differences(expected, told), *untold(told)] == []
    values = {"name": "one", "chains": [LINK[::-1]], **OPTIONS}
    run_study(Specification.checked(values, "Key", "None."), plenty / "study", Silent())
    assert outcomes_in(plenty / "audit.db") == outcomes_in(plenty / "study" / "study.db")
    assert weaklink.audit(*LINK, store=plenty / "audit.db", **OPTIONS).asked == 0


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ("none", []),
        ("third:classify", ["third:classify"]),
        ("auto,third:classify", ["tfidf@data.csv", "third:classify"]),
    ],
)
def test_references_are_named_or_switched_off(plenty, references, expected):
    Path("third.py").write_text(TOY.replace("2.0", "1.0"))
    result = weaklink.audit(*LINK, store=plenty / "audit.db", references=references, **OPTIONS)
    assert [one.name for one in result.record.references] == expected


def test_an_audit_of_one_model_has_no_reference(plenty):
    result = weaklink.audit(LINK[0], store=plenty / "audit.db", **OPTIONS)
    assert result.record.references == result.record.reference_campaigns == ()


def test_texts_that_are_too_few_to_train_a_reference_on_end_an_audit_that_names_it(work):
    with pytest.raises(WeaklinkError, match="12 texts besides the samples"):
        weaklink.audit(*LINK, store=work / "audit.db", references="tfidf", **OPTIONS)


def test_a_store_of_an_earlier_version_is_kept_and_its_attacks_are_made_anew(work):
    with closing(sqlite3.connect("audit.db")) as connection:
        connection.executescript((GOLDENS / "audit-0.1.0.sql").read_text())
    before = outcomes_in("audit.db")
    old = study_of_audit(work / "audit.db")
    assert [chain.measured for chain in old.record.chains] == [LINK[::-1]]
    assert old.record.replays == ()
    assert old.outcomes.count() == len(before) == 8
    result = weaklink.audit(*LINK, store=work / "audit.db", text_transfer=False, **OPTIONS)
    assert result.asked == 8
    now = outcomes_in("audit.db")
    assert len(now) == 16
    assert [outcome for outcome in now if outcome in before] == before
    with open_store("audit.db") as store:
        assert [one.id for one in store.campaigns()] == [1, 2]
    assert study_of_audit(work / "audit.db").record.command[:2] == ("weaklink", "audit")


def test_replays_are_no_campaign_that_anybody_asked_for(work):
    weaklink.audit(*LINK, store=work / "audit.db", **OPTIONS)
    study = study_of_audit(work / "audit.db")
    assert [entry.campaign for entry in study.record.campaigns] == [1]
    assert {entry.campaign for entry in study.record.replays} == {2}
    assert set(study.campaigns) == {1, 2}


def test_an_audit_ends_where_a_study_goes_on(work):
    with pytest.raises(WeaklinkError, match=r"nowhere\.csv"):
        weaklink.audit("toy:classify", store=work / "audit.db", **OPTIONS | {"data": "nowhere.csv"})
    spec = Specification(name="x", models=("toy:classify",), **OPTIONS | {"data": "nowhere.csv"})
    record = run_study(spec, work / "study", Silent())
    assert [failure.what for failure in record.failures] == ["nowhere.csv"]


@pytest.fixture
def finished(work):
    """A finished audit of a model in a folder, as a function that asks for it again."""
    save_tiny(work / "tiny")
    options = OPTIONS | {"attacks": ("hotflip",), "max_queries": 20, "store": work / "audit.db"}

    def again(**changes):
        return weaklink.audit(str(work / "tiny"), **options | changes)

    again()
    return again


@pytest.fixture
def unloadable(monkeypatch):
    def refuse(*_, **__):
        raise WeaklinkError("A model is loaded.", "Load none.")

    monkeypatch.setattr(loading, "load_victim", refuse)
    monkeypatch.setattr(resources, "load_encoder", refuse)


def test_what_is_finished_is_returned_and_no_model_is_loaded(finished, unloadable):
    assert finished().asked == 0
    other = finished(bounds=Bounds(min_similarity=0.5))
    assert other.results.bounds.min_similarity == 0.5
    changed = {"models", "data", "samples", "attacks", "language_model", "max_queries"}
    assert {*finished().record.changed} == changed
    assert {*other.record.changed} == changed | {"bounds.min_similarity"}
    assert finished(width=3).results.scenarios == finished().results.scenarios


def test_what_has_changed_is_loaded(finished, unloadable, work):
    for changes in ({"samples": 5}, {"seed": 1}, {"refuse_warnings": True}):
        with pytest.raises(WeaklinkError, match="A model is loaded"):
            finished(**changes)
    Path("data.csv").write_text(Path("data.csv").read_text() + "\na fine film,positive")
    with pytest.raises(WeaklinkError, match="A model is loaded"):
        finished()


def test_another_model_in_the_same_folder_is_loaded(finished, unloadable, work):
    save_tiny(work / "tiny", num_hidden_layers=1)
    with pytest.raises(WeaklinkError, match="A model is loaded"):
        finished()


def test_an_outcome_that_is_missing_is_made(finished, unloadable):
    with closing(sqlite3.connect("audit.db")) as connection, connection:
        connection.execute("DELETE FROM outcomes WHERE rowid = 1")
    with pytest.raises(WeaklinkError, match="A model is loaded"):
        finished()


CODE = """
import sys, weaklink
result = weaklink.audit({model!r}, data="data.csv", samples=4, attacks=("hotflip",),
    language_model=None, max_queries=20, store={store!r})
assert result.asked == 0
print(sorted({{"torch", "transformers", "spacy", "altair"}} & set(sys.modules)))
"""


def test_what_is_finished_imports_no_library_of_models(finished, work):
    code = CODE.format(model=str(work / "tiny"), store=str(work / "audit.db"))
    environment = ENVIRONMENT | {CACHE_VARIABLE: str(cache_folder())}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=work, env=environment,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
