"""Section 7 of the paper: use a model as it is or fine-tune it, where the figures tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from weaklink.measures.results import Advice, Compared, Verdict

_ADVICE: dict[Verdict, Literal["use as is", "fine-tune", "cannot be told"]] = {
    "less robust": "use as is",
    "more robust": "fine-tune",
    "undecided": "cannot be told",
}
"""A downstream that lost robustness speaks for its upstream as it is."""


def advise(chains: Sequence[Compared], architectures: Sequence[Compared]) -> Iterator[Advice]:
    """Yield what the figures let one say of each chain and of each architecture.

    Nothing is advised of a chain where the interval of delta includes zero, or where the test does
    not survive the correction for the number of groups; and nothing of an architecture that fewer
    than five independent lineages have, or whose mean over lineages is not told from zero.
    """
    for group in chains:
        yield Advice(about=group.name, kind="chain", verdict=_ADVICE[group.all.verdict])
    for group in architectures:
        general = group.all.general
        told = "undecided" if general is None else general.verdict
        yield Advice(about=group.name, kind="architecture", verdict=_ADVICE[told])
