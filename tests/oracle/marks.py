"""What the marks of every chart say, in order of the page, picked from ``results.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_WORST = {
    "before": "accuracy",
    "after the worst attack": "worst_attack_leaves",
    "after all attacks": "robust_accuracy",
}
_TRANSFER = {
    "sample transfer": "sample_transfer",
    "text transfer": "text_transfer",
    "null transfer": "null_transfer",
    "downstream: all samples": "downstream_asr",
}
_RATES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")


def expected_marks(results: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return what the marks say, by how the chart's caption begins."""
    worst = [one for one in results["worst"] if one["dataset"] is None]
    return {
        "Figure 6": {*_rates(results["by_model"], "model", ("asr_all",))},
        "Figure 7": {*_rates(results["by_attack"], "attack", _RATES)},
        "Figure 8": {*_rates(results["by_dataset"], "dataset", _RATES)},
        "asr_all by attack and data set": {
            f"{one['attack']} on {one['dataset']}: {_share(one['rates']['asr_all']['macro'])}"
            for one in results["by_cell"]
        },
        "The worst case": {
            f"{one['model']}, {series}: {_share(one[name])}, n = {one[name]['n']:,}"
            for one in worst
            for series, name in _WORST.items()
            if one[name]
        },
        "Samples by the number of attacks": {
            f"{one['model']}: {count} of {sum(one['fallen'])} samples fall to {k} attacks"
            for one in worst
            for k, count in enumerate(one["fallen"])
            if count
        },
        "Figure 9": {
            *_deltas(results["links"]),
            *(f"{one['attack']} on {one['dataset']}: delta {_points(one['delta'])} points"
              for one in results["link_scenarios"] if one["subset"] == "all"),
        },
        "Delta by architecture": {*_deltas(results["architectures"])},
        "Figure 10": {*_transfers(results["link_attacks"])},
        "Transfer by chain": {*_transfers(results["chains"])},
    }  # fmt: skip


def _rates(groups: Any, kind: str, rates: tuple[str, ...]) -> Iterator[str]:
    for group in groups:
        for name in rates:
            average = group["rates"][name]
            if average:
                figure = average["macro"]
                yield f"{group[kind]}, {name}: {_share(figure)}, n = {figure['n']:,}"


def _deltas(groups: Any) -> Iterator[str]:
    for group in groups:
        figure = group["all"]["delta"]
        yield f"{group['name']}: delta {_points(figure)} points, n = {figure['n']:,}"


def _transfers(groups: Any) -> Iterator[str]:
    for group in groups:
        for series, name in _TRANSFER.items():
            figure = group["all"][name]
            if figure:
                yield f"{group['name']}, {series}: {_share(figure)}, n = {figure['n']:,}"


def _share(figure: Mapping[str, float]) -> str:
    value, low, high = (f"{100 * figure[part]:.1f}" for part in ("value", "low", "high"))
    return f"{value} % [{low}, {high}]"


def _points(figure: Mapping[str, float]) -> str:
    value, low, high = (_signed(100 * figure[part]) for part in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _signed(points: float) -> str:
    written = f"{points:+.1f}".replace("-", "−")
    return "0.0" if written in {"+0.0", "−0.0"} else written
