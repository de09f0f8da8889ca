"""What ``results.json`` must hold, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .compare import differences
from .facts import Facts
from .figures import Untold
from .link_comparisons import chains_delta, rq3
from .robustness import rq2

_SIGNIFICANT = 0.05
_GROUPS = ("links", "chains", "architectures", "families", "link_attacks")
_ADVICE = {
    "less robust": "use as is",
    "more robust": "fine-tune",
    "undecided": "cannot be told",
}


def expected_results(facts: Facts) -> dict[str, Any]:
    """Return the figures under the keys of ``results.json``; some are bounds (see ``figures``)."""
    record = facts.record
    found = rq2(facts) | rq3(facts)
    return found | {
        "name": record["name"],
        "digest": record["digest"],
        "models": [*facts.models],
        "attacks": [*facts.repetitions],
        "datasets": [*facts.samples],
        "bounds": record["specification"]["bounds"],
        "failures": record["failures"],
        "resamples": Untold(),
        "seed": Untold(),
        "kind": "results",
        "schema_version": 3,
        "created": Untold(),
        "verdict": Untold(),
        "gate_state": None,
        "judgements": [],
        "intervals": "fixed",
        "stopped": record["stopped"],
        "language_models": sorted(facts.language_models),
        "advice": Untold(),
        "defences": [],
        "attack_sets": [],
        "goal": _goal(record["specification"]),
        "operating_points": [],
        "most_robust": Untold(),
        "strongest": Untold(),
        "published": [*_published(facts, found)],
    }


def _goal(asked: Mapping[str, Any]) -> dict[str, Any]:
    source = asked.get("source")
    kind = "attack success" if source is None else "evasion"
    return {"source": source, "target": asked.get("target"), "kind": kind}


def untold(results: Mapping[str, Any]) -> Iterator[str]:
    """Yield what does not follow from the other figures: Holm's p-values, and advice."""
    links = results["link_scenarios"]
    families: list[list[Mapping[str, Any]]] = [
        [one for one in links if one["subset"] == subset] for subset in ("all", "both_correct")
    ]
    for name in _GROUPS:
        families += ([one[side] for one in results[name]] for side in ("all", "both_correct"))
    families += ([results["all_links"][side]] for side in ("all", "both_correct"))
    for family in families:
        told = [one["p_holm"] for one in family]
        yield from differences(_holm([one["p_value"] for one in family]), told, "p_holm")
    yield from _verdicts(results)
    advice = [(one["about"], one["kind"], one["verdict"]) for one in results["advice"]]
    yield from differences([*_advice(results)], advice, "advice")


def _holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return the largest of the p-values up to each, each times how many are not smaller."""
    known = [p for p in p_values if p is not None]
    stepped: dict[float, list[float]] = {}
    for rank, p in enumerate(sorted(known)):
        stepped.setdefault(p, []).append((len(known) - rank) * p)
    return [
        None if p is None else min(1.0, max(max(s) for q, s in stepped.items() if q <= p))
        for p in p_values
    ]


def _verdicts(results: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdicts that do not follow from delta, its interval and its p-value."""
    for name in _GROUPS:
        for one in results[name]:
            for side in ("all", "both_correct"):
                told, p_value = one[side]["verdict"], one[side]["p_holm"]
                yield from differences(
                    _verdict(one[side]["delta"], p_value), told, f"{name}.verdict"
                )
    for one in results["link_scenarios"]:
        expected = _verdict(one["delta"], one["p_value"])
        yield from differences(expected, one["verdict"], "link_scenarios.verdict")
    every = results["all_links"]["all"]
    told = (every["general"] or every)["verdict"]
    yield from differences(told, results["verdict"], "verdict")


def _verdict(delta: Mapping[str, float] | None, p_value: float | None) -> str:
    if delta is None or p_value is None or p_value >= _SIGNIFICANT:
        return "undecided"
    if delta["low"] <= 0 <= delta["high"]:
        return "undecided"
    return "less robust" if delta["value"] > 0 else "more robust"


def _advice(results: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for kind in ("chain", "architecture"):
        for group in results[f"{kind}s"]:
            found = group["all"]
            general = found["general"] or {"verdict": "undecided"}
            told = _verdict(found["delta"], found["p_holm"])
            yield group["name"], kind, _ADVICE[told if kind == "chain" else general["verdict"]]


def _published(facts: Facts, found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    rates = [group["rates"]["asr_all"] for group in found["by_model"]]
    of_models = sorted(rate["macro"] for rate in rates if rate)
    over_links = found["all_links"]["all"]
    for key, paper, ours in (
        ("asr_mean", 0.5270, found["overall"]["asr_all"]["macro"]),
        ("asr_lowest", 0.30, of_models[0]),
        ("asr_highest", 0.78, of_models[-1]),
        ("delta_mean", 0.1260, over_links["delta"]),
        ("delta_c1_c8", 0.1684, chains_delta(facts, range(1, 9))),
        ("delta_c1", 0.30, chains_delta(facts, [1])),
        ("delta_c5", 0.35, chains_delta(facts, [5])),
        ("delta_c9_c10", -0.044, chains_delta(facts, [9, 10])),
        ("transfer_mean", 0.7857, over_links["sample_transfer"]),
        ("transfer_lower", 0.713, None),
        ("targeted_against", 0.5824, over_links["downstream_asr"]),
        ("targeted_gain", 0.2033, over_links["sample_advantage_over_all"]),
        ("llm_upstream", 0.50, None),
        ("llm_downstream", 0.533, None),
        ("llm_transfer", 0.717, None),
    ):
        words = dict.fromkeys(("figure", "label", "note", "unit"), Untold())
        yield {"key": key, "paper": paper, "ours": ours, **words}
