"""Fluency and valid texts on the command line."""

import json
from pathlib import Path

import pytest

from tests.models.tiny_language_model import save_language_model
from weaklink.campaigns import Specification
from weaklink.measures import Bounds
from weaklink.store import open_store

TOY = ("audit", "toy:classify", "--data", "data.csv", "--attacks", "pwws", "--samples", 4)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_language_model(tmp_path_factory.mktemp("lm") / "tiny", positions=64)


def figures(result):
    assert result.status == 0, result.err
    (attack,) = json.loads(result.out)["scenarios"]
    return attack


def test_an_audit_measures_fluency_and_counts_valid_texts(cli, tiny):
    result = cli(*TOY, "--language-model", tiny, "--json", "-")
    attack = figures(result)
    assert attack["asr_valid"]["n"] == attack["asr_all"]["n"] == 4
    assert attack["asr_valid"]["value"] <= attack["asr_all"]["value"]
    assert attack["perplexity_ratio_median"] > 0
    assert attack["characters_changed_mean"] > 0
    assert attack["fluency_missing"] == 0
    assert f"Measuring fluency ({attack['statuses']['succeeded']})" in result.err
    assert "asr_valid" in result.err
    again = cli(*TOY, "--language-model", tiny, "--json", "-")
    assert "Measuring fluency" not in again.err
    assert figures(again) == attack


def test_without_a_language_model_the_audit_says_so_and_goes_on(cli):
    result = cli(*TOY, "--json", "-")
    attack = figures(result)
    assert attack["perplexity_ratio_median"] is None
    assert attack["asr_valid"] is not None
    assert "The fluency of successes was not measured" in result.err.replace("\n", " ")
    assert "weaklink fluency" in Path("report.html").read_text()


def test_fluency_is_measured_afterwards_and_by_another_model_again(cli, tiny, tmp_path):
    cli(*TOY)
    measured = cli("fluency", "audit.db", "--language-model", tiny)
    assert measured.status == 0, measured.err
    with open_store("audit.db") as store:
        (first,) = {o.language_model for o in store.outcomes() if o.adversarial_text is not None}
    assert "Measured 0 outcomes" in cli("fluency", "audit.db", "--language-model", tiny).out
    other = save_language_model(tmp_path / "other", positions=64, certain=2.0)
    assert "Measured 0" not in cli("fluency", "audit.db", "--language-model", other).out
    with open_store("audit.db") as store:
        assert first not in {outcome.language_model for outcome in store.outcomes()}


def test_other_bounds_score_again_without_any_model(cli):
    cli(*TOY)
    Path("toy.py").unlink()
    rates = []
    for similarity in (1.0, 0.5, -1.0):
        options = ("--min-similarity", similarity, "--json", "again.json")
        assert cli("report", "audit.db", *options).status == 0
        summary = json.loads(Path("again.json").read_text())
        assert summary["bounds"]["min_similarity"] == similarity
        rates.append(summary["scenarios"][0]["asr_valid"]["value"])
    assert rates[0] == 0
    assert rates == sorted(rates)
    assert rates[-1] == summary["scenarios"][0]["asr_all"]["value"] > 0
    assert "similarity at least -1" in Path("report.html").read_text()


@pytest.mark.parametrize(("similarity", "status"), [(-1, 3), (1, 4)])
def test_asr_valid_gates_a_build(cli, similarity, status):
    gate = ("--fail-over", "asr_valid=0", "--min-similarity", similarity)
    assert cli(*TOY, *gate).status == status


def test_outcomes_are_listed_by_whether_their_texts_are_valid(cli):
    cli(*TOY)
    listed = {}
    for which, similarity in (("--valid", 0), ("--invalid", 0), ("--valid", 1), ("--invalid", 1)):
        result = cli("outcomes", "audit.db", which, "--min-similarity", similarity, "--json")
        listed[which, similarity] = len(result.out.splitlines())
    successes = len(cli("outcomes", "audit.db", "--status", "succeeded", "--json").out.splitlines())
    assert listed == {
        ("--valid", 0): successes,
        ("--invalid", 0): 0,
        ("--valid", 1): 0,
        ("--invalid", 1): successes,
    }
    assert "out of bounds: similarity" in " ".join(
        cli("outcomes", "audit.db", "--min-similarity", 1).out.replace("│", " ").split()
    )


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("fluency", "nowhere.db"), "There is no store"),
        (("fluency", "text.txt"), "not a weaklink store"),
        (
            ("fluency", "audit.db", "--language-model", "nowhere/at/all"),
            "is neither a folder nor a Hub id",
        ),
        (("fluency", "audit.db", "--language-model", "."), "not a causal language model"),
        (("fluency", "audit.db", "--device", "cuda:99"), "cannot be used here"),
        (("report", "audit.db", "--min-similarity", "1.5"), "--min-similarity = 1.5 is not"),
        (("report", "audit.db", "--max-perplexity-ratio", "0"), "--max-perplexity-ratio = 0.0 is"),
        (
            ("outcomes", "audit.db", "--max-words-changed", "nan"),
            "--max-words-changed = nan is not allowed",
        ),
        ((*TOY, "--language-model", "."), "not a causal language model"),
    ],
)
def test_what_cannot_be_is_one_clear_line(cli, command, said):
    Path("text.txt").write_text("hello " * 1000)
    open_store("audit.db").close()
    result = cli(*command)
    assert result.status == 1
    assert said in result.err
    assert "Traceback" not in result.err


def test_the_options_name_the_defaults_of_the_library(cli):
    said = " ".join(cli("report", "--help").out.replace("│", " ").split())
    bounds = Bounds()
    assert f"default: {bounds.min_similarity:g}" in said
    assert f"default: {bounds.max_perplexity_ratio:g}" in said
    assert f"default: {bounds.max_words_changed:g}" in said
    default = Specification.of_audit("any").language_model
    assert default in cli("fluency", "--help").out
