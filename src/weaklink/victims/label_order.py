"""Whether the data's labels are matched with the right ones of the victim."""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.data import Dataset
from weaklink.victims.labels import align, matched_by_number
from weaklink.victims.protocol import Floats, Victim
from weaklink.victims.trust import SIGNIFICANCE, TrustWarning

Places: TypeAlias = NDArray[np.intp]


def check_label_order(
    victim: Victim, dataset: Dataset, probabilities: Floats
) -> Iterator[TrustWarning]:
    """Warn of labels that are matched by the alphabet, or worse than in another order.

    Args:
        victim: The victim.
        dataset: The samples.
        probabilities: The victim's for each sample, shape (samples, labels).
    """
    order = align(dataset.labels, victim.labels)
    if order is None or not dataset.samples:
        return
    pairs = list(zip(dataset.labels, (victim.labels[i] for i in order), strict=True))
    if matched_by_number(dataset.labels, victim.labels) and not dataset.ordered:
        yield TrustWarning(
            check="labels-by-alphabet",
            message=f"The data's labels have no order of their own, and were matched with the "
            f"model's numbered ones by the alphabet: {_told(pairs)}. If that is wrong, accuracy, "
            "asr_correct and robust accuracy are over the wrong samples. --labels OLD=NEW,... "
            "gives the data's labels the model's names.",
        )
    gold = np.array([sample.label for sample in dataset.samples])
    yield from _better(gold, probabilities.argmax(axis=1), order, dataset, victim)


def _better(
    gold: Places,
    predicted: Places,
    order: tuple[int, ...],
    dataset: Dataset,
    victim: Victim,
) -> Iterator[TrustWarning]:
    """Test the order against the best of all, which the assignment problem finds."""
    from scipy.optimize import linear_sum_assignment
    from scipy.stats import binomtest

    counts = np.zeros((len(dataset.labels), len(victim.labels)), dtype=int)
    np.add.at(counts, (gold, predicted), 1)
    best = tuple(linear_sum_assignment(counts, maximize=True)[1].tolist())
    right, better = (np.array(one)[gold] == predicted for one in (order, best))
    gained, lost = int((better & ~right).sum()), int((right & ~better).sum())
    if gained <= lost:
        return
    orders = factorial(len(victim.labels)) // factorial(len(victim.labels) - len(dataset.labels))
    if binomtest(gained, gained + lost, 0.5, "greater").pvalue * (orders - 1) > SIGNIFICANCE:
        return
    pairs = [(dataset.labels[i], victim.labels[place]) for i, place in enumerate(best)]
    yield TrustWarning(
        check="labels-permuted",
        message=f"The model is right on {right.mean():.0%} of {len(gold)} samples, and would be on "
        f"{better.mean():.0%} if its labels were {_told(pairs)}. They are probably in another "
        "order: accuracy, asr_correct and robust accuracy are over the wrong samples. --labels "
        "OLD=NEW,... gives the data's labels the model's names.",
    )


def _told(pairs: list[tuple[str, str]]) -> str:
    return ", ".join(f"{ours} = {theirs}" for ours, theirs in pairs)
