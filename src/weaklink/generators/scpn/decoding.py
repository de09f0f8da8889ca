"""Beam search for the most probable sentences, independent of the batch.

Padding and batch size change the last bits of probabilities. So a request in which two
continuations that compete for a place in the beam, or two sentences that compete for a rank, are
closer than the tolerance is decoded again alone, without padding, and that result counts. All
others have the same result in every batch as alone, as long as the noise stays below the tolerance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from weaklink.generators.scpn.lexis import FIRST_WORD, Lexis, slots
from weaklink.generators.scpn.network import ScpnNetwork
from weaklink.generators.scpn.sources import FUNCTION_WORDS, Read, is_word, source
from weaklink.generators.vocabulary import BOS, EOS

BEAM = 4
TOLERANCE = 1e-3
"""Least difference of log-probabilities that a batch cannot have made; noise is near 1e-5."""

_EXTRA = 6
_END = ""
_NEVER = -1e9


class Request(NamedTuple):
    """What to say again, and in which shape."""

    items: Sequence[Read]
    template: str


class Hypothesis(NamedTuple):
    """A sentence in the making: its words, an empty one last if it is whole; log-probability."""

    words: tuple[str, ...]
    score: float

    @property
    def ended(self) -> bool:
        """Whether nothing more can be said."""
        return self.words[-1:] == (_END,)

    @property
    def mean(self) -> float:
        """The mean log-probability of a word."""
        return self.score / max(1, len(self.words))


@torch.no_grad()
def search(
    network: ScpnNetwork, lexis: Lexis, requests: Sequence[Request]
) -> list[list[list[str]]]:
    """Return up to ``BEAM`` whole sentences for each request, most probable words first."""
    results = _Search(network, lexis, requests).run()
    found = []
    for request, (together, close) in zip(requests, results, strict=True):
        alone = close and len(requests) > 1
        beam = _Search(network, lexis, [request]).run()[0][0] if alone else together
        ranked = sorted((s for s in beam if s.ended), key=lambda s: (-s.mean, s.words))
        found.append([list(said.words[:-1]) for said in ranked])
    return found


class _Search:
    """One beam search for several requests at once."""

    def __init__(self, network: ScpnNetwork, lexis: Lexis, requests: Sequence[Request]) -> None:
        self._network = network
        self._lexis = lexis
        self._requests = [_RequestWords(request, lexis) for request in requests]
        device = network.bias.device
        read = source(requests, lexis).to(device)
        self._memory, (first, second) = network.encode(read)
        self._states = first.repeat_interleave(BEAM, dim=1), second.repeat_interleave(BEAM, dim=1)
        self._width = max(len(choices.words) for choices in self._requests)
        positions = read.words.shape[1]
        self._columns = torch.tensor(
            [choices.columns(positions) for choices in self._requests], device=device
        ).repeat_interleave(BEAM, dim=0)

    def run(self) -> list[tuple[list[Hypothesis], bool]]:
        """Return the beam of each request, and whether anything in it was close."""
        beams = [[Hypothesis((), 0.0)] for _ in self._requests]
        close = [False] * len(beams)
        for _ in range(max(choices.longest for choices in self._requests)):
            scores = self._step(beams).cpu()
            origins = []
            for number, choices in enumerate(self._requests):
                rows = scores[number * BEAM : (number + 1) * BEAM]
                beams[number], came_from, near = choices.best(beams[number], rows)
                close[number] |= near
                origins += [number * BEAM + origin for origin in came_from]
            order = torch.tensor(origins, device=self._memory.states.device)
            first, second = self._states
            self._states = first[:, order], second[:, order]
            if all(said.ended for beam in beams for said in beam):
                break
        return [(beam, near or _near(beam)) for beam, near in zip(beams, close, strict=True)]

    def _step(self, beams: Sequence[Sequence[Hypothesis]]) -> Tensor:
        """Return the log-probability of each word to come, shape (rows, words)."""
        device = self._memory.states.device
        numbers, places = [], []
        for choices, beam in zip(self._requests, beams, strict=True):
            last = [said.words[-1] if said.words else None for said in beam]
            last += [None] * (BEAM - len(beam))
            numbers += [choices.number(word) for word in last]
            places += [choices.slot(word) for word in last]
        step = self._network.decode(
            self._memory,
            torch.tensor(numbers, device=device)[:, None],
            torch.tensor(places, device=device)[:, None],
            self._states,
        )
        self._states = step.states
        generate = torch.sigmoid(step.gate)
        spread = torch.zeros(len(numbers), self._width, device=device)
        spread[:, : self._lexis.generable] = torch.softmax(step.generated[:, 0], dim=1) * generate
        spread.scatter_add_(1, self._columns, step.copied[:, 0].exp() * (1 - generate))
        return spread.clamp(min=1e-30).log()


class _RequestWords:
    """What can be said for one request: the words in general, and those that it brings along."""

    def __init__(self, request: Request, lexis: Lexis) -> None:
        self._lexis = lexis
        self._read = [item.word for item in request.items]
        self._most = Counter(self._read)
        own = [word for word in dict.fromkeys(self._read) if not lexis.can_generate(word)]
        self.words = (*lexis.words.words[: lexis.generable], *own)
        self._numbers = {word: lexis.generable + place for place, word in enumerate(own)}
        self.longest = len(self._read) + len(request.template.split()) + _EXTRA

    def columns(self, positions: int) -> list[int]:
        """Return where the probability of copying goes for each position read; 0 for padding."""
        found = [self._column(word) for word in self._read]
        return found + [0] * (positions - len(found))

    def number(self, word: str | None) -> int:
        """Return the number of a word that was said; None stands for the beginning."""
        if word is None:
            return BOS
        return EOS if word == _END else self._lexis.numbers([word])[0]

    def slot(self, word: str | None) -> int:
        """Return the slot of a word that was said."""
        return slots([word], self._read, self._lexis)[0] if word else 0

    def best(
        self, beam: Sequence[Hypothesis], scores: Tensor
    ) -> tuple[list[Hypothesis], list[int], bool]:
        """Return the best continuations, the row that each goes on from, and whether one is close.

        Args:
            beam: What was said.
            scores: Log-probabilities of the words to come, shape (rows, words).
        """
        found: list[tuple[Hypothesis, int]] = []
        for row, said in enumerate(beam):
            if said.ended:
                found.append((said, row))
            else:
                found += ((longer, row) for longer in self._continued(said, scores[row]))
        found.sort(key=lambda entry: (-entry[0].score, entry[0].words))
        kept = found[:BEAM]
        near = len(found) > BEAM and kept[-1][0].score - found[BEAM][0].score < TOLERANCE
        rows = [row for _, row in kept]
        return [said for said, _ in kept], rows + [0] * (BEAM - len(rows)), near

    def _continued(self, said: Hypothesis, scores: Tensor) -> Iterator[Hypothesis]:
        """Yield the likely continuations of what was said: enough for the beam and one more."""
        scores = scores[: len(self.words)].clone()
        end = float(scores[EOS])
        scores[:FIRST_WORD] = _NEVER
        for word in self._forbidden(said.words):
            scores[self._column(word)] = _NEVER
        if len(said.words) + 1 < self.longest:
            values, columns = scores.topk(BEAM + 1)
            for value, column in zip(values.tolist(), columns.tolist(), strict=True):
                yield Hypothesis((*said.words, self.words[column]), said.score + value)
        yield Hypothesis((*said.words, _END), said.score + end)

    def _forbidden(self, words: Sequence[str]) -> set[str]:
        """Return the words that cannot be said next.

        That is the last one, one after which the last two would have been said before, and a
        content word that was said as often as it was read, or once if it was not read.
        """
        forbidden = set(words[-1:])
        for first, second in pairwise(words):
            if first == words[-1]:
                forbidden.add(second)
        for word, count in Counter(words).items():
            if is_word(word) and word not in FUNCTION_WORDS and count >= max(1, self._most[word]):
                forbidden.add(word)
        return forbidden

    def _column(self, word: str) -> int:
        if word in self._numbers:
            return self._numbers[word]
        return self._lexis.words.encode([word])[0]


def _near(beam: Sequence[Hypothesis]) -> bool:
    means = sorted(said.mean for said in beam if said.ended)
    return any(b - a < TOLERANCE / 10 for a, b in pairwise(means))
