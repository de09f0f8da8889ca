"""Asks an OpenAI-compatible endpoint about all cards that rules leave open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from weaklink.errors import WeaklinkError
from weaklink.hub import Snapshot
from weaklink.lineage.cards.snapshot import catalogue_of
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.graph.edges import stated, stated_frame
from weaklink.lineage.llm.cache import Cache
from weaklink.lineage.llm.prompt import (
    PROMPT_VERSION,
    LineageAnswer,
    counting,
    messages,
    names_a_model,
)
from weaklink.llm import Budget, Endpoint, address_of, complete

if TYPE_CHECKING:
    from openai import OpenAI

MAX_ANSWER = 600
_GOOD = ("answered", "cached", "over_budget")
CHARACTERS_PER_TOKEN = 2
PATIENCE = 100
"""Failures in a row that end the asking."""


@dataclass
class LlmReader:
    """Reads the cards that rules leave open; a ``Reader`` of ``build``.

    Attributes:
        snapshot: The snapshot whose cards are read.
        endpoint: Whom to ask.
        cache: The file that answers are kept in.
        budget: What it may cost.
        concurrency: Requests at once.
        only: The models whose cards are read; None: all.
        watch: Told of the number of cards asked about, and of all.
    """

    snapshot: Snapshot
    endpoint: Endpoint
    cache: Path
    budget: Budget = field(default_factory=Budget)
    concurrency: int = 8
    only: Collection[str] | None = None
    watch: Callable[[int, int], None] = lambda _done, _all: None

    def __call__(self, edges: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
        """Return the edges that answers give, and what came of the asking.

        Raises:
            WeaklinkError: Very many questions in a row failed.
        """
        catalogue = catalogue_of(self.snapshot)
        cards = [*self._open(edges, catalogue)]
        client = self.endpoint.client()
        cache = Cache(self.cache, self.endpoint.model, address_of(client))
        asked = _Asking(self.endpoint, client, cache, self.budget)
        fates, rows, failures = Counter[str](), list[tuple[object, ...]](), 0
        pool = ThreadPoolExecutor(self.concurrency)
        try:
            answers = pool.map(asked.ask, cards)
            for done, (card, (fate, answer)) in enumerate(zip(cards, answers, strict=True), 1):
                fates[fate] += 1
                failures = 0 if fate in _GOOD else failures + 1
                if failures == PATIENCE:
                    raise self._given_up(fate)
                name, text, _ = card
                claims = counting(answer, name, text, catalogue) if answer else ()
                rows += [stated(name, evidence) for evidence in claims]
                self.watch(done, len(cards))
        finally:
            pool.shutdown(cancel_futures=True)
            cache.close()
            client.close()
        return stated_frame(rows), self._report(len(cards), fates, len(rows))

    def _given_up(self, fate: str) -> WeaklinkError:
        return WeaklinkError(
            f"The LLM {self.endpoint.model} failed on {PATIENCE} cards in a row, at last: {fate}.",
            "Check its name, the address and the key, and run the command again. "
            "Answers so far are kept.",
        )

    def _open(self, edges: pl.DataFrame, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
        """Yield id, text and digest of the cards without an edge that name some model."""
        cards = self.snapshot.cards.filter(pl.col("text").is_not_null())
        if self.only is not None:
            cards = cards.filter(pl.col("id").is_in(list(self.only)))
        left_open = (
            cards.join(edges.lazy(), left_on="id", right_on="downstream", how="anti")
            .select("id", "text", "digest")
            .collect()
        )
        for name, text, digest in left_open.iter_rows():
            if names_a_model(name, text, catalogue):
                yield name, text, digest

    def _report(self, cards: int, fates: Counter[str], edges: int) -> dict[str, Any]:
        return {
            "model": self.endpoint.model,
            "prompt_version": PROMPT_VERSION,
            "open_cards": cards,
            "answers": dict(sorted(fates.items())),
            "edges": edges,
            "tokens_in": self.budget.tokens_in,
            "tokens_out": self.budget.tokens_out,
            "cost": self.budget.spent,
        }


@dataclass(frozen=True)
class _Asking:
    endpoint: Endpoint
    client: OpenAI
    cache: Cache
    budget: Budget

    def ask(self, card: tuple[str, str, str]) -> tuple[str, LineageAnswer | None]:
        """Return what became of the question about one card, and the answer if there is one."""
        from httpx2 import ConnectError
        from openai import APIStatusError, OpenAIError

        name, text, digest = card
        if known := self.cache.get(digest, name):
            return "cached", known
        sent = messages(name, text, digest)
        worst = sum(len(m["content"]) for m in sent) // CHARACTERS_PER_TOKEN
        if (reserved := self.budget.reserve(worst, MAX_ANSWER)) is None:
            return "over_budget", None
        used = (worst, MAX_ANSWER)  # of what does not say, or breaks off, the worst is charged
        try:
            answer, told = complete(
                self.client, self.endpoint.model, sent, LineageAnswer, MAX_ANSWER
            )
            used = told or used
        except (OpenAIError, TimeoutError) as error:
            if isinstance(error, APIStatusError) or isinstance(error.__cause__, ConnectError):
                used = (0, 0)
            return type(error).__name__, None
        finally:
            self.budget.settle(reserved, *used)
        if answer is None:
            return "malformed", None
        self.cache.put(digest, name, answer)
        return "answered", answer
