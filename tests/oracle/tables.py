"""The rows of every table, picked from ``results.json`` and ``study.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from .facts import Facts
from .figures import Untold

Results: TypeAlias = Mapping[str, Any]
Row: TypeAlias = dict[str, Any]
"""Values by column; an estimate is one, with ``value``, ``low``, ``high`` and ``n``."""

_RATES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
_STATUSES = ("succeeded", "failed", "skipped", "exhausted", "error")
_ROWS_SHOWN = 300
"""Rows of a table on the page."""
_MAPPED = ("accuracy", "asr_correct", "robust_accuracy")


_CONTRAST = (
    "grouping", "unit", "first", "n_first", "second", "n_second", "difference", "p_value",
    "p_holm", "p_greater", "p_least",
)  # fmt: skip


def expected_tables(facts: Facts, results: Results) -> dict[str, list[Row]]:
    """Return every table by its name among files."""
    links = results["links"]
    return _design(facts.record, results) | {
        "figure_6_models": [
            {"model": one["model"], "architecture": _architecture(facts, one["model"])}
            | _rates(one)
            | {"accuracy": _macro(one["accuracy"])}
            for one in results["by_model"]
        ],
        "figure_7_attacks": [{"attack": one["attack"]} | _rates(one)
                             for one in results["by_attack"]],
        "figure_8_datasets": [{"dataset": one["dataset"]} | _rates(one)
                              for one in results["by_dataset"]],
        "attacks_by_datasets": [
            {"attack": one["attack"], "dataset": one["dataset"]} | _rates(one)
            for one in results["by_cell"]
        ],
        "worst_case": [
            {name: one[name] for name in ("model", "accuracy", "texts_cut", "worst_attack",
                                          "worst_attack_leaves", "robust_accuracy")}
            | {f"fallen_{k}": count for k, count in enumerate(one["fallen"])}
            for one in results["worst"]
            if one["dataset"] is None
        ],
        "mapped_labels": [
            {"model": one["model"]}
            | _known(next(m for m in results["by_model"] if m["model"] == one["model"]), "")
            | _known(one, "_mapped")
            for one in results["by_model_mapped"]
        ],
        "scenarios": [*map(_scenario, _with_repetitions(results))],
        "statuses": [*map(_statuses, _by_attack(results))],
        "queries": [*map(_queries, _by_attack(results))],
        "quality": [_quality(one, results) for one in _by_attack(results)],
        "figure_9_chains": [{"chain": one["name"]} | _delta(one) for one in results["chains"]],
        "figure_9_links": [
            {"link": one["name"], "chains": ", ".join(one["chains"]),
             "architecture": one["architecture"]}
            | _delta(one)
            for one in links
        ],
        "delta_families": [{"family": one["name"]} | _delta(one) for one in results["families"]],
        "contrasts": [
            {
                **{name: one[name] for name in _CONTRAST},
                "contrast_detectable": one["detectable"],
            }
            for one in results["contrasts"]
        ],
        "delta_architectures": [{"architecture": one["name"]} | _delta(one)
                                for one in results["architectures"]],
        "link_scenarios": [*map(_link_scenario, results["link_scenarios"])],
        "figure_10_attacks": [{"attack": one["name"]} | _transfer(one)
                              for one in results["link_attacks"]],
        "transfer_chains": [{"chain": one["name"]} | _transfer(one) for one in results["chains"]],
        "transfer_links": [{"link": one["name"]} | _transfer(one) for one in links],
        "references": [
            {"model": one["model"], "accuracy": _macro(one["accuracy"])}
            | {name: _macro(one["rates"][name]) for name in ("asr_all", "asr_correct")}
            for one in results["references"]
        ],
        "advice": [
            {name: one[name] for name in ("about", "kind", "verdict")}
            | dict.fromkeys(("because", "targeted"), Untold())
            for one in results["advice"]
        ],
    }  # fmt: skip


def on_the_page(facts: Facts, tables: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the tables of the page by their ids: whole ones, and those of one model or chain."""
    alone = {"scenarios", "link_scenarios", "transfer_links", "failures"}
    hidden = alone | _repeated(facts, tables)
    found = {f"table-{key}": rows for key, rows in tables.items() if rows and key not in hidden}
    for number, model in enumerate(facts.record["models"], start=1):
        rows = [row for row in tables["scenarios"] if row["model"] == model["name"]]
        if rows:
            found[f"model-{number}-scenarios"] = rows
    for chain, links in facts.chains.items():
        named = [" → ".join(link) for link in links]
        found[f"chain-{chain}-transfer_links"] = [
            row for row in tables["transfer_links"] if row["link"] in named
        ]
        for number, link in enumerate(links, start=1):
            found[f"chain-{chain}-{number}-link_scenarios"] = [
                row
                for row in tables["link_scenarios"]
                if (row["upstream"], row["downstream"]) == link and row["subset"] == "all"
            ]
    return {name: rows[:_ROWS_SHOWN] for name, rows in found.items()}


def _repeated(facts: Facts, tables: Mapping[str, list[Row]]) -> set[str]:
    """Return the tables that would say what others do."""
    hidden = set[str]()
    if len(facts.samples) == 1:
        hidden |= {"figure_8_datasets", "attacks_by_datasets"}
    if len(facts.links) == 1:
        hidden |= {"figure_9_chains", "transfer_chains"}
    for name in ("delta_architectures", "delta_families"):
        if len(tables[name]) == 1:
            hidden.add(name)
    return hidden if tables["selection"] else hidden | {"excluded_chains"}


def _findings(results: Results) -> Iterator[Row]:
    def ranked(rates: Mapping[str, Any]) -> str:
        known = sorted((-rate["value"], name) for name, rate in rates.items() if rate)
        return ", ".join(f"{name} {-100 * value:.1f} %" for value, name in known)

    def macro(groups: str, key: str) -> dict[str, Any]:
        return {one[key]: (one["rates"]["asr_all"] or {}).get("macro") for one in results[groups]}

    transfer = {one["name"]: one["all"]["sample_transfer"] for one in results["link_attacks"]}
    high = sum(bool(rate) and rate["value"] > 0.6 for rate in transfer.values())
    ours = [ranked(macro("by_attack", "attack")), ranked(macro("by_dataset", "dataset"))]
    ours = [text if "," in text else None for text in ours]
    ours.append(f"{high} of {len(transfer)}: {ranked(transfer)}" if transfer else None)
    figures = ("5.2.2, Figure 7", "5.2.2, Figure 8", "6.2.2")
    for figure, one in zip(figures, ours, strict=True):
        yield {
            "figure": figure,
            "label": Untold(),
            "paper": Untold(),
            "ours": one,
            "note": Untold(),
        }


def visible(name: str, row: Mapping[str, Any]) -> list[str]:
    """Return the columns of a row that a table shows: one about a model or link leaves it out."""
    left_out = {"model"} if name.startswith("model-") else set[str]()
    if name.endswith("link_scenarios"):
        left_out = {"upstream", "downstream", "subset"}
    return [column for column in row if column not in left_out]


def _design(record: Mapping[str, Any], results: Results) -> dict[str, list[Row]]:
    chains = record["chains"]
    inside = {
        model["name"]: [c["name"] for c in chains if model["name"] in c["measured"]]
        for model in record["models"]
    }
    return {
        "published": [
            {name: one[name] for name in ("figure", "label", "paper", "ours", "note")}
            for one in results["published"]
        ],
        "published_findings": [*_findings(results)],
        "attack_sets": [],
        "failures": [dict(one) for one in record["failures"]],
        "selection": [
            {"criterion": step["criterion"], "kept": step["kept"], "dropped": step["dropped"],
             "examples": Untold()}
            for step in record["funnel"]
        ],
        "excluded_chains": [
            {"criterion": step["criterion"], "chain": " → ".join(one["models"]),
             "reason": one["reason"]}
            for step in record["funnel"]
            for one in step["excluded"]
        ],
        "table_2_chains": [
            {"chain": one["name"], "models": " → ".join(one["models"]),
             "measured": " → ".join(one["measured"])}
            for one in chains
        ],
        "models": [
            {
                "model": one["name"],
                "architecture": one["architecture"],
                "languages": ", ".join(one["languages"]) or None,
                "downloads": one["downloads"],
                "chains": ", ".join(inside[one["name"]]) or None,
                "paper": None,
                "fingerprint": one["fingerprint"][:12] if one["fingerprint"] else None,
            }
            for one in record["models"]
        ],
    }  # fmt: skip


def _architecture(facts: Facts, model: str) -> str | None:
    found = next(one for one in facts.record["models"] if one["name"] == model)
    return None if found["architecture"] is None else str(found["architecture"])


def _macro(average: Mapping[str, Any] | None) -> Any:
    return average and average["macro"]


def _rates(group: Mapping[str, Any]) -> Row:
    rates = group["rates"]
    micro = rates["asr_all"] and rates["asr_all"]["micro"]
    return {"asr_all_micro": micro} | {name: _macro(rates[name]) for name in _RATES}


def _known(group: Mapping[str, Any], ending: str) -> Row:
    rates = group["rates"] | {"accuracy": group["accuracy"]}
    return {name + ending: _macro(rates[name]) for name in _MAPPED}


def _with_repetitions(results: Results) -> Sequence[tuple[Mapping[str, Any], bool]]:
    found = results["scenarios"]
    repeated = any(one["variance"] is not None for one in found)
    return [(one, repeated) for one in found]


def _scenario(found: tuple[Mapping[str, Any], bool]) -> Row:
    one, repeated = found
    runs = ", ".join(f"{rate:.3f}" for rate in one["by_repetition"])
    return {
        **{name: one[name] for name in ("model", "attack", "dataset", *_RATES)},
        **({"variance": one["variance"], "by_repetition": runs} if repeated else {}),
    }


def _by_attack(results: Results) -> Sequence[Mapping[str, Any]]:
    """Return the scenarios, attack by attack where there is one data set."""
    found = results["scenarios"]
    if len(results["datasets"]) > 1:
        return list(found)
    return sorted(found, key=lambda one: results["attacks"].index(one["attack"]))


def _place(one: Mapping[str, Any]) -> Row:
    return {name: one[name] for name in ("attack", "model", "dataset")}


def _statuses(one: Mapping[str, Any]) -> Row:
    return _place(one) | {name: one["statuses"][name] for name in _STATUSES} | {
        "missing": one["missing"]
    }  # fmt: skip


def _queries(one: Mapping[str, Any]) -> Row:
    percentiles = one["queries_of_successes"] or [None] * 5
    return (
        _place(one)
        | {"successes": one["statuses"]["succeeded"]}
        | {f"percentile_{share}": n for share, n in zip((5, 25, 50, 75, 95), percentiles,
                                                        strict=True)}
        | {"median": one["queries_median"], "mean": one["queries_mean"]}
    )  # fmt: skip


def _quality(one: Mapping[str, Any], results: Results) -> Row:
    notes = ", ".join(f"{name.replace('_', ' ')} {mean:.2f}" for name, mean in one["notes"].items())
    noted = any(other["notes"] for other in results["scenarios"])
    return (
        _place(one)
        | {
            "words_changed": one["words_changed_mean"],
            "characters_changed": one["characters_changed_mean"],
            "similarity": one["similarity_mean"],
            "perplexity_ratio": one["perplexity_ratio_median"],
            "fluency_missing": one["fluency_missing"],
            "seconds": one["seconds"],
        }
        | ({"notes": notes or None} if noted else {})
    )


def _delta(group: Mapping[str, Any]) -> Row:
    found, both = group["all"], group["both_correct"]
    named = ("delta", "delta_micro", "p_value", "p_holm", "detectable", "detectable_holm")
    return {
        "upstream_asr": found["upstream_asr"],
        "downstream_asr": found["downstream_asr"],
        **{name: found[name] for name in named},
        "delta_both_correct": both["delta"],
        "p_holm_both_correct": both["p_holm"],
    }


def _transfer(group: Mapping[str, Any]) -> Row:
    found = group["all"]
    named = (
        "sample_transfer", "null_transfer", "lineage_advantage", "lineage_detectable",
        "text_transfer", "downstream_asr", "elsewhere", "sample_advantage_over_all",
        "text_advantage_over_all",
    )  # fmt: skip
    return {name: found[name] for name in named}


def _link_scenario(one: Mapping[str, Any]) -> Row:
    return {
        name: one[name]
        for name in (
            "upstream", "downstream", "subset", "attack", "dataset", "verdict", "n",
            "upstream_asr", "downstream_asr", "delta", "test", "p_value", "p_holm", "cohens_h",
            "only_upstream", "only_downstream", "odds_ratio", "detectable", "detectable_holm",
            "sample_transfer", "text_transfer", "elsewhere",
        )
    }  # fmt: skip
