"""Which attempts against a model a number counts, of all that were made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .facts import Facts, Row, counts, fell
from .robustness import attacks_fallen_to, valid

Counted: TypeAlias = Callable[[Row], bool]

_STATUSES = ("succeeded", "failed", "skipped", "exhausted", "error")


def counted(facts: Facts, dataset: str, model: str, row: Mapping[str, Any], column: str) -> Counted:
    """Return what tells the attempts that the number in a column of a row counts."""
    if column.startswith("fallen_"):
        return _falls_to(facts, dataset, model, int(column.removeprefix("fallen_")))
    if column == "robust_accuracy" and "worst_attack" in row:
        to_none = _falls_to(facts, dataset, model, 0)
        return lambda made: to_none(made) and _correct(made)
    bounds = facts.record["specification"]["bounds"]
    found: Mapping[str, Counted] = {
        **{status: _ended(status) for status in _STATUSES},
        "successes": fell,
        "asr_all": fell,
        "asr_all_micro": fell,
        "upstream_asr": fell,
        "downstream_asr": fell,
        "accuracy": _correct,
        "asr_correct": lambda made: fell(made) and _correct(made),
        "asr_valid": lambda made: fell(made) and valid(made, bounds),
        "robust_accuracy": _robust,
        "worst_attack_leaves": _robust,
    }
    return found.get(column, lambda _: True)


def _falls_to(facts: Facts, dataset: str, model: str, number: int) -> Counted:
    falls = attacks_fallen_to(facts, dataset, model)
    return lambda made: falls.get(made["sample_id"]) == number


def _ended(status: str) -> Counted:
    return lambda made: bool(made["status"] == status)


def _correct(made: Row) -> bool:
    return made["gold_index"] is not None and bool(made["gold_index"] == made["original_index"])


def _robust(made: Row) -> bool:
    return counts(made) and not fell(made) and _correct(made)
