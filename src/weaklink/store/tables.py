"""The tables as the store reads and writes them; ``migrations`` makes them."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from weaklink.store.outcome import Outcome, OutcomeKey, Status

KEY = tuple(field.name for field in fields(OutcomeKey))
_REST = tuple(field.name for field in fields(Outcome) if field.name != "key")

campaigns = sa.table(
    "campaigns", sa.column("id"), sa.column("created"), sa.column("digest"), sa.column("content")
)
records = sa.table(
    "records", sa.column("id"), sa.column("created"), sa.column("name"), sa.column("content")
)
figures = sa.table("figures", sa.column("key"), sa.column("created"), sa.column("content"))
registrations = sa.table(
    "registrations",
    *(sa.column(name) for name in ("digest", "created", "outcomes", "content")),
)
leases = sa.table(
    "leases", *(sa.column(name) for name in ("block", "owner", "until", "pending", "deaths"))
)
outcomes = sa.table(
    "outcomes",
    *(sa.column(name) for name in (*KEY, *_REST) if name != "cut"),
    sa.column("cut", sa.Boolean),
)


def to_row(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as one row of ``outcomes``."""
    key = {name: getattr(outcome.key, name) for name in KEY}
    rest = {name: _storable(getattr(outcome, name)) for name in _REST}
    return key | rest | {"notes": json.dumps(dict(outcome.notes), sort_keys=True)}


def _storable(value: Any) -> Any:  # noqa: ANN401 - any field
    """Return a text as every database can hold it: ``?`` for lone surrogates and for NUL."""
    if not isinstance(value, str):
        return value
    return value.replace("\0", "?").encode(errors="replace").decode()


def to_key(row: sa.RowMapping) -> OutcomeKey:
    """Return the key of a row that has at least the key's columns."""
    return OutcomeKey(**{name: row[name] for name in KEY})


def to_outcome(row: sa.RowMapping) -> Outcome:
    """Return the outcome of a whole row."""
    rest = {name: row[name] for name in _REST}
    if not isinstance(row["original_text"], str):
        raise TypeError(row["original_text"])
    parsed = {"status": Status(row["status"]), "notes": json.loads(row["notes"])}
    return Outcome(key=to_key(row), **rest | parsed)
