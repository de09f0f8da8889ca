"""May I ship it? One sentence, with its bound and the number of samples, and one to explain it."""

from __future__ import annotations

from weaklink.measures import Estimate
from weaklink.measures.results import Results
from weaklink.report.written import FEW, counted, percent, value_of

BOUND = 0.5
"""Robust accuracy that a model should keep unless the user asks for another: a coin's, between
two labels."""


def may_ship(results: Results, model: str) -> list[str]:
    """Say whether the model withstands someone who tries all attacks, and what that rests on.

    The interval of its robust accuracy in the worst case is compared with ``BOUND``, as a gate
    does it. Without labels that match, nothing is said of right answers.
    """
    worst = next(one for one in results.worst if one.model == model and one.dataset is None)
    left = worst.robust_accuracy
    if left is None or worst.accuracy is None:
        said = (
            "the labels of the data and the model do not match, so no answer is known to be right"
        )
        return [f"Whether {model} may be shipped cannot be told: {said}."]
    return [_judged(model, left, results.goal.source), _meant(worst.accuracy, len(results.attacks))]


def _judged(model: str, left: Estimate, source: str | None) -> str:
    found = f"under attack it is right on {value_of(left, 'rate')}"
    found += "" if left.n < FEW else f" of {left.n:,} samples"
    if source is not None:
        found += f"{' samples' if left.n < FEW else ''} that it gives {source}"
    bound = percent(BOUND)
    if left.high < BOUND:
        return (
            f"Do not ship {model} where people may try to fool it: {found}, at most "
            f"{percent(left.high)}, and the bound is {bound}."
        )
    if left.low >= BOUND:
        return (
            f"{model} withstands these attacks: {found}, at least {percent(left.low)}, and the "
            f"bound is {bound}."
        )
    return (
        f"Whether {model} withstands these attacks is undecided: {found}, between "
        f"{percent(left.low)} and {percent(left.high)}, and the bound is {bound}."
    )


def _meant(accuracy: Estimate, attacks: int) -> str:
    tried = f"any of {attacks} attacks may succeed" if attacks > 1 else "one attack is tried"
    return (
        f"Under attack means that {tried}; others may do better. Without an attack it is "
        f"right on {counted(accuracy, 'rate')}. "
        "--fail-under any.robust_accuracy=BOUND sets another bound."
    )
