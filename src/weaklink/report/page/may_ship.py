"""May I ship it? One sentence, with its bound and the number of samples."""

from __future__ import annotations

from weaklink.measures import Estimate
from weaklink.measures.results import Results, WorstCase
from weaklink.report.written import counted, estimate

BOUND = 0.5
"""Robust accuracy that a model should keep unless the user asks for another: a coin's, between
two labels."""


def may_ship(results: Results, model: str) -> str:
    """Say whether the model withstands someone who tries all attacks of the campaign.

    The interval of its robust accuracy in the worst case is compared with ``BOUND``, as a gate
    does it. Without labels that match, nothing is said of right answers.
    """
    worst = next(one for one in results.worst if one.model == model and one.dataset is None)
    if worst.robust_accuracy is None or worst.accuracy is None:
        return (
            f"Whether {model} may be shipped cannot be told: the labels of the data and the model "
            "do not match, so no answer is known to be right."
        )
    return f"{_judged(worst, worst.robust_accuracy, len(results.attacks))}{_bound()}"


def _judged(worst: WorstCase, left: Estimate, attacks: int) -> str:
    tried = f"whoever tries these {attacks} attacks" if attacks > 1 else "whoever tries this attack"
    rest = f"{counted(left)}, where {estimate(worst.accuracy)} are right without an attack"
    if left.high < BOUND:
        return (
            f"Do not ship {worst.model} where people may try to fool it: {tried} leaves right "
            f"answers on {rest}."
        )
    if left.low >= BOUND:
        return (
            f"{worst.model} withstands {'these attacks' if attacks > 1 else 'this attack'}: "
            f"{tried} leaves right answers on {rest}. Other attacks may do better."
        )
    return (
        f"Whether {worst.model} withstands {tried} is undecided: right answers are left on {rest}."
    )


def _bound() -> str:
    return f" The bound is {BOUND:.0%}; --fail-under robust_accuracy sets your own."
