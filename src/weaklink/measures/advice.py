"""Section 7 of the paper: use a model as it is or fine-tune it, where the figures tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from weaklink.measures import Estimate
from weaklink.measures.results import Advice, Compared, Comparison

SIGNIFICANT = 0.05


def advise(chains: Sequence[Compared], architectures: Sequence[Compared]) -> Iterator[Advice]:
    """Yield what the figures let one say of each chain and of each architecture.

    Nothing is advised where the interval of delta includes zero, or where the test does not
    survive the correction for the number of groups.
    """
    for kind, groups in (("chain", chains), ("architecture", architectures)):
        for group in groups:
            yield Advice(
                about=group.name,
                kind="chain" if kind == "chain" else "architecture",
                verdict=_verdict(group.all),
                because=_because(group.all),
                targeted=_targeted(group.all),
            )


def excludes_zero(figure: Estimate | None) -> bool:
    """Return whether the figure's interval lies on one side of zero."""
    return figure is not None and not figure.low <= 0 <= figure.high


def _verdict(found: Comparison) -> Literal["use as is", "fine-tune", "cannot be told"]:
    if found.delta is None or not excludes_zero(found.delta) or not _survives(found):
        return "cannot be told"
    return "use as is" if found.delta.value > 0 else "fine-tune"


def _survives(found: Comparison) -> bool:
    return found.p_holm is not None and found.p_holm < SIGNIFICANT


def _because(found: Comparison) -> str:
    if found.delta is None:
        return "No attempt was made on both ends."
    if not excludes_zero(found.delta):
        return f"The interval of delta, {_interval(found.delta)}, includes zero.{_could(found)}"
    if not _survives(found):
        return (
            f"The interval of delta, {_interval(found.delta)}, excludes zero, but not after the "
            f"correction for the number of groups (p = {found.p_holm:.3f})."
        )
    change = "lost" if found.delta.value > 0 else "gained"
    return (
        f"Fine-tuning {change} robustness: delta {_interval(found.delta)} over "
        f"{found.scenarios} scenarios on {found.delta.n} samples."
    )


def _could(found: Comparison) -> str:
    if found.detectable is None:
        return ""
    return f" A delta under {100 * found.detectable:.1f} points cannot be told from zero here."


def _targeted(found: Comparison) -> str:
    """Say whether knowing what falls upstream helps against the downstream."""
    advantage = found.sample_advantage
    if advantage is None or found.sample_transfer is None or found.downstream is None:
        return "No sample fell upstream, so nothing can be said of transfer."
    compared = (
        f"{100 * found.sample_transfer.value:.1f} % of the samples that fall upstream fall again, "
        f"against {100 * found.downstream.value:.1f} % of all samples"
    )
    if not excludes_zero(advantage):
        return f"Whether weakness is handed down cannot be told: {compared}."
    if advantage.value > 0:
        return (
            f"Weakness is handed down: {compared}. The vulnerable samples of the upstream are "
            "worth testing and training against."
        )
    return f"Samples that fall upstream fall less often than others: {compared}."


def _interval(figure: Estimate) -> str:
    value, low, high = (
        f"{100 * part:+.1f}".replace("-", "−") for part in (figure.value, figure.low, figure.high)
    )
    return f"{value} points [{low}, {high}]"
