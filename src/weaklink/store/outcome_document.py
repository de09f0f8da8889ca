"""One outcome as JSON: the fields of ``Outcome`` and of its key, side by side."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, get_type_hints

from pydantic import Field, create_model

from weaklink.document import Document, field_docs
from weaklink.store.frame import COLUMNS
from weaklink.store.outcome import Outcome, OutcomeKey

_TYPES = get_type_hints(OutcomeKey) | get_type_hints(Outcome)
_DOCS = field_docs(OutcomeKey) | field_docs(Outcome)
_FIELDS: dict[str, Any] = {
    "kind": (Literal["outcome"], "outcome"),
    "schema_version": (Literal[1], 1),
    **{name: (_TYPES[name], Field(description=_DOCS.get(name))) for name in COLUMNS},
}

OutcomeDocument: type[Document] = create_model(
    "OutcomeDocument",
    __base__=Document,
    __doc__="What became of one attack on one sample, with the columns of an export.",
    **_FIELDS,
)


def outcome_document(outcome: Outcome, created: datetime) -> Document:
    """Return the outcome as the document of a moment."""
    fields = asdict(outcome)
    return OutcomeDocument(created=created, **fields.pop("key"), **fields)
