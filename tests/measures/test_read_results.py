"""Results read from files; those of version 0.1.0 are in ``tests/test_old_versions.py``."""

import json
from pathlib import Path

import pytest

from tests.examples import a_campaign, an_outcome, figures
from weaklink import read_results
from weaklink.errors import WeaklinkError

OLD = Path(__file__).parents[1] / "assets" / "v0.1.0"
FOUND = figures(a_campaign(), [an_outcome(0), an_outcome(0, victim="down", success=False)])
PRESENT = json.loads(FOUND.to_json())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "figures.json"
    path.write_text(FOUND.to_json())
    return path


def test_results_of_this_version_are_read_as_they_were(file):
    assert read_results(file) == FOUND
    assert read_results(str(file)) == FOUND


@pytest.mark.parametrize("name", ["audit.json", "single.json", "study/results.json"])
def test_what_an_old_version_wrote_can_be_written_as_this_one_does(file, name):
    found = read_results(OLD / name)
    assert found.created is None
    file.write_text(found.to_json())
    assert read_results(file) == found


def test_old_names_become_those_of_today_and_verdicts_are_worked_out(file):
    old = json.loads((OLD / "audit.json").read_text())
    old["chain"][0] |= {"p_value": 0.01, "delta": {"value": 0.5, "low": 0.2, "high": 0.7, "n": 8}}
    old["chain"][1]["delta"] = None
    file.write_text(json.dumps(old))
    (link,) = read_results(file).link_scenarios
    assert link.verdict == "less robust"
    assert link.sample_transfer.model_dump() == old["chain"][0]["transfer_rate"]
    assert link.elsewhere.model_dump() == old["chain"][0]["asr_elsewhere"]
    assert (link.n, link.subset, link.text_transfer) == (8, "all", None)


WRONG = {
    "no JSON": ("{", "is not JSON"),
    "not text": (b"\xff\xfe\x00", "is not JSON"),
    "a list": ("[]", "does not hold results"),
    "something else": ('{"name": "x"}', "does not hold results, but something else"),
    "another kind": ('{"kind": "doctor", "schema_version": 1}', "a document of kind 'doctor'"),
    "a later version": (
        json.dumps(PRESENT | {"schema_version": 4, "new": 1}),
        "holds results of schema version 4; this weaklink reads up to 3. Update weaklink",
    ),
    "a version that never was": (json.dumps(PRESENT | {"schema_version": 0}), "schema_version = 0"),
    "a field missing": (
        json.dumps({name: value for name, value in PRESENT.items() if name != "worst"}),
        "does not hold whole results: worst is missing",
    ),
    "a field too many": (json.dumps(PRESENT | {"extra": 1}), "there is no such key"),
    "a rate that is text": (json.dumps(PRESENT | {"seed": "x"}), "seed = 'x' is not allowed"),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_a_file_of_something_else_is_a_clear_error(file, content, message):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WeaklinkError, match="figures.json") as error:
        read_results(file)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("audit.json", {"chain": [{"delta": 1}]}),
        ("audit.json", {"attacks": [None]}),
        ("audit.json", {"campaign": {}}),
        ("study/results.json", {"advice": [1]}),
        ("study/results.json", {"links": [{"all": {}}]}),
        ("study/results.json", {"overall": None}),
    ],
)
def test_a_broken_file_of_an_old_version_is_a_clear_error(file, name, broken):
    whole = json.loads((OLD / name).read_text())
    file.write_text(json.dumps(whole | broken))
    with pytest.raises(WeaklinkError, match="does not hold whole results"):
        read_results(file)


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(WeaklinkError, match=r"none.json cannot be read: No such file"):
        read_results(tmp_path / "none.json")
