"""Results of schema version 3 from those of version 2.

Names that meant two things are split: ``upstream`` and ``downstream`` are models, and their rates
are ``upstream_asr`` and ``downstream_asr``; ``strongest`` is the attack with the highest rate, and
``worst_attack`` the one that leaves the lowest robust accuracy; ``scenarios`` are listed, and
``n_scenarios`` is their number. Version 2 kept nothing of gates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

_Json: TypeAlias = dict[str, Any]

_COMPARISON = {
    "upstream": "upstream_asr",
    "downstream": "downstream_asr",
    "scenarios": "n_scenarios",
}
_WORST = {"strongest": "worst_attack", "strongest_leaves": "worst_attack_leaves"}
_GROUPS = ("links", "chains", "architectures", "families", "link_attacks")
_OF_MODELS = ("by_model", "by_attack", "by_dataset", "by_cell", "references", "by_model_mapped")


def from_version_2(old: Mapping[str, Any]) -> _Json:
    """Return the fields of schema version 3."""
    return {
        **old,
        "schema_version": 3,
        "goal": _renamed(old.get("goal", {}), {"rates": "kind"}),
        "overall": _rates(old["overall"]),
        **{name: [_group(one) for one in old[name]] for name in _OF_MODELS},
        "attack_sets": [
            one | {"rates": _rates(one["rates"]), "all_links": _compared(one["all_links"])}
            for one in old.get("attack_sets", ())
        ],
        "worst": [_renamed(one, _WORST) for one in old["worst"]],
        **{name: [_compared(one) for one in old[name]] for name in _GROUPS},
        "all_links": _compared(old["all_links"]),
        "link_scenarios": [_renamed(one, {"samples": "subset"}) for one in old["link_scenarios"]],
        "defences": [_defence(one) for one in old.get("defences", ())],
    }


def _renamed(old: _Json, names: Mapping[str, str]) -> _Json:
    return {names.get(name, name): value for name, value in old.items()}


def _group(old: _Json) -> _Json:
    return old | {"rates": _rates(old["rates"]), "accuracy": _average(old.get("accuracy"))}


def _rates(old: _Json) -> _Json:
    return {name: _average(one) for name, one in old.items()}


def _average(old: _Json | None) -> _Json | None:
    return None if old is None else _renamed(old, {"scenarios": "n_scenarios"})


def _compared(old: _Json | None) -> _Json | None:
    if old is None:
        return None
    return old | {side: _renamed(old[side], _COMPARISON) for side in ("all", "both_correct")}


def _defence(old: _Json) -> _Json:
    unknown = old["unknown"]
    return old | {
        "all": _attackers(old["all"]),
        "unknown": None if unknown is None else _attackers(unknown),
        "scenarios": [one | {"figures": _attackers(one["figures"])} for one in old["scenarios"]],
    }


def _attackers(old: _Json) -> _Json:
    return _renamed(old, {"oblivious": "asr_oblivious"})
