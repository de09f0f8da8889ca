"""Stated upstreams that signatures leave open, held against the weights of both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient
from weaklink.lineage.weights.claim import CheckedClaim, check_claim
from weaklink.lineage.weights.snapshot.kept import SignatureFile
from weaklink.lineage.weights.snapshot.pool import in_turn
from weaklink.lineage.weights.sources import open_weights

REQUESTS, BYTES = 120, 5_000_000
"""What one costs, of most models at most: slices of both, found by content, headers, listings."""

Claim = tuple[str, str, str]
"""A downstream, its stated upstream, and the relation."""


@dataclass
class ClaimReader:
    """Compares the weights of both ends of claims as ``weaklink lineage verify`` does; each once.

    Attributes:
        client: Asks the Hub.
        file: Keeps what was said.
        revisions: Revisions of models, by id; others are read as they are today.
        workers: Claims to check at once.
        watch: Told of how many are done, and of how many.
        requests: Requests made.
        bytes_read: Bytes read.
    """

    client: HubClient
    file: SignatureFile
    revisions: Mapping[str, str | None]
    workers: int = 8
    watch: Callable[[int, int], None] = lambda *_: None
    requests: int = 0
    bytes_read: int = 0

    def read(self, claims: Iterable[Claim]) -> dict[Claim, CheckedClaim]:
        """Return what the weights say of those claims whose ends can be read.

        Raises:
            WeaklinkError: Very many in a row could not be read. What was read is kept.
        """
        said = dict[Claim, CheckedClaim]()
        for claim, found in in_turn([*claims], self._one, self.workers, "links", self.watch):
            if found:
                said[claim], requests, read = found
                self.requests, self.bytes_read = self.requests + requests, self.bytes_read + read
        return said

    def _one(self, claim: Claim) -> tuple[CheckedClaim, int, int] | None:
        downstream, upstream, relation = self._revised(claim[0]), self._revised(claim[1]), claim[2]
        if known := self.file.claim(downstream, upstream, relation):
            return known, 0, 0
        try:
            ends = [open_weights(name, self.client) for name in (downstream, upstream)]
            checked = check_claim(ends[0], ends[1], relation)
        except WeaklinkError:
            return None
        self.file.put_claim(downstream, upstream, relation, checked)
        requests = sum(end.requests + 1 for end in ends)
        return checked, requests, sum(end.bytes_read for end in ends)

    def _revised(self, name: str) -> str:
        sha = self.revisions.get(name)
        return f"{name}@{sha}" if sha else name
