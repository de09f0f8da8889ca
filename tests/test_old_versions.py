"""What older versions wrote is still read and reported, and resumed where attacks are the same."""

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.measures.defences.test_worth import defended_study
from weaklink import read_results
from weaklink.attacks import Parameters
from weaklink.attacks.registry import installed
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
IDENTITY = (
    "model", "attack", "dataset", "upstream", "downstream", "subset", "name", "about", "key",
)  # fmt: skip
ENDS = {("delta", "low"), ("delta", "high")}
RESAMPLED = 0.04
"""Version 0.1.0 numbered the samples of an audit by their ids, and so drew other resamples."""
WIDER = 0.1
"""It took scenarios that count few samples as certain."""
MOVED = {"low", "high"}
POOLED = 0.05
"""Schema version 2 took scenarios that count few samples to have the rate of their average."""
REWRITTEN = ("figure", "label", "note")
"""Where the paper has a figure, and how it differs."""
POWER = ("detectable", "scenario_detectable", "detectable_holm", "scenario_detectable_holm")
"""It took another test than the one in use."""
ADDED_TO_AUDITS = {
    "created", "most_robust", "strongest",
    "overall", "by_model", "by_attack", "by_dataset", "by_cell", "published", "worst",
    "worst.robust_accuracy", "worst.worst_attack", "worst.worst_attack_leaves", "worst.fallen",
    "scenarios.queries_of_successes",
}  # fmt: skip
ADDED_TO_LINKS = {
    "verdict", "links", "chains", "architectures", "families", "link_attacks", "all_links",
    "advice", "scenario_n", "scenarios.variance", "link_scenarios",
    *(f"link_scenarios.{name}" for name in (
        "upstream_asr", "downstream_asr", "p_holm", "cohens_h",
        "only_upstream", "only_downstream",
    )),
}  # fmt: skip
ADDED_TO_STUDIES = {
    "created", "most_robust", "strongest", "families", "published", "worst.texts_cut",
    *(f"scenarios.{name}" for name in (
        "queries_mean", "queries_median", "queries_of_successes", "words_changed_mean",
        "characters_changed_mean", "similarity_mean", "fluency_missing", "seconds",
    )),
}  # fmt: skip
RESULTS_2 = ROOT / "tests/assets/results-2"
"""What schema version 2 of results looks like."""
KEY = "victim_fingerprint, attack_fingerprint, data_fingerprint, sample_id, repetition, seed"
MADE = "status, adversarial_text, adversarial_label, queries, error"


@pytest.fixture
def assets(tmp_path):
    """Return a copy of all that version 0.1.0 wrote."""
    return shutil.copytree(ROOT / ASSETS, tmp_path / "old")


@pytest.fixture
def weaklink(capsys, monkeypatch, undrawn):
    """Run the command line in the repository's root, with few word vectors, and return stderr."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("WEAKLINK_GLOVE", str(ASSETS / "data/vectors.txt"))
    monkeypatch.setenv("WEAKLINK_COUNTER_FITTED", str(ASSETS / "data/vectors.txt"))

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


def replays(store):
    """Return the fingerprints of attacks that only try what others found."""
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute("SELECT content FROM campaigns").fetchall()
    records = [record for (content,) in rows for record in json.loads(content)["attacks"]]
    return {one["fingerprint"] for one in records if one["name"].startswith("replay-")}


def figures(path, *but):
    """Return every figure that a file tells, by its place, except those of the names in ``but``."""

    def walk(found, at):
        if isinstance(found, dict):
            for name in found.keys() - but:
                yield from walk(found[name], (*at, name))
        elif isinstance(found, list):
            for i, inner in enumerate(found):
                yield from walk(inner, (*at, about(inner) if isinstance(inner, dict) else i))
        elif found is not None:
            yield at, found

    return dict(walk(read_results(path).model_dump(mode="json"), ()))


def about(entry):
    """Return what an entry of a list is about."""
    return tuple(entry.get(name) for name in IDENTITY)


def added(new, old, noise):
    """Return which fields only the new figures tell, after all that the old ones tell is there.

    ``noise`` is how far the ends of an interval may be from each other, by where they stand.
    """
    assert {place: new.get(place) for place in old} == {
        place: pytest.approx(told, abs=noise(place) or None) if isinstance(told, float) else told
        for place, told in old.items()
    }
    entries = {place[:2] for place in old}
    return {
        f"{place[0]}.{place[2]}" if place[:2] in entries else place[0]
        for place in new.keys() - old.keys()
    }


def pooled(place):
    return POOLED * (place[-1] in MOVED)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("audit", ADDED_TO_AUDITS | ADDED_TO_LINKS), ("single", ADDED_TO_AUDITS | {"goal"})],
)
def test_an_audit_is_reported_with_the_figures_that_it_had(weaklink, assets, name, expected):
    made = assets / "made.json"
    weaklink("report", assets / f"{name}.db", "--out", assets / "out.html", "--json", made)
    found = added(
        figures(made, *POWER),
        figures(assets / f"{name}.json", *POWER),
        lambda at: RESAMPLED * (at[-2:] in ENDS),
    )
    assert found == expected


def test_an_interrupted_audit_of_old_attacks_makes_all_of_the_new_ones(weaklink, assets):
    """Nothing of the old rule is taken for the new one, tried again or lost."""
    store, made = assets / "audit-interrupted.db", assets / "made.json"
    whole, before = outcomes(assets / "audit.db"), outcomes(store)
    assert sum(before.get(key) != outcome for key, outcome in whole.items()) == 7
    command = (*LINK, "--store", store, "--report", assets / "out.html", "--json", made)
    assert "Attacking" in weaklink(*command)
    after = outcomes(store)
    assert before.items() <= after.items()
    new = {key for key in after.keys() - before.keys() if key[1] not in replays(store)}
    assert len(new) == len({key for key in whole if key[1] not in replays(assets / "audit.db")})
    assert not {key[1] for key in new} & {key[1] for key in whole}
    for scenario in json.loads(made.read_text())["scenarios"]:
        assert scenario["missing"] == 0
        repetitions = {"pwws": 1, "textbugger": 2}[scenario["attack"]]
        assert sum(scenario["statuses"].values()) == 8 * repetitions
    assert "Attacking" not in weaklink(*command)
    assert outcomes(store) == after


def test_a_whole_audit_of_an_old_attack_is_made_anew(weaklink, assets):
    store = assets / "single.db"
    before = outcomes(store)
    assert "Attacking" in weaklink(*SINGLE, "--store", store, "--report", assets / "out.html")
    after = outcomes(store)
    assert before.items() <= after.items()
    assert len(after) == 2 * len(before)
    assert len({key[1] for key in after}) == 2


def test_a_whole_audit_has_nothing_left_to_make_while_its_attack_has_its_version(
    weaklink, assets, monkeypatch
):
    """Keys are made as they were: with version 1 of its attack, the store is whole."""

    class OldParameters(Parameters):
        knowledge: str = "black-box"
        neighbours: int = 5
        min_similarity: float = 0.8

    new = installed()["textbugger"]
    old = replace(new, parameters=OldParameters, rules=(), uses=("glove", "encoder"), version=1)
    monkeypatch.setitem(installed(), "textbugger", old)
    store = assets / "single.db"
    before = outcomes(store)
    said = weaklink(*SINGLE, "--store", store, "--report", assets / "out.html")
    assert "Attacking" not in said
    assert outcomes(store) == before


def test_a_study_is_read_and_reported_with_the_figures_that_it_had(weaklink, assets):
    weaklink("study", "report", assets / "study", "--out", assets / "out")
    old, new = (
        figures(assets / path, *REWRITTEN, *POWER)
        for path in ("study/results.json", "out/results.json")
    )
    assert added(new, old, lambda at: WIDER * (at[-1] in MOVED)) == ADDED_TO_STUDIES
    assert len(old) > 1000


def test_a_whole_study_of_old_attacks_is_made_anew(weaklink, assets):
    store = assets / "study/study.db"
    before = outcomes(store)
    command = ("study", "run", ASSETS / "study.toml", "--out", assets / "study")
    assert "Attacking" in weaklink(*command)
    after = outcomes(store)
    assert before.items() <= after.items()
    attacked = [key for key in after if key[1] not in replays(store)]
    old = [key for key in attacked if key in before]
    assert len(attacked) == 2 * len(old)


def test_figures_of_schema_version_2_are_those_of_today(weaklink, tmp_path):
    """Under the names of today; what they were counted from is reported with the same ones."""
    store, made = shutil.copy(RESULTS_2 / "audit.db", tmp_path), tmp_path / "made.json"
    old = RESULTS_2 / "audit.json"
    weaklink("report", store, "--out", tmp_path / "out.html", "--json", made)
    assert added(figures(made, "created"), figures(old, "created"), pooled) == set()
    told = read_results(old)
    assert (told.gate_state, told.judgements) == (None, ())
    assert told.worst[0].worst_attack == "pwws"
    assert told.all_links.all.n_scenarios == 2
    assert {one.subset for one in told.link_scenarios} == {"all", "both_correct"}
    assert told.to_json() != old.read_text()


def test_defences_of_schema_version_2_are_those_of_today(tmp_path):
    path = tmp_path / "made.json"
    path.write_text(defended_study().to_json())
    new, old = (figures(one, "created") for one in (path, RESULTS_2 / "defended.json"))
    assert added(new, old, pooled) == set()
    (one,) = read_results(RESULTS_2 / "defended.json").defences
    assert one.scenarios[0].figures.asr_oblivious.value == 0.25
    assert one.unknown.asr_oblivious is not None


def test_figures_of_schema_version_2_are_compared_and_are_a_baseline(weaklink, tmp_path):
    old, store = RESULTS_2 / "audit.json", shutil.copy(RESULTS_2 / "audit.db", tmp_path)
    for first, second in ((old, store), (store, old), (old, old)):
        weaklink("compare", first, second)
    out, made = tmp_path / "out.html", tmp_path / "made.json"
    gate = ("--baseline", old, "--margin", 1, "--json", made)
    weaklink("report", store, "--out", out, *gate)
    found = read_results(made)
    assert found.gate_state == "passed"
    assert {(one.attack, one.estimate.value) for one in found.judgements} == {
        ("pwws", 0), ("textbugger", 0),
    }  # fmt: skip
