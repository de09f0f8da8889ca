"""The signatures of many models: read once, kept, and priced before anything is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from weaklink.cache import cache_folder
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient
from weaklink.lineage.weights.signatures import BYTES, REQUESTS, VERSION, Signature, signature
from weaklink.lineage.weights.sources import open_weights
from weaklink.sqlite_file import SqliteFile

WINDOW = 3_000 / 300
"""Requests a second that the Hub lets anonymous users make to files."""
PATIENCE = 100

_TABLE = """
CREATE TABLE IF NOT EXISTS signatures (
    model TEXT NOT NULL, revision TEXT NOT NULL, version INTEGER NOT NULL,
    signature BLOB, problem TEXT, PRIMARY KEY (model, revision, version)
)
"""


@dataclass(frozen=True, slots=True)
class SignaturePrice:
    """What reading the weights of models will cost."""

    models: int
    kept: int
    """Models whose signatures are kept already."""

    @property
    def requests(self) -> int:
        """Requests to make."""
        return (self.models - self.kept) * REQUESTS

    @property
    def gigabytes(self) -> float:
        """Gigabytes to read, at most."""
        return (self.models - self.kept) * BYTES / 1e9

    @property
    def hours(self) -> float:
        """Hours within the Hub's limits for anonymous users."""
        return self.requests / WINDOW / 3600

    def __str__(self) -> str:
        """Return the price in words."""
        return (
            f"{self.models:,} models, {self.kept:,} of them known: {self.requests:,} requests, "
            f"{self.gigabytes:,.1f} GB, {self.hours:,.1f} hours without a token"
        )


class SignatureFile:
    """Signatures on disk, by model and revision; so are the reasons why there is none.

    Args:
        path: The file; by default in the cache folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = SqliteFile(path or cache_folder() / "signatures.sqlite", _TABLE)
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


@dataclass
class SignatureReader:
    """Reads signatures, of each revision once.

    Attributes:
        client: Asks the Hub.
        file: Keeps what was read.
        workers: Models to read at once.
        watch: Told of how many are done, and of how many.
        fates: How many were read, known, or could not be read and why.
        requests: Requests made.
        bytes_read: Bytes read.
    """

    client: HubClient
    file: SignatureFile
    workers: int = 8
    watch: Callable[[int, int], None] = lambda *_: None
    fates: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    bytes_read: int = 0

    def price(self, models: Iterable[tuple[str, str | None]]) -> SignaturePrice:
        """Return what reading these models (id, revision) will cost."""
        listed = list(models)
        kept = sum(self.file.get(name, sha or "") is not None for name, sha in listed)
        return SignaturePrice(len(listed), kept)

    def read(self, models: Iterable[tuple[str, str | None]]) -> dict[str, Signature]:
        """Return the signatures of those models that have weights that can be read.

        Raises:
            WeaklinkError: Very many models in a row could not be read. What was read is kept.
        """
        listed, found, failures = list(models), dict[str, Signature](), 0
        pool = ThreadPoolExecutor(self.workers)
        try:
            read = pool.map(self._one, listed)
            for done, ((name, _), (known, fate)) in enumerate(zip(listed, read, strict=True), 1):
                self.fates[fate] += 1
                failures = failures + 1 if fate == "failed" else 0
                if failures == PATIENCE:
                    raise WeaklinkError(
                        f"The weights of {PATIENCE} models in a row could not be read.",
                        "Run the command again later; what was read is kept.",
                    )
                if known:
                    found[name] = known
                self.watch(done, len(listed))
        finally:
            pool.shutdown(cancel_futures=True)
        return found

    def _one(self, model: tuple[str, str | None]) -> tuple[Signature | None, str]:
        name, sha = model
        if known := self.file.get(name, sha or ""):
            return known[0], "known" if known[0] else "known to have none"
        try:
            weights = open_weights(f"{name}@{sha}" if sha else name, self.client)
            found = signature(weights)
        except WeaklinkError as error:
            if "safetensors" not in str(error) and "no such model" not in str(error):
                return None, "failed"
            self.file.put(name, sha or "", None, str(error))
            return None, "without readable weights"
        self.requests, self.bytes_read = (
            self.requests + weights.requests + 1,
            self.bytes_read + weights.bytes_read,
        )
        self.file.put(name, sha or "", found, None if found else "too few matrices")
        return found, "read" if found else "without readable weights"
