"""One model's metadata from the Hub, asked for now; the API is read, so no download is counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from weaklink.hub.client import HubClient, Unreachable
from weaklink.hub.record import Row, row_of

_RECORD_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """One revision of a model.

    Attributes:
        id: Its id of today.
        sha: The revision.
        created: When it came to the Hub, in UTC.
        files: Its files, with their sizes where the Hub says them.
    """

    id: str
    sha: str
    created: datetime | None
    files: dict[str, int | None]


def fetch_record(
    client: HubClient, model_id: str, *, revision: str | None = None, sizes: bool = False
) -> ModelFiles | None:
    """Return a model's revision and files, or None where the Hub does not hand them out.

    Raises:
        Unreachable: The Hub gave no answer.
        WeaklinkError: The Hub cannot be asked at all.
    """
    at = f"/revision/{quote(revision, safe='')}" if revision else ""
    record = _record(client, model_id, at + ("?blobs=true" if sizes else "")) or {}
    row = row_of(record)
    if row is None or row["sha"] is None:
        return None
    files = {
        file["rfilename"]: file["size"] if isinstance(file.get("size"), int) else None
        for file in record.get("siblings") or ()
        if isinstance(file, dict) and isinstance(file.get("rfilename"), str)
    }
    return ModelFiles(row["id"], row["sha"], row["created"], files)


def fetch_row(client: HubClient, model_id: str) -> Row | None:
    """Return a model's metadata as a row of ``MODELS``, under its id of today.

    Returns:
        The row, or None where the Hub does not hand it out.

    Raises:
        WeaklinkError: The Hub cannot be asked at all.
    """
    try:
        record = _record(client, model_id, "")
    except Unreachable:
        return None
    return None if record is None else row_of(record)


def fetch_weights_size(client: HubClient, model_id: str) -> int | None:
    """Return the bytes of a model's safetensors weights, else of its pickled ones; None if unknown.

    Raises:
        Unreachable: The Hub gave no answer.
        WeaklinkError: The Hub cannot be asked at all.
    """
    record = _record(client, model_id, "?blobs=true") or {}
    files = [file for file in record.get("siblings") or () if isinstance(file, dict)]
    for ending in (".safetensors", ".bin"):
        sizes = [f.get("size") for f in files if _is_weight(f.get("rfilename"), ending)]
        known = [size for size in sizes if isinstance(size, int)]
        if known:
            return sum(known)
    return None


def _is_weight(name: object, ending: str) -> bool:
    stem = {".safetensors": "model", ".bin": "pytorch_model"}[ending]
    return isinstance(name, str) and name.startswith(stem) and name.endswith(ending)


def _record(client: HubClient, model_id: str, query: str) -> dict[str, Any] | None:
    address = f"{client.endpoint}/api/models/{quote(model_id, safe='/')}{query}"
    try:
        reply = client.get(address, limit=_RECORD_BYTES)
        record = json.loads(reply.body) if reply.status == 200 else None  # noqa: PLR2004
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
