"""How many tokens a batch may hold: found by trying, and halved when memory runs out."""

from __future__ import annotations

import statistics

_TRIALS = 5
_GAIN = 1.05
_OVERHEAD = 1 / 16
"""Of the budget: what a batch costs beside its tokens.

Fitted to the batches of campaigns against MiniLM on two cores by OpenVINO: 30 to 250 tokens, most
of it where the shape of a batch is not that of the last.
"""


_WIDE = 1 << 15


def budget_for(model: object) -> TokenBudget:
    """Return a budget for a model.

    On a GPU, and behind a server that is asked many texts at once, it is large from the start, and
    only shrinks.
    """
    wide = getattr(model, "on_gpu", False) or getattr(model, "remote", False)
    return TokenBudget(_WIDE, most=_WIDE) if wide else TokenBudget()


class TokenBudget:
    """The most tokens (texts times the longest) of one batch.

    Real batches serve as the trials: the budget doubles for as long as the throughput of the
    larger batches is higher by a twentieth. Results do not depend on it.
    """

    def __init__(self, start: int = 2048, most: int = 1 << 17) -> None:
        self.tokens = start
        self._most = most
        self._settled = False
        self._best = 0.0
        self._rates: list[float] = []

    @property
    def overhead(self) -> float:
        """What a batch costs beside its tokens, in tokens."""
        return self.tokens * _OVERHEAD

    def observe(self, tokens: int, seconds: float) -> None:
        """Take note of how long a batch of so many tokens took."""
        if self._settled or tokens < self.tokens * 3 // 4:
            return
        self._rates.append(tokens / max(seconds, 1e-9))
        if len(self._rates) < _TRIALS:
            return
        rate = statistics.median(self._rates)
        self._rates.clear()
        if rate < self._best * _GAIN:
            self.tokens //= 2
            self._settled = True
        elif self.tokens * 2 > self._most:
            self._settled = True
        else:
            self._best = rate
            self.tokens *= 2

    def halve(self) -> None:
        """Memory ran out at this budget: never go there again."""
        self.tokens = max(1, self.tokens // 2)
        self._settled = True
