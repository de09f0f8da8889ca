"""JSON documents as users get them, held against the schemas that are in the documentation."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"


@cache
def validator(kind, version):
    schema = json.loads((FOLDER / f"{kind}-{version}.json").read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def document(text, kind):
    """Return what a document of a kind holds, after its schema has allowed it."""
    assert text.isascii()
    found = json.loads(text)
    assert found["kind"] == kind
    assert found["created"].endswith("Z")
    validator(kind, found["schema_version"]).validate(found)
    return found
