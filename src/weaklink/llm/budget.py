"""What an LLM may cost, and what it has cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from threading import Lock

from weaklink.errors import WeaklinkError


@dataclass
class Budget:
    """Counts tokens; grants a request only if its worst case is still within the limit.

    Attributes:
        per_million_in: Price of a million prompt tokens.
        per_million_out: Price of a million answer tokens.
        limit: What may be spent, in the same currency; None: no limit.
        tokens_in: Prompt tokens spent.
        tokens_out: Answer tokens spent.

    Raises:
        WeaklinkError: A price or the limit is negative or no finite number.
    """

    per_million_in: float = 0.0
    per_million_out: float = 0.0
    limit: float | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    _reserved: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        for amount in (self.per_million_in, self.per_million_out, self.limit or 0.0):
            if not isfinite(amount) or amount < 0:
                raise WeaklinkError(
                    f"{amount} is no price and no limit on a cost.",
                    "Give --price and --max-cost as numbers that are not negative.",
                )

    @property
    def spent(self) -> float:
        """What the tokens so far have cost."""
        return self._cost(self.tokens_in, self.tokens_out)

    def reserve(self, tokens_in: int, tokens_out: int) -> float | None:
        """Set aside the worst case of one request; None if the limit does not allow it."""
        worst = self._cost(tokens_in, tokens_out)
        with self._lock:
            if self.limit is not None and self.spent + self._reserved + worst > self.limit:
                return None
            self._reserved += worst
            return worst

    def settle(self, reserved: float, tokens_in: int, tokens_out: int) -> None:
        """Replace what was set aside by what was used."""
        with self._lock:
            self._reserved -= reserved
            self.tokens_in += tokens_in
            self.tokens_out += tokens_out

    def _cost(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.per_million_in + tokens_out * self.per_million_out) / 1e6
