"""Answers asks for sentences, many at once, with paraphrasers and latent spaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np

from weaklink.attacks import Decode, Invert, Paraphrase
from weaklink.engine.recall import Recall
from weaklink.generators import Inverted, LatentSpace, Paraphraser
from weaklink.victims import Floats

_REMEMBERED = 100_000

Request: TypeAlias = tuple[str, str]
"""A sentence and a template."""

Code: TypeAlias = tuple[Floats, str]
"""A code, and the sentence that its own follows."""


class Paraphrases:
    """Paraphrases of sentences; a request made before, by whatever attempt, is not made again.

    Args:
        paraphraser: Returns the paraphraser, which is not asked for before it is needed.
    """

    def __init__(self, paraphraser: Callable[[], Paraphraser]) -> None:
        self._recall = Recall[Request, str](
            lambda requests: paraphraser().paraphrase(requests), _REMEMBERED
        )

    def __call__(self, asks: Sequence[Paraphrase]) -> list[tuple[str, ...]]:
        """Return a paraphrase for each template of each ask."""
        requests = [(ask.text, template) for ask in asks for template in ask.templates]
        return _parts(iter(self._recall(requests)), asks)


class Inversions:
    """Places of sentences in the latent space; each sentence is inverted once.

    Args:
        space: Returns the latent space, which is not asked for before it is needed.
    """

    def __init__(self, space: Callable[[], LatentSpace]) -> None:
        self._recall = Recall[str, Inverted](
            lambda sentences: space().invert(sentences), _REMEMBERED
        )

    def __call__(self, asks: Sequence[Invert]) -> list[Inverted]:
        """Return the place of each ask's sentence."""
        return self._recall([ask.text for ask in asks])


class Decodings:
    """Sentences of latent codes; equal codes are decoded once.

    Args:
        space: Returns the latent space, which is not asked for before it is needed.
    """

    def __init__(self, space: Callable[[], LatentSpace]) -> None:
        self._recall = Recall[Code, str](
            lambda codes: space().decode(codes),
            _REMEMBERED,
            key=lambda code: (code[0].tobytes(), code[1]),
        )

    def __call__(self, asks: Sequence[Decode]) -> list[tuple[str, ...]]:
        """Return a sentence for each code of each ask."""
        codes = [(row, ask.like) for ask in asks for row in np.asarray(ask.codes, dtype=np.float64)]
        return _parts(iter(self._recall(codes)), asks)


def _parts(
    replies: Iterator[str], asks: Sequence[Paraphrase] | Sequence[Decode]
) -> list[tuple[str, ...]]:
    return [tuple(islice(replies, len(ask))) for ask in asks]
