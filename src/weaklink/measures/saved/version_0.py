"""Results from what version 0.1.0 wrote, before its JSON had a ``schema_version``.

They become those of schema version 1. Figures are taken over as they are, under the names that they
have now. Of what 0.1.0 did not write, a figure is None and a collection is empty. Only verdicts are
worked out, from the delta, interval and p-value beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from weaklink.measures.results import Verdict
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.verdicts import verdict
from weaklink.store import Campaign
from weaklink.store.studies import digest_of

_Json: TypeAlias = dict[str, Any]

_RESAMPLES = 1999
"""Of every audit by version 0.1.0."""
_SCENARIO_NAMES = {"victim": "model", "asr_all_by_repetition": "by_repetition"}
_LINK_NAMES = {"transfer_rate": "sample_transfer", "asr_elsewhere": "elsewhere"}
_NOT_IN_SCENARIOS = (
    "queries_mean",
    "queries_median",
    "queries_of_successes",
    "words_changed_mean",
    "characters_changed_mean",
    "similarity_mean",
    "perplexity_ratio_median",
    "fluency_missing",
    "seconds",
)
_NOT_IN_LINKS = (
    "upstream_asr",
    "downstream_asr",
    "p_holm",
    "cohens_h",
    "only_upstream",
    "only_downstream",
    "odds_ratio",
    "detectable",
    "text_transfer",
)
_GROUPS_OF_STUDIES = ("links", "chains", "architectures", "link_attacks")
_NOT_IN_AUDITS = (
    "by_model",
    "by_attack",
    "by_dataset",
    "by_cell",
    "by_model_mapped",
    *_GROUPS_OF_STUDIES,
    "advice",
    "published",
    "failures",
)
_RATES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
_NOT_IN_AUDIT_SCENARIOS = ("variance", "queries_of_successes")
_SENTENCES = ("because", "targeted")
"""Of advice: the report writes them now."""


def is_audit(old: Mapping[str, Any]) -> bool:
    """Return whether this is what ``weaklink audit --json`` wrote."""
    return {"campaign", "victims", "attacks", "chain"} <= old.keys()


def is_study(old: Mapping[str, Any]) -> bool:
    """Return whether this is the ``results.json`` of a study."""
    return {"digest", "scenarios", "link_scenarios"} <= old.keys()


def from_audit(old: Mapping[str, Any]) -> _Json:
    """Return the fields of ``Results`` from the summary of an audit."""
    campaign = Campaign.model_validate(old["campaign"])
    dataset = {"dataset": campaign.data.name}
    return {
        "created": None,
        "verdict": None,
        "name": "audit",
        "digest": digest_of(campaign),
        "models": [victim.name for victim in campaign.victims],
        "attacks": [attack.name for attack in campaign.attacks],
        "datasets": [campaign.data.name],
        "resamples": _RESAMPLES,
        "seed": campaign.seed,
        "bounds": old["bounds"],
        "language_models": old["language_models"],
        "overall": dict.fromkeys(_RATES),
        "scenarios": [_audit_scenario(one) | dataset for one in old["attacks"]],
        "worst": [_worst(one) | dataset for one in old["victims"]],
        "link_scenarios": [_audit_link(one) | dataset for one in old["chain"] if one["delta"]],
        **dict.fromkeys(("all_links", "scenario_n", "scenario_detectable")),
        **{name: [] for name in _NOT_IN_AUDITS},
    }


def _audit_scenario(old: _Json) -> _Json:
    known = {name: value for name, value in old.items() if name != "repetitions"}
    return _renamed(known, _SCENARIO_NAMES) | dict.fromkeys(_NOT_IN_AUDIT_SCENARIOS)


def _worst(old: _Json) -> _Json:
    unknown = dict.fromkeys(("robust_accuracy", "strongest", "strongest_leaves"))
    return _renamed(old, {"name": "model"}) | unknown | {"fallen": []}


def _audit_link(old: _Json) -> _Json:
    told = dict.fromkeys(_NOT_IN_LINKS) | _renamed(old, _LINK_NAMES)
    return told | {"samples": "all", "n": old["delta"]["n"], "verdict": _verdict(old, "p_value")}


def _renamed(old: _Json, names: Mapping[str, str]) -> _Json:
    return {names.get(name, name): value for name, value in old.items()}


def from_study(old: Mapping[str, Any]) -> _Json:
    """Return the fields of ``Results`` from the ``results.json`` of a study."""
    all_links = old["all_links"] and _judged(old["all_links"])
    return {
        **old,
        "created": None,
        "verdict": all_links and all_links["all"]["verdict"],
        "language_models": [],
        "scenarios": [
            dict.fromkeys(_NOT_IN_SCENARIOS) | {"notes": {}} | one for one in old["scenarios"]
        ],
        "worst": [one | {"texts_cut": None} for one in old["worst"]],
        "link_scenarios": [
            one | {"verdict": _verdict(one, "p_value")} for one in old["link_scenarios"]
        ],
        "all_links": all_links,
        "advice": [
            {name: said for name, said in one.items() if name not in _SENTENCES}
            for one in old["advice"]
        ],
        **{name: [_judged(one) for one in old[name]] for name in _GROUPS_OF_STUDIES},
    }


def _judged(group: _Json) -> _Json:
    """Return a group of links with a verdict of each of its sides."""
    sides = {side: group[side] for side in ("all", "both_correct")}
    return group | {
        side: found | {"verdict": _verdict(found, "p_holm")} for side, found in sides.items()
    }


def _verdict(found: _Json, p_value: str) -> Verdict:
    delta = found["delta"] and Estimate.model_validate(found["delta"])
    return verdict(delta, found[p_value])
