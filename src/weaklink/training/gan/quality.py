"""How good a latent space is, measured on sentences that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import JsonValue

from weaklink.generators.gan.space import SentenceSpace
from weaklink.generators.tokens import tokenise
from weaklink.progress import Progress
from weaklink.training.judges import Judges

RADII = (1, 2, 3, 4, 5, 6, 8)
RECONSTRUCTED = 500
NEIGHBOURS = 200
_SHOWN = 10
_DIGITS = 4


def measure(
    space: SentenceSpace, held_out: Sequence[str], judges: Judges, seed: int, progress: Progress
) -> dict[str, JsonValue]:
    """Return the figures of a latent space, and what it makes of ten sentences that nobody picked.

    Args:
        space: The latent space.
        held_out: Sentences that it was not trained on; the first 500 are reconstructed, and 200 of
            them have neighbours.
        judges: Tell similarity and fluency.
        seed: Chooses samples and neighbours.
        progress: Is told of each part.
    """
    progress.begin("Measuring the latent space", 3 + len(RADII))
    sentences = held_out[:RECONSTRUCTED]
    sources = sentences[:: max(1, len(sentences) // NEIGHBOURS)][:NEIGHBOURS]
    rng = np.random.default_rng(seed)
    written = space.write(space.encode(sentences), sentences)
    autoencoder = reconstruction(sentences, written, judges)
    progress.advance()
    again = [inverted.reconstruction for inverted in space.invert(sentences)]
    latent = reconstruction(sentences, again, judges)
    progress.advance()
    usual = judges.perplexity(sources)
    samples = _samples(space, sources, usual, judges, rng)
    progress.advance()
    neighbours: dict[str, JsonValue] = {}
    texts = {"0": [again[sentences.index(source)] for source in sources]}
    for radius in map(str, RADII):
        texts[radius] = _neighbours(space, sources, float(radius), rng)
        ratio = _round(judges.perplexity(texts[radius]) / usual)
        figures = reconstruction(sources, texts[radius], judges)
        neighbours[radius] = {**figures, "perplexity_ratio": ratio}
        progress.advance()
    return {
        "sentences": len(sentences),
        "autoencoder": autoencoder,
        "latent": latent,
        "inverter": _inverter(space, sentences, rng),
        "samples": samples,
        "neighbours": neighbours,
        "examples": _examples(sources, texts),
    }


def reconstruction(
    sentences: Sequence[str], written: Sequence[str], judges: Judges
) -> dict[str, JsonValue]:
    """Return how much of sentences was written again.

    - ``tokens``: the mean share of tokens that stand at the same place (``token_accuracy``).
    - ``exact``: the share of sentences without any difference but in case.
    - ``similarity``: mean cosine under the packaged encoder.
    """
    accuracies = [token_accuracy(*pair) for pair in zip(sentences, written, strict=True)]
    return {
        "tokens": _round(np.mean(accuracies)),
        "exact": _round(np.mean([accuracy == 1 for accuracy in accuracies])),
        "similarity": _round(judges.similarities(sentences, written).mean()),
    }


def token_accuracy(sentence: str, written: str) -> float:
    """Return the share of tokens that stand at the same place, of the longer one's tokens.

    >>> token_accuracy("a good film", "A bad film .")
    0.5
    """
    tokens, others = tokenise(sentence), tokenise(written)
    same = sum(a == b for a, b in zip(tokens, others, strict=False))
    return same / max(len(tokens), len(others))


def _inverter(
    space: SentenceSpace, sentences: Sequence[str], rng: np.random.Generator
) -> dict[str, JsonValue]:
    """Return the inverter's error on drawn places, and how far from the middle sentences are."""
    places = space.locate(space.encode(sentences))
    drawn = rng.standard_normal(places.shape)
    found = space.locate(space.generate(drawn))
    return {
        "root_mean_square_error": _round(np.sqrt(np.mean((found - drawn) ** 2))),
        "length_of_drawn": _round(np.linalg.norm(drawn, axis=1).mean()),
        "length_of_sentences": _round(np.linalg.norm(places, axis=1).mean()),
    }


def _samples(
    space: SentenceSpace,
    models: Sequence[str],
    usual: float,
    judges: Judges,
    rng: np.random.Generator,
) -> dict[str, JsonValue]:
    """Return the fluency of what is written from drawn places, against the usual perplexity.

    Spacing and capitals are those of the models.
    """
    drawn = rng.standard_normal((len(models), space.dimensions))
    samples = space.decode(list(zip(drawn, models, strict=True)))
    perplexity = judges.perplexity(samples)
    return {
        "perplexity": _round(perplexity),
        "perplexity_of_sentences": _round(usual),
        "ratio": _round(perplexity / usual),
        "distinct": len(set(samples)),
        "first": list(samples[:_SHOWN]),
    }


def _neighbours(
    space: SentenceSpace, sources: Sequence[str], radius: float, rng: np.random.Generator
) -> list[str]:
    """Return what is written at a distance from each sentence, in one direction of many."""
    places = space.locate(space.encode(sources))
    directions = rng.standard_normal(places.shape)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return space.decode(list(zip(places + radius * directions, sources, strict=True)))


def _examples(sources: Sequence[str], texts: dict[str, list[str]]) -> list[JsonValue]:
    """Return every so many-th sentence with what is written at each radius, 0 included."""
    places = range(0, len(sources), max(1, len(sources) // _SHOWN))[:_SHOWN]
    return [
        {"sentence": sources[i], "at": {radius: texts[radius][i] for radius in texts}}
        for i in places
    ]


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), _DIGITS)
