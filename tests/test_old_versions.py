"""What version 0.1.0 wrote is still read, reported and resumed."""

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from weaklink.cli.app import main

ROOT = Path(__file__).parents[1]
ASSETS = Path("tests/assets/v0.1.0")
LINK = (
    "audit", "tests.assets.victims:downstream", "--upstream", "tests.assets.victims:upstream",
    "--data", ASSETS / "data/reviews.csv", "--samples", 8, "--attacks", "pwws,textbugger",
    "--repetitions", 2, "--max-queries", 70, "--language-model", "none", "--runtime", "torch",
)  # fmt: skip
SINGLE = (
    "audit", "tests.assets.victims:root", "--data", ASSETS / "data/meals.csv", "--samples", 6,
    "--attacks", "textbugger", "--repetitions", 1, "--target", "positive",
    "--language-model", "none", "--runtime", "torch",
)  # fmt: skip
RATES = ("asr_all", "asr_correct", "asr_valid", "robust_accuracy")
NO_CHART = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
KEY = "victim_fingerprint, attack_fingerprint, data_fingerprint, sample_id, repetition, seed"
MADE = "status, adversarial_text, adversarial_label, queries, error"


@pytest.fixture
def assets(tmp_path):
    """Return a copy of all that version 0.1.0 wrote."""
    return shutil.copytree(ROOT / ASSETS, tmp_path / "old")


@pytest.fixture
def weaklink(capsys, monkeypatch):
    """Run the command line in the repository's root, with few word vectors, and return stderr.

    Charts are left empty: they take long to draw, and every figure is in the JSON too.
    """
    monkeypatch.setattr("altair.LayerChart.save", lambda _, file, **__: file.write(NO_CHART))
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("WEAKLINK_GLOVE", str(ASSETS / "data/vectors.txt"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["weaklink", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr().err
        assert not end.value.code, said
        return said

    return run


def outcomes(store):
    """Return what became of each key, read without weaklink."""
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute(f"SELECT {KEY}, {MADE} FROM outcomes").fetchall()  # noqa: S608
    return {row[:6]: row[6:] for row in rows}


def figures(path):
    """Return the values of an audit's rates and links, as they are written now."""
    found = json.loads(path.read_text())
    rates = {(one["model"], one["attack"]): values(one, RATES) for one in found["scenarios"]}
    links = {
        (one["upstream"], one["downstream"], one["attack"]): (
            *values(one, ("delta", "sample_transfer")),
            one["p_value"],
        )
        for one in found["link_scenarios"]
        if one["samples"] == "all"
    }
    return rates, links


def old_figures(path):
    """Return the same from the JSON of version 0.1.0."""
    summary = json.loads(path.read_text())
    rates = {(one["victim"], one["attack"]): values(one, RATES) for one in summary["attacks"]}
    links = {
        (one["upstream"], one["downstream"], one["attack"]): (
            *values(one, ("delta", "transfer_rate")),
            one["p_value"],
        )
        for one in summary["chain"]
    }
    return rates, links


def downstream(assets):
    """Return the fingerprint of the downstream, which alone is tried on its upstream's texts."""
    with closing(sqlite3.connect(assets / "audit.db")) as connection:
        (content,) = connection.execute("SELECT content FROM campaigns").fetchone()
    return next(
        victim["fingerprint"]
        for victim in json.loads(content)["victims"]
        if victim["role"] == "downstream"
    )


def values(figures, names):
    return tuple(figures[name] and figures[name]["value"] for name in names)


def approximately(figures):
    """Return figures that others equal but for the last bits."""
    return tuple({place: pytest.approx(told) for place, told in part.items()} for part in figures)


_SENTENCES = ("because", "targeted")
"""Of advice: the report writes them now."""


def assert_keeps(new, old, at="results"):
    """Assert that all that was there is still there; there may be more."""
    if isinstance(old, dict):
        kept = [key for key in old if key not in _SENTENCES]
        assert set(kept) <= new.keys(), at
        for key in kept:
            assert_keeps(new[key], old[key], f"{at}.{key}")
    elif isinstance(old, list):
        assert len(new) == len(old), at
        for i, (one, other) in enumerate(zip(new, old, strict=True)):
            assert_keeps(one, other, f"{at}[{i}]")
    else:
        assert new == (pytest.approx(old) if isinstance(old, float) else old), at


@pytest.mark.parametrize("name", ["audit", "single"])
def test_an_audit_is_reported_with_the_figures_that_it_had(weaklink, assets, name):
    made = assets / "made.json"
    weaklink("report", assets / f"{name}.db", "--out", assets / "out.html", "--json", made)
    assert figures(made) == approximately(old_figures(assets / f"{name}.json"))


def test_an_interrupted_audit_makes_what_was_missing_and_nothing_else(weaklink, assets):
    store, made = assets / "audit-interrupted.db", assets / "made.json"
    whole, before = outcomes(assets / "audit.db"), outcomes(store)
    assert sum(before.get(key) != outcome for key, outcome in whole.items()) == 7
    said = weaklink(*LINK, "--store", store, "--report", assets / "out.html", "--json", made)
    assert said.count("Attacking") >= 1
    after = outcomes(store)
    attacks = {key[1] for key in whole}
    assert {key: made for key, made in after.items() if key[1] in attacks} == whole
    replayed = {key[1] for key in after} - attacks
    assert {key[0] for key in after if key[1] in replayed} <= {downstream(assets)}
    assert figures(made) == approximately(old_figures(assets / "audit.json"))


def test_a_whole_audit_has_nothing_left_to_make(weaklink, assets):
    store = assets / "single.db"
    before = outcomes(store)
    said = weaklink(*SINGLE, "--store", store, "--report", assets / "out.html")
    assert "Attacking" not in said
    assert outcomes(store) == before


def test_a_study_is_read_and_reported_with_the_figures_that_it_had(weaklink, assets):
    weaklink("study", "report", assets / "study", "--out", assets / "out")
    new, old = assets / "out/results.json", assets / "study/results.json"
    assert_keeps(json.loads(new.read_text()), json.loads(old.read_text()))


def test_a_whole_study_has_nothing_left_to_make(weaklink, assets):
    before = outcomes(assets / "study/study.db")
    said = weaklink("study", "run", ASSETS / "study.toml", "--out", assets / "study")
    assert "Attacking" not in said
    assert outcomes(assets / "study/study.db") == before
