"""What was read of the weights of many models, on disk, so that it is read once."""

from __future__ import annotations

from pathlib import Path

from weaklink.cache import cache_folder
from weaklink.lineage.weights.claim import CLAIM_VERSION, CheckedClaim
from weaklink.lineage.weights.snapshot.signatures import VERSION, Signature
from weaklink.sqlite_file import SqliteFile

_TABLES = """
CREATE TABLE IF NOT EXISTS signatures (
    model TEXT NOT NULL, revision TEXT NOT NULL, version INTEGER NOT NULL,
    signature BLOB, problem TEXT, PRIMARY KEY (model, revision, version)
);
CREATE TABLE IF NOT EXISTS claims (
    downstream TEXT NOT NULL, upstream TEXT NOT NULL, relation TEXT NOT NULL,
    version INTEGER NOT NULL, said TEXT NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (downstream, upstream, relation, version)
);
"""


class SignatureFile:
    """Signatures by model and revision, reasons why there is none, and claims that were checked.

    Args:
        path: The file; by default in the cache folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = SqliteFile(path or cache_folder() / "signatures.sqlite", _TABLES)
        self.close = self._file.close

    def get(self, model: str, revision: str) -> tuple[Signature | None, str | None] | None:
        """Return a model's signature and problem, or None if it was never read."""
        query = (
            "SELECT signature, problem FROM signatures WHERE (model, revision, version) = (?, ?, ?)"
        )
        rows = self._file.read(query, (model, revision, VERSION))
        if not rows:
            return None
        data, problem = rows[0]
        with self._file.reading():
            return (Signature.from_bytes(data) if data else None, problem)

    def put(self, model: str, revision: str, found: Signature | None, problem: str | None) -> None:
        """Keep what became of a model."""
        row = (model, revision, VERSION, found.to_bytes() if found else None, problem)
        with self._file.transaction() as database:
            database.execute("INSERT OR REPLACE INTO signatures VALUES (?, ?, ?, ?, ?)", row)

    def claim(self, downstream: str, upstream: str, relation: str) -> CheckedClaim | None:
        """Return what was said of a claim between two models (``ID@REVISION``), if it was asked."""
        query = (
            "SELECT said, why FROM claims WHERE (downstream, upstream, relation, version) = "
            "(?, ?, ?, ?)"
        )
        rows = self._file.read(query, (downstream, upstream, relation, CLAIM_VERSION))
        with self._file.reading():
            return CheckedClaim.read(*rows[0]) if rows else None

    def put_claim(
        self, downstream: str, upstream: str, relation: str, checked: CheckedClaim
    ) -> None:
        """Keep what was said of a claim."""
        row = (downstream, upstream, relation, CLAIM_VERSION, checked.said, checked.why)
        with self._file.transaction() as database:
            database.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?)", row)
