"""How good a latent space is, measured on sentences that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import JsonValue

from weaklink.generators.gan.space import SentenceSpace
from weaklink.generators.judges import Judges
from weaklink.generators.tokens import tokenise
from weaklink.progress import Progress
from weaklink.victims import Floats

RADII = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
RECONSTRUCTED = 500
NEIGHBOURS = 200
SAMPLES = 200
_SHOWN = 10
_DIGITS = 4


def measure(
    space: SentenceSpace, held_out: Sequence[str], judges: Judges, seed: int, progress: Progress
) -> dict[str, JsonValue]:
    """Return the figures of a latent space.

    Args:
        space: The latent space.
        held_out: Sentences that it was not trained on; the first 500 are reconstructed.
        judges: Tell similarity and fluency.
        seed: Chooses samples and neighbours.
        progress: Is told of each part.
    """
    sentences = list(held_out[:RECONSTRUCTED])
    chance = np.random.default_rng(seed)
    progress.begin("Measuring the latent space", 3 + len(RADII))
    inverted = space.invert(sentences)
    places = np.stack([each.code for each in inverted])
    written = space.write(space.encode(sentences), sentences)
    figures: dict[str, JsonValue] = {
        "sentences": len(sentences),
        "autoencoder": reconstruction(sentences, written, judges),
    }
    progress.advance()
    again = [each.reconstruction for each in inverted]
    figures["latent"] = reconstruction(sentences, again, judges)
    progress.advance()
    figures["inverter"] = _inverter(space, places, chance)
    figures["samples"] = _samples(space, places.shape[1], sentences, judges, chance)
    progress.advance()
    nearby: dict[str, JsonValue] = {}
    for radius in RADII:
        nearby[f"{radius:g}"] = _neighbours(space, places, sentences, judges, radius, chance)
        progress.advance()
    figures["neighbours"] = nearby
    return figures


def reconstruction(
    sentences: Sequence[str], written: Sequence[str], judges: Judges
) -> dict[str, JsonValue]:
    """Return how much of sentences was written again.

    - ``tokens``: the share of tokens that stand at the same place, of the longer one's tokens.
    - ``exact``: the share of sentences without any difference but in case.
    - ``similarity``: mean cosine under the packaged encoder.
    """
    pairs = list(zip(sentences, written, strict=True))
    accuracies = [token_accuracy(*pair) for pair in pairs]
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
    space: SentenceSpace, places: Floats, chance: np.random.Generator
) -> dict[str, JsonValue]:
    """Return the inverter's error on drawn places, and how far from the middle sentences are."""
    drawn = chance.standard_normal(places.shape)
    found = space.locate(space.generate(drawn))
    return {
        "root_mean_square_error": _round(np.sqrt(np.mean((found - drawn) ** 2))),
        "length_of_drawn": _round(np.linalg.norm(drawn, axis=1).mean()),
        "length_of_sentences": _round(np.linalg.norm(places, axis=1).mean()),
    }


def _samples(
    space: SentenceSpace,
    dimensions: int,
    sentences: Sequence[str],
    judges: Judges,
    chance: np.random.Generator,
) -> dict[str, JsonValue]:
    """Return the fluency of what is written from drawn places, against that of sentences.

    Spacing and capitals are those of the sentences.
    """
    models = sentences[:SAMPLES]
    drawn = chance.standard_normal((len(models), dimensions))
    samples = space.decode(list(zip(drawn, models, strict=True)))
    perplexity, usual = judges.perplexity(samples), judges.perplexity(models)
    return {
        "perplexity": _round(perplexity),
        "perplexity_of_sentences": _round(usual),
        "ratio": _round(perplexity / usual),
        "distinct": len(set(samples)),
        "first": list(samples[:_SHOWN]),
    }


def _neighbours(
    space: SentenceSpace,
    places: Floats,
    sentences: Sequence[str],
    judges: Judges,
    radius: float,
    chance: np.random.Generator,
) -> dict[str, JsonValue]:
    """Return what is written at a distance from sentences: one neighbour of each."""
    sources = sentences[:NEIGHBOURS]
    directions = chance.standard_normal((len(sources), places.shape[1]))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    codes = places[: len(sources)] + radius * directions
    written = space.decode(list(zip(codes, sources, strict=True)))
    return {
        **reconstruction(sources, written, judges),
        "perplexity_ratio": _round(judges.perplexity(written) / judges.perplexity(sources)),
    }


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), _DIGITS)
