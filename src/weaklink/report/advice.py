"""Section 7 of the paper in words: why a model is used as it is or fine-tuned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weaklink.measures import Estimate
from weaklink.measures.results import Advice, Comparison, DefenceResult, Results
from weaklink.measures.verdicts import ENOUGH, excludes_zero
from weaklink.report.written import estimate, percent, points


@dataclass(frozen=True, slots=True)
class Advised:
    """Advice with its reasons.

    Attributes:
        advice: What to do.
        because: Why.
        targeted: Whether attacks that were prepared on the upstream are worth it.
    """

    advice: Advice
    because: str
    targeted: str


def advised(results: Results) -> Iterator[Advised]:
    """Yield all advice with its reasons."""
    groups = {("chain", one.name): one for one in results.chains}
    groups |= {("architecture", one.name): one for one in results.architectures}
    defended = {one.defended: one for one in results.defences}
    for advice in results.advice:
        if advice.kind == "model":
            yield Advised(advice, *of_defence(defended[advice.about]))
            continue
        found = groups[advice.kind, advice.about].all
        because = _because(advice, found) if advice.kind == "chain" else in_general(found)
        yield Advised(advice, because, _targeted(found, results))


def _because(advice: Advice, found: Comparison) -> str:
    if found.delta is None:
        return "No attempt was made on both ends."
    if advice.verdict == "cannot be told":
        return _untold(found, found.delta)
    change = "lost" if advice.verdict == "use as is" else "gained"
    return (
        f"Fine-tuning {change} robustness: delta {_delta(found.delta)} over {found.n_scenarios} "
        f"scenarios on {found.delta.n} samples."
    )


def of_defence(one: DefenceResult) -> tuple[str, str]:
    """Return what a defence changes, and what an attacker who does not know it meets."""
    change = one.all.asr_all
    if change is None:
        return "No attempt was made on both models.", ""
    low = "" if one.p_holm is None else f", p = {one.p_holm:.3f} by Holm"
    adaptive = (
        f"Against an attacker who knows it, asr_all goes from {estimate(change.before)} to "
        f"{estimate(change.after)}, {_delta(change.difference)}{low}."
    )
    if one.accuracy is not None:
        adaptive += f" Accuracy without an attack changes by {_delta(one.accuracy.difference)}."
    if one.all.asr_oblivious is None:
        return adaptive, "Texts found on the bare model were not tried on it."
    return adaptive, f"An attacker who does not know it has {estimate(one.all.asr_oblivious)}."


def in_general(found: Comparison) -> str:
    """Return what delta says of chains beyond those that were measured."""
    general = found.general
    lineages = 1 if general is None else general.mean.n
    if general is None or lineages < ENOUGH:
        return (
            f"Nothing is said of fine-tuning in general: with {lineages} independent "
            f"lineage{'s' if lineages > 1 else ''}, fewer than {ENOUGH}."
        )
    said = (
        f"mean over {lineages} independent lineages {estimate(general.mean, 'difference')} points, "
        f"SD between them {100 * general.spread:.1f}, the next one within "
        f"{points(general.next_low)} to {points(general.next_high)}"
    )
    if general.verdict == "undecided":
        return f"Whether fine-tuning changes robustness in general cannot be told: {said}."
    return f"Fine-tuning makes models {general.verdict} in general: {said}."


def _untold(found: Comparison, delta: Estimate) -> str:
    if not excludes_zero(delta):
        return f"The interval of delta, {_delta(delta)}, includes zero.{_could(found)}"
    if found.p_holm is None:
        return f"The interval of delta, {_delta(delta)}, excludes zero, but there is no test of it."
    return (
        f"The interval of delta, {_delta(delta)}, excludes zero, but not after the correction for "
        f"the number of groups (p = {found.p_holm:.3f})."
    )


def _could(found: Comparison) -> str:
    if found.detectable is None:
        return ""
    least = points(found.detectable).lstrip("+")
    return f" A delta under {least} points cannot be told from zero here."


def _targeted(found: Comparison, results: Results) -> str:
    """Say whether knowing what falls upstream helps against the downstream, and why."""
    if found.sample_transfer is None or found.downstream_asr is None:
        return "No sample fell upstream, so nothing can be said of transfer."
    return f"{handed_down(found, results)} {_against_all(found)}"


def handed_down(found: Comparison, results: Results) -> str:
    """Return whether weakness is handed down, by ``lineage_advantage`` alone.

    Where the null rests on a bag of words alone, models of one kind may share more than it even
    without a common ancestor, so that nothing is claimed.
    """
    return f"{_said(found, results)}{_compared_with(results)}"


def _said(found: Comparison, results: Results) -> str:
    advantage = found.lineage_advantage
    if advantage is None:
        return NO_NULL
    compared = (
        f"lineage advantage {_delta(advantage)} over a null transfer of "
        f"{estimate(found.null_transfer)}"
    )
    if not excludes_zero(advantage):
        least = found.lineage_detectable
        reach = (
            ""
            if least is None
            else f" With these samples, only {points(least).lstrip('+')} points or more would show."
        )
        return f"Whether weakness is handed down cannot be told: {compared}.{reach}"
    if advantage.value < 0:
        return f"The downstream shares fewer weak samples than unrelated models do: {compared}."
    if _bag_of_words_alone(results):
        return (
            "Upstream and downstream share more weak samples than each does with a bag of words: "
            f"{compared}. Whether that is inherited takes an unrelated model of their own kind "
            "(--references)."
        )
    return f"Weakness is handed down: {compared}."


NO_NULL = (
    "Whether weakness is handed down cannot be told: there is no null, as no model of another "
    "lineage was attacked on the same samples."
)


def _bag_of_words_alone(results: Results) -> bool:
    """Return whether the packaged references are the only models of another lineage."""
    several = results.all_links is not None and results.all_links.all.general is not None
    names = [str(one.model) for one in results.references]
    return bool(names) and not several and all(name.startswith("tfidf@") for name in names)


def _compared_with(results: Results) -> str:
    """Return what the null of transfer rests on besides the models of other lineages."""
    if not results.references:
        return ""
    names = ", ".join(str(one.model) for one in results.references)
    return f" Null transfer was measured on {names}."


def _against_all(found: Comparison) -> str:
    """Say what an attacker gains who knows the upstream's vulnerable samples, inherited or not."""
    advantage = found.sample_advantage_over_all
    assert found.sample_transfer is not None and found.downstream_asr is not None  # noqa: S101, PT018
    compared = (
        f"{percent(found.sample_transfer.value)} of the samples that fall upstream fall again, "
        f"against {percent(found.downstream_asr.value)} of all samples"
    )
    if advantage is not None and advantage.low > 0:
        return (
            f"Knowing them helps an attacker all the same, as some samples are easier: {compared}."
        )
    return f"Knowing the upstream's vulnerable samples is not shown to help: {compared}."


def _delta(figure: Estimate) -> str:
    value, _, interval = estimate(figure, "difference").partition(" ")
    return f"{value} points {interval}"
