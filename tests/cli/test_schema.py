"""The schemas of JSON documents: generated, committed, and of every command that has ``--json``."""

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.cli.test_documented import ALL
from tests.documents import FOLDER, document, validator
from weaklink.cli.schemas import KINDS, WRITERS
from weaklink.doctor.health import Health


def name_of(kind):
    return f"{kind}-{KINDS[kind].model_fields['schema_version'].default}.json"


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_one_that_is_printed(cli, golden, kind):
    printed = cli("schema", kind).out
    golden(FOLDER / name_of(kind), printed)
    Draft202012Validator.check_schema(json.loads(printed))


def test_a_schema_says_what_fields_mean_and_that_all_are_written(cli):
    schema = json.loads(cli("schema", "results").out)
    scenario = schema["$defs"]["Scenario"]
    assert set(scenario["required"]) == set(scenario["properties"])
    assert scenario["properties"]["missing"]["description"].startswith("Attempts that the campaign")
    assert {"schema_version", "kind", "created", "verdict"} <= set(schema["required"])


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
