"""How much of a campaign fits into the time that is left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

BLOCK_SECONDS = 20.0
"""A block takes about so long: what is lost when the time is up in the middle of one."""
_RESERVED, _LEAST_RESERVED = 0.05, 2.0
"""Share of the time, and seconds at least, for replays and the report."""
_HOPEFUL = 0.5
"""A block is begun if so much of the time that it is expected to take is left."""
_MINUTE = 60.0


def _now() -> float:
    return time.monotonic()


@dataclass
class BlockPace:
    """Sizes blocks by what the attempts before have cost.

    Attributes:
        minutes: How long the campaign may take; None: as long as it takes.
        began: When it began, by ``time.monotonic``.
        seconds: What the blocks so far took, but for the first, which loads what is used.
        attempts: How many attempts they had.
        blocks: How many blocks had attempts to make.
    """

    minutes: float | None
    began: float = field(default_factory=_now)
    seconds: float = 0.0
    attempts: int = 0
    blocks: int = 0

    @property
    def elapsed(self) -> float:
        """Seconds since the campaign began."""
        return _now() - self.began

    @property
    def left(self) -> float:
        """Seconds that are left for attacks."""
        if self.minutes is None:
            return float("inf")
        most = self.minutes * _MINUTE
        return most - max(_LEAST_RESERVED, _RESERVED * most) - self.elapsed

    def is_up(self) -> bool:
        """Return whether no time is left."""
        return self.left <= 0

    def count(self, attempts: int, seconds: float) -> None:
        """Note what a block has cost."""
        if attempts:
            before = (self.attempts, self.seconds) if self.blocks > 1 else (0, 0.0)
            self.blocks += 1
            self.attempts, self.seconds = before[0] + attempts, before[1] + seconds

    def expected(self, attempts: int) -> float | None:
        """Return how many seconds so many attempts will take; None before any was made."""
        return self.seconds / self.attempts * attempts if self.attempts else None

    def fit(self, pending: Sequence[int]) -> int:
        """Return how many samples the next block has; 0 if the time is up.

        The first block has one sample to be attacked, whatever it takes.

        Args:
            pending: Attempts that are still to be made on each sample, in order.
        """
        wanted = min(BLOCK_SECONDS, self.left)
        total, fitting = 0, 0
        for one in pending:
            total += one
            seconds = self.expected(total)
            if total and (seconds is None or seconds > wanted):
                break
            fitting += 1
        first = self.expected(next((one for one in pending if one), 0))
        if fitting or not pending:
            return fitting
        return int(self.left > (_HOPEFUL * first if first else 0))
