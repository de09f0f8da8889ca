"""Section 7 of the paper: use a model as it is or fine-tune it, where the figures tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from weaklink.measures.results import Advice, Compared, DefenceResult, Verdict
from weaklink.measures.verdicts import excludes_zero

_ADVICE: dict[Verdict, Literal["use as is", "fine-tune", "cannot be told"]] = {
    "less robust": "use as is",
    "more robust": "fine-tune",
    "undecided": "cannot be told",
}
"""A downstream that lost robustness speaks for its upstream as it is."""


_DEFENCES: dict[str, Literal["harden", "guard"]] = {"hardened": "harden", "guard": "guard"}


def advise(
    chains: Sequence[Compared],
    architectures: Sequence[Compared],
    defences: Sequence[DefenceResult] = (),
) -> Iterator[Advice]:
    """Yield what the figures let one say of each chain, architecture and model with a defence.

    Nothing is advised of a chain where the interval of delta includes zero, or where the test does
    not survive the correction for the number of groups; and nothing of an architecture that fewer
    than five independent lineages have, or whose mean over lineages is not told from zero. A
    defence is advised where ``pays`` says so.
    """
    for group in chains:
        yield Advice(about=group.name, kind="chain", verdict=_ADVICE[group.all.verdict])
    for group in architectures:
        general = group.all.general
        told = "undecided" if general is None else general.verdict
        yield Advice(about=group.name, kind="architecture", verdict=_ADVICE[told])
    for one in defences:
        advice = _DEFENCES[one.kind] if pays(one) else "cannot be told"
        yield Advice(about=one.defended, kind="model", verdict=advice)


def pays(one: DefenceResult) -> bool:
    """Return whether a defence is advised.

    Fewer attacks succeed for an attacker who knows it, and robust accuracy, where it is known, is
    not shown to be lower: a guard that rejects everything would withstand every attack.
    """
    robust = one.all.robust_accuracy
    lost = robust is not None and robust.difference.value < 0 and excludes_zero(robust.difference)
    return one.verdict == "more robust" and not lost
