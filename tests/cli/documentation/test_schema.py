"""The schemas of JSON documents: generated, committed, and of every command that has ``--json``."""

import json
import re
from collections import defaultdict

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.cli.documentation.test_documented import ALL
from tests.documents import FOLDER, document, validator
from weaklink.cache import digest_of_file
from weaklink.cli.schemas import KINDS, WRITERS
from weaklink.doctor.health import Health

PAGE = FOLDER.parent / "reference" / "json.md"
ASSETS = FOLDER.parents[1] / "tests" / "assets" / "results-2"
OLDER = {
    "detection-1.json": "1ba0931b2a7bd62f",
    "detection-scores-1.json": "c4972d5dd0086218",
    "human-validity-1.json": "0dab8b37f2d71406",
    "leaderboard-1.json": "193e816be62c5ea4",
    "leaderboard-2.json": "526cb7068e8663b7",
    "popularity-1.json": "5d55b8734e9e8b85",
    "results-1.json": "cd4d5658cb24ac4d",
    "results-2.json": "bb3cd6e0dfd7fb36",
    "run-comparison-1.json": "347840e77a7bc3e8",
    "verified-lineage-1.json": "902928cc4120aad6",
}
"""Schemas of earlier versions, with the beginning of each file's SHA-256."""


def name_of(kind):
    return f"{kind}-{KINDS[kind].model_fields['schema_version'].default}.json"


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_one_that_is_printed(cli, golden, kind):
    printed = cli("schema", kind).out
    golden(FOLDER / name_of(kind), printed)
    Draft202012Validator.check_schema(json.loads(printed))


def test_schemas_of_earlier_versions_stay_as_they_were():
    present = {name_of(kind) for kind in KINDS}
    older = {path.name for path in FOLDER.iterdir()} - present
    assert {name: digest_of_file(FOLDER / name)[:16] for name in older} == OLDER


@pytest.mark.parametrize("name", ["audit.json", "defended.json"])
def test_results_of_an_earlier_version_are_those_of_its_schema(name):
    document((ASSETS / name).read_text(), "results")


def test_a_schema_says_what_fields_mean_and_that_all_are_written(cli):
    schema = json.loads(cli("schema", "results").out)
    scenario = schema["$defs"]["Scenario"]
    assert set(scenario["required"]) == set(scenario["properties"])
    assert scenario["properties"]["missing"]["description"].startswith("Attempts that the campaign")
    assert {"schema_version", "kind", "created", "verdict"} <= set(schema["required"])


MEANT_ONCE = ("results", "run-comparison", "detection", "forecast", "leaderboard", "human-validity")


@pytest.mark.parametrize("kind", MEANT_ONCE)
def test_a_name_is_no_figure_in_one_place_and_something_else_in_another(kind):
    assert of_two_kinds(KINDS[kind].json_schema()) == set()


def test_older_results_had_names_that_meant_two_things():
    old = json.loads((FOLDER / "results-2.json").read_text())
    assert {"upstream", "downstream", "strongest", "scenarios"} <= of_two_kinds(old)


def of_two_kinds(schema):
    found = defaultdict(set)
    for one in (schema, *schema["$defs"].values()):
        for name, field in one.get("properties", {}).items():
            found[name] |= what_is(field, schema["$defs"])
    return {name for name, kinds in found.items() if len(kinds) > 1}


def what_is(field, known):
    """Return whether a field is text, a figure, a list or something of fields of its own."""
    if "anyOf" in field:
        return set().union(*(what_is(one, known) for one in field["anyOf"]))
    if "$ref" in field:
        inner = known[field["$ref"].removeprefix("#/$defs/")]
        if {"low", "macro", "before"} & inner.get("properties", {}).keys():
            return {"figure"}
        return what_is(inner, known)
    named = {"string": "text", "integer": "figure", "number": "figure", "array": "list"}
    told = field.get("type", "object")
    return set() if told == "null" else {named.get(told, told)}


def test_the_page_about_json_names_the_verdict_of_every_kind():
    table, *_ = PAGE.read_text().partition("Every document is")
    rows = re.findall(r"^\| (`[^|]+) \| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    told = {kind: verdict for kinds, verdict in rows for kind in re.findall(r"`([^`]+)`", kinds)}
    assert told.keys() == KINDS.keys()
    for kind, verdict in told.items():
        names = re.findall(r"`([^`]+)`", verdict)
        assert names or verdict == "none"
        schema = KINDS[kind].json_schema()
        assert all(has(schema, name) for name in names), kind
        assert {"verdict", "ready", "status"} & schema["properties"].keys() <= set(names)


def has(schema, name):
    """Return whether a document has a field, such as ``detectors[].verdict``."""
    here = schema
    for part in name.split("."):
        field = here["properties"].get(part.removesuffix("[]"))
        if field is None:
            return False
        inner = field.get("items", field).get("$ref", "")
        here = schema.get("$defs", {}).get(inner.removeprefix("#/$defs/"), {})
    return True


def test_kinds_are_listed_with_their_commands(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    listed = cli("schema").out
    assert all(kind in listed for kind in KINDS)
    assert "weaklink attack, weaklink outcomes" in listed


def test_an_unknown_kind_is_told(cli):
    result = cli("schema", "figures")
    assert result.status == 1
    assert "There is no kind of document named 'figures'." in result.err


def test_every_command_with_json_has_a_schema():
    with_json = {
        path.removeprefix("weaklink ")
        for path, command in ALL.items()
        if any("--json" in parameter.opts for parameter in command.params)
    }
    writers = [command for commands in WRITERS.values() for command in commands]
    assert with_json <= set(writers)
    assert all(len(set(commands)) == len(commands) for commands in WRITERS.values())
    assert {f"weaklink {command.partition(' --')[0]}" for command in writers} <= set(ALL)


def test_a_document_with_a_field_less_or_more_is_refused_by_its_schema():
    missing = {"name": "glove", "purpose": "words", "command": "get it", "needed": True}
    health = Health.model_validate(
        dict.fromkeys(("weaklink", "python", "platform", "processor", "cache"), "x")
        | {"torch": None, "threads": None, "load": None, "idle_threads": "spin"}
        | {"devices": ["cpu"], "packages": {}, "cores": 2}
        | dict.fromkeys(("memory", "memory_free", "disk_free"), 1.5)
        | {"missing": [missing]}
    )
    told = document(health.to_json(), "doctor")
    assert told["ready"] is False
    for wrong in (told | {"more": 1}, {k: v for k, v in told.items() if k != "ready"}):
        with pytest.raises(ValidationError):
            validator("doctor", 1).validate(wrong)
