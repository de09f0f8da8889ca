"""Figures are worked out once for the same outcomes, and drawn once."""

from dataclasses import replace

import pytest

from tests.examples import a_campaign, an_outcome
from weaklink.campaigns.figures import figures_of
from weaklink.errors import WeaklinkError
from weaklink.measures import Bounds, Options
from weaklink.report import write_report
from weaklink.store import Store, open_store
from weaklink.store.studies import study_of_audit

FEW = Options(resamples=19)


@pytest.fixture(autouse=True)
def no_charts(monkeypatch):
    monkeypatch.setattr("weaklink.report.drawing.all_charts", lambda *_: {})


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "audit.db"
    with open_store(path) as store:
        store.add_campaign(a_campaign())
        for sample in range(3):
            store.put(an_outcome(sample))
    return path


def kept(path):
    return figures_of(study_of_audit(path), FEW)


def worked_out(monkeypatch):
    """Return the list that grows with each time that figures are worked out."""
    from weaklink.measures import figures

    calls, original = [], figures.results

    def counted(*arguments):
        calls.append(arguments)
        return original(*arguments)

    monkeypatch.setattr(figures, "results", counted)
    return calls


def test_figures_are_kept_until_an_outcome_is_written(path, monkeypatch):
    calls = worked_out(monkeypatch)
    first = kept(path)
    assert kept(path) == first
    assert len(calls) == 1
    with open_store(path) as store:
        store.put(an_outcome(3, success=False))
    assert kept(path).overall != first.overall
    assert len(calls) == 2
    with open_store(path) as store:
        store.put_perplexities("other", {an_outcome(0).key: (10.0, 20.0)})
    kept(path)
    assert len(calls) == 3


def test_other_options_and_another_record_have_figures_of_their_own(path, monkeypatch):
    calls = worked_out(monkeypatch)
    study = study_of_audit(path)
    figures_of(study, FEW)
    figures_of(study, replace(FEW, bounds=Bounds(min_similarity=0.99)))
    renamed = study.record.model_copy(update={"name": "other"})
    assert figures_of(replace(study, record=renamed), FEW).name == "other"
    assert len(calls) == 3


def test_a_store_that_may_not_be_written_gives_figures_too(path, monkeypatch):
    study = study_of_audit(path)
    monkeypatch.setattr("os.access", lambda *_: False)
    figures_of(study, FEW)
    calls = worked_out(monkeypatch)
    figures_of(study, FEW)
    assert len(calls) == 1


def test_a_store_without_room_for_figures_gives_them_too(path, monkeypatch):
    study = study_of_audit(path)

    def full(*_):
        raise WeaklinkError("There is no space left.", "Free some.")

    monkeypatch.setattr(Store, "put_figures", full)
    assert figures_of(study, FEW).name == study.record.name
    monkeypatch.undo()
    assert kept(path).name == study.record.name


@pytest.mark.parametrize("name", ["report.html", "report"])
def test_a_report_that_shows_the_same_is_left_as_it_is(path, tmp_path, name):
    def write(command):
        written = write_report(tmp_path / name, study_of_audit(path), kept(path), command=command)
        return written[0], written[0].stat().st_mtime_ns

    page, first = write("weaklink audit")
    assert write("weaklink audit") == (page, first)
    assert write("weaklink audit --seed 1")[1] > first
    page.write_text("something else")
    write("weaklink audit")
    assert "</html>" in page.read_text()


def test_what_is_missing_beside_a_page_is_written_again(path, tmp_path):
    study, found = study_of_audit(path), kept(path)
    _, numbers, *_ = write_report(tmp_path / "report", study, found)
    whole = numbers.read_bytes()
    numbers.unlink()
    write_report(tmp_path / "report", study, found)
    assert numbers.read_bytes() == whole
