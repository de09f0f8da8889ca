"""The outcomes of a campaign as arrays, one set for each data set.

NaN stands where no attempt counts: none was made, it ended in an error, or it was skipped. A rate
is the mean of a numerator over the places that its denominator counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.statistics.means import Floats, mean_known
from weaklink.store import Status
from weaklink.store.record import StudyRecord

Link: TypeAlias = tuple[str, str]
"""The names of an upstream and of its downstream."""

RATES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
STATUSES = tuple(Status)


@dataclass(frozen=True)
class Descriptions:
    """What else there is to say of each attack against each model, of shape (models, attacks).

    Attributes:
        figures: By their names in ``Scenario``; NaN where there is nothing to take a mean of.
        percentiles: Of the queries of successes: (models, attacks, 5).
        notes: Mean of each note that attacks left.
    """

    figures: Mapping[str, Floats]
    percentiles: Floats
    notes: Mapping[str, Floats]


@dataclass(frozen=True)
class DatasetArrays:
    """All attempts on one data set, on axes that all data sets share but for the samples.

    Attributes:
        dataset: Its name.
        fell: Shape (models, attacks, samples, repetitions): 1 where an attempt succeeded, 0 where
            it did not, NaN where none counts.
        valid: The same, 1 only where the adversarial text is valid too.
        correct: Shape (models, samples), as the labels of model and data have it; 0 where a guard
            rejects the text.
        mapped: The same where the specification says what a model's labels mean.
        cut: The same, 1 where the text is longer than the model reads.
        rejected: Shape (models, samples): 1 where a guard rejects the unaltered text, else 0.
        replayed: Shape (links, attacks, samples, repetitions): whether the text found on the
            upstream makes the downstream err; NaN where there is no such text.
        passed: The same for the bare and the defended models of ``Arrays.defended``.
        statuses: Number of attempts, of shape (models, attacks, statuses).
        described: Queries, quality of texts, notes, time.
        repetitions: How often each attack was to be made; 0 without samples.
    """

    dataset: str
    fell: Floats
    valid: Floats
    correct: Floats
    mapped: Floats
    cut: Floats
    rejected: Floats
    replayed: Floats
    passed: Floats
    statuses: NDArray[np.int64]
    described: Descriptions
    repetitions: tuple[int, ...]

    @cached_property
    def share(self) -> Floats:
        """The share of each sample's attempts that succeeded: (models, attacks, samples)."""
        return mean_known(self.fell)

    def rate(self, name: str, correct: Floats) -> Floats:
        """Return what each sample adds to a rate of ``RATES``: (models, attacks, samples).

        Args:
            name: The rate.
            correct: Shape (models, samples), as ``correct`` or ``mapped``.
        """
        known = correct[:, None, :]
        if name == "asr_all":
            return self.share
        if name == "asr_correct":
            return np.where(known == 1, self.share, np.nan)
        return known * (1 - self.share) if name == "robust_accuracy" else mean_known(self.valid)


@dataclass(frozen=True)
class Arrays:
    """A campaign's arrays and the names along their axes.

    Attributes:
        models: Those that could be loaded.
        attacks: Of all data sets, in their order.
        links: Each pair of consecutive measured models of a chain, once.
        datasets: One set of arrays each.
        language_models: Digests of the models that perplexity was measured with.
        lineages: The number of each model's lineage; models of different ones are unrelated.
        defended: Each bare model with its defended one.
        references: The arrays of models that were attacked for the null of transfer alone: with
            the same attacks and data sets, and without links.
    """

    models: tuple[str, ...]
    attacks: tuple[str, ...]
    links: tuple[Link, ...]
    datasets: tuple[DatasetArrays, ...]
    language_models: tuple[str, ...]
    lineages: tuple[int, ...]
    defended: tuple[Link, ...] = ()
    references: Arrays | None = None

    @property
    def dataset_names(self) -> tuple[str, ...]:
        """The names of the data sets."""
        return tuple(one.dataset for one in self.datasets)


def by_cell(values: Floats) -> Floats:
    """Return the models, or links, and the attacks of an array as one axis: (cells, samples)."""
    return values.reshape(-1, values.shape[-1])


def attacks_fallen_to(fell: Floats) -> Floats:
    """Return how many attacks each sample falls to; a success in any repetition is a fall.

    Args:
        fell: Shape (models, attacks, samples, repetitions), as ``DatasetArrays.fell``.

    Returns:
        Shape (models, samples); NaN for a sample without a counted attempt by every attack.
    """
    made = np.any(~np.isnan(fell), axis=3)
    falls = (np.where(np.isnan(fell), 0.0, fell).max(axis=3, initial=0.0) > 0).sum(axis=1)
    counts: Floats = np.where(np.all(made, axis=1), falls, np.nan)
    return counts


def survives(falls: Floats, correct: Floats) -> Floats:
    """Return 1 for a sample classified correctly that falls to no attack, else 0.

    Args:
        falls: Shape (models, samples), as ``attacks_fallen_to`` gives it.
        correct: Shape (models, samples), as ``DatasetArrays.correct``.

    Returns:
        Shape (models, samples); NaN where either is not known.
    """
    stands: Floats = np.where(np.isnan(falls), np.nan, falls == 0) * correct
    return stands


def defended_of(record: StudyRecord) -> tuple[Link, ...]:
    """Return every bare model with its defended one, where both could be loaded."""
    loaded = {model.name for model in record.models if model.fingerprint is not None}
    pairs = ((one.model, one.defended) for one in record.defences)
    return tuple(dict.fromkeys(pair for pair in pairs if loaded.issuperset(pair)))


def links_of(record: StudyRecord) -> tuple[Link, ...]:
    """Return every pair of consecutive measured models that could be loaded, once."""
    loaded = {model.name for model in record.models if model.fingerprint is not None}
    pairs = (
        pair
        for chain in record.chains
        for pair in zip(chain.measured, chain.measured[1:], strict=False)
    )
    return tuple(dict.fromkeys(pair for pair in pairs if loaded.issuperset(pair)))
