"""Listing, dated snapshots, cards: the only room that speaks to the Hub's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.lazy import importer

if TYPE_CHECKING:
    from weaklink.hub.snapshot import CARDS, MODELS, Snapshot, SnapshotManifest, write_snapshot

__all__ = ["CARDS", "MODELS", "Snapshot", "SnapshotManifest", "write_snapshot"]

__getattr__ = importer(__name__, dict.fromkeys(__all__, "snapshot"))
