"""Listing, dated snapshots, cards: the only room that speaks to the Hub's API."""

from weaklink.hub.snapshot import CARDS, MODELS, Snapshot, SnapshotManifest, write_snapshot

__all__ = ["CARDS", "MODELS", "Snapshot", "SnapshotManifest", "write_snapshot"]
