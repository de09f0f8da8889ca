"""Results of schema version 2 from those of version 1.

``sample_advantage`` and ``text_advantage`` are now named after what transfer is compared with. What
version 1 did not write is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

_Json: TypeAlias = dict[str, Any]

_NAMES = {
    "sample_advantage": "sample_advantage_over_all",
    "text_advantage": "text_advantage_over_all",
}
_NOT_IN_COMPARISONS = (
    "null_transfer", "lineage_advantage", "lineage_detectable", "general", "detectable_holm",
)  # fmt: skip
_GROUPS = ("links", "chains", "architectures", "link_attacks")


def from_version_1(old: Mapping[str, Any]) -> _Json:
    """Return the fields of schema version 2."""
    everything = old["all_links"]
    return {
        **old,
        "schema_version": 2,
        "references": [],
        "families": [],
        "contrasts": [],
        "scenario_detectable_holm": None,
        "link_scenarios": [one | {"detectable_holm": None} for one in old["link_scenarios"]],
        "most_robust": None,
        "strongest": [],
        "all_links": None if everything is None else _group(everything),
        **{name: [_group(one) for one in old[name]] for name in _GROUPS},
    }


def _group(old: _Json) -> _Json:
    return old | {side: _comparison(old[side]) for side in ("all", "both_correct")}


def _comparison(old: _Json) -> _Json:
    told = {_NAMES.get(name, name): value for name, value in old.items()}
    return dict.fromkeys(_NOT_IN_COMPARISONS) | told
