"""A small snapshot of made-up models, with cards of every kind."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from weaklink.hub import CARDS, MODELS, Snapshot, write_snapshot
from weaklink.hub.record import digest_of

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def model(name: str, **fields: object) -> dict[str, object]:
    given = {"tags": [], "base_models": [], "datasets": [], "languages": [], "status": "ok"}
    return (
        dict.fromkeys(MODELS) | given | {"id": name, "sha": f"{abs(hash_of(name)):040x}"} | fields
    )


def hash_of(name: str) -> int:
    return int(digest_of(name)[:32], 16)


def snapshot(
    folder: Path, models: list[dict[str, object]], cards: dict[str, str] | None = None
) -> Snapshot:
    rows = [
        {"id": name, "text": text, "digest": digest_of(text), "status": "ok"}
        for name, text in sorted((cards or {}).items())
    ]
    return write_snapshot(
        folder,
        [pl.DataFrame(sorted(models, key=lambda m: str(m["id"])), schema=MODELS)],
        [pl.DataFrame(rows, schema=CARDS)],
        source="test",
        query={},
        started=WHEN,
        finished=WHEN,
    )
