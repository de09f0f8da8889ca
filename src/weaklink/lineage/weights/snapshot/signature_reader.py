"""The signatures of many models: read once, kept, and priced before anything is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient
from weaklink.lineage.weights.snapshot.kept import SignatureFile
from weaklink.lineage.weights.snapshot.pool import in_turn
from weaklink.lineage.weights.snapshot.signatures import BYTES, REQUESTS, Signature, signature
from weaklink.lineage.weights.sources import open_weights

WINDOW = 3_000 / 300
"""Requests a second that the Hub lets anonymous users make to files."""


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
        listed, found = list(models), dict[str, Signature]()
        read = in_turn(listed, self._one, self.workers, "models", self.watch)
        for (name, _), one in read:
            known, fate = one or (None, "failed")
            self.fates[fate] += 1
            if known:
                found[name] = known
        return found

    def _one(self, model: tuple[str, str | None]) -> tuple[Signature | None, str] | None:
        name, sha = model
        if known := self.file.get(name, sha or ""):
            return known[0], "known" if known[0] else "known to have none"
        try:
            weights = open_weights(f"{name}@{sha}" if sha else name, self.client)
            found = signature(weights)
        except WeaklinkError as error:
            if "safetensors" not in str(error) and "no such model" not in str(error):
                return None
            self.file.put(name, sha or "", None, str(error))
            return None, "without readable weights"
        self.requests, self.bytes_read = (
            self.requests + weights.requests + 1,
            self.bytes_read + weights.bytes_read,
        )
        self.file.put(name, sha or "", found, None if found else "too few matrices")
        return found, "read" if found else "without readable weights"
