"""The models that the null of transfer rests on: they share no ancestor with the chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from weaklink.campaigns.design import Design
from weaklink.campaigns.prepare.check import Checked, check_victims
from weaklink.campaigns.prepare.data import Samples
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.specification import Specification
from weaklink.campaigns.specification.specification import AUTO, TFIDF
from weaklink.data import Dataset, Sample
from weaklink.data.training_samples import digest_of_text
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress
from weaklink.victims import Victim

LEAST_TEXTS = 100
"""Texts that a reference is trained on."""


def check_references(
    design: Design,
    spec: Specification,
    samples: Mapping[str, Samples],
    victims: Victims,
    failures: Failures,
    progress: Progress,
) -> Checked:
    """Load each reference model once, and check it on the data sets that it is attacked on.

    The packaged one is trained on each data set, and attacked on that alone.

    Raises:
        WeaklinkError: The failures are strict, and a named reference cannot be loaded or trained.
    """
    found = Checked({name: [] for name in samples})
    for name in design.references:
        if name != TFIDF:
            _check(name, samples, found, spec, victims, failures, progress)
            continue
        for data, one in samples.items():
            trained = f"{TFIDF}@{data}"
            texts = _unattacked(one)
            if AUTO in spec.references and not _enough(texts, one.dataset):
                continue
            victims.provide(trained, partial(_trained, trained, texts, one.dataset))
            _check(trained, {data: one}, found, spec, victims, failures, progress)
    return found


def _check(
    name: str,
    samples: Mapping[str, Samples],
    found: Checked,
    spec: Specification,
    victims: Victims,
    failures: Failures,
    progress: Progress,
) -> None:
    one = check_victims(Design((), (name,)), spec, samples, victims, failures, progress)
    found.entries |= one.entries
    for data, records in one.records.items():
        found.records[data] += records


def _unattacked(samples: Samples) -> list[Sample]:
    """Return further samples of the split, without copies of those that are attacked."""
    attacked = {digest_of_text(sample.text) for sample in samples.dataset.samples}
    return [one for one in samples.others() if digest_of_text(one.text) not in attacked]


def _enough(others: Sequence[Sample], dataset: Dataset) -> bool:
    return len(others) >= LEAST_TEXTS and len({one.label for one in others}) == len(dataset.labels)


def _trained(name: str, others: Sequence[Sample], dataset: Dataset) -> Victim:
    from weaklink.training.tfidf import train_tfidf

    if not _enough(others, dataset):
        raise WeaklinkError(
            f"{dataset.name} has {len(others)} texts besides the samples, too few to train the "
            f"reference {TFIDF}: at least {LEAST_TEXTS} and all labels are needed.",
            "Draw fewer samples, name other --references, or give --references none.",
        )
    texts, gold = [one.text for one in others], [one.label for one in others]
    return train_tfidf(name, texts, gold, dataset.labels)
