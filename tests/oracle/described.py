"""What an attack cost and what became of its texts, from the rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import fsum
from statistics import fmean, median
from typing import Any

from .facts import Row, fell


def described(made: Iterable[Row], counted: Sequence[Row]) -> dict[str, Any]:
    """Return the figures of a scenario that are not rates."""
    made = list(made)
    won = [row for row in made if fell(row)]
    ratios = [
        row["adversarial_perplexity"] / row["original_perplexity"]
        for row in won
        if row["original_perplexity"] is not None and row["adversarial_perplexity"] is not None
    ]
    notes: defaultdict[str, list[float]] = defaultdict(list)
    for row in made:
        for name, value in json.loads(row["notes"]).items():
            notes[name].append(value)
    return {
        "queries_mean": _over(fmean, [row["queries"] for row in counted]),
        "queries_median": _over(median, [row["queries"] for row in counted]),
        "queries_of_successes": _percentiles([row["queries"] for row in won]),
        "words_changed_mean": _over(fmean, [row["words_changed"] / row["words"] for row in won]),
        "characters_changed_mean": _over(fmean, [_edited(row) for row in won]),
        "similarity_mean": _over(fmean, [row["similarity"] for row in won]),
        "perplexity_ratio_median": _over(median, ratios),
        "fluency_missing": len(won) - len(ratios),
        "notes": {name: fmean(values) for name, values in sorted(notes.items())},
        "seconds": fsum(row["seconds"] for row in made),
    }


def _over(average: Any, values: Sequence[float]) -> float | None:
    return float(average(values)) if values else None


def _percentiles(values: Sequence[int]) -> list[float] | None:
    """Return percentiles between the two nearest values, as Hyndman and Fan's definition 7."""
    if not values:
        return None
    ordered, found = sorted(values), []
    for percent in (5, 25, 50, 75, 95):
        place = percent * (len(ordered) - 1) / 100
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        found.append(ordered[low] + (place - low) * (ordered[high] - ordered[low]))
    return found


def _edited(row: Row) -> float:
    """Return the edit distance over the length of the original."""
    from rapidfuzz.distance import Levenshtein

    before, after = row["original_text"], row["adversarial_text"]
    return min(1.0, Levenshtein.distance(before, after) / len(before))
