"""The answer of a campaign of many models, in a few plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.measures.goals import evasion
from weaklink.measures.results import Comparison, Results
from weaklink.measures.verdicts import ENOUGH
from weaklink.report.advice import handed_down, in_general
from weaklink.report.answers.defended import defended
from weaklink.report.written import estimate

_NONE_KNOWS = "No model is right often enough to be told from one that guesses between two labels."


def study_answer(results: Results) -> list[str]:
    """Return what a reader should know if they read no further."""
    return [
        *defended(results),
        _attacks(results),
        _worst(results),
        *_chains(results),
        *_transfer(results),
    ]


def _attacks(results: Results) -> str:
    average = results.overall.asr_all
    if average is None:
        return "No attempt has given a figure yet."
    over = ", ".join(
        _count(names, what)
        for names, what in (
            (results.models, "model"), (results.attacks, "attack"), (results.datasets, "data set"),
        )
    )  # fmt: skip
    return (
        f"Attacks succeed on {estimate(average.macro)} of all attacked samples: {over} "
        f"(asr_all, macro average). {evasion(results.goal)}"
    ).strip()


def _worst(results: Results) -> str:
    """Say what is left of the best model; one that may be guessing has nothing to lose."""
    known = {one.model: one for one in results.worst if one.dataset is None}
    if not any(one.robust_accuracy for one in known.values()):
        return "Robust accuracy is not known: the labels of data and models do not match."
    if results.most_robust is None:
        return _NONE_KNOWS
    best = known[results.most_robust.name]
    left = (
        f"still classifies {estimate(best.robust_accuracy)} correctly, of "
        f"{estimate(best.accuracy)} before"
    )
    rivals = results.most_robust.rivals
    if not rivals:
        return f"If any attack may succeed, the most robust model, {best.model}, {left}."
    return (
        f"If any attack may succeed, {best.model} {left}. No model keeps more, but the difference "
        f"from {_count(rivals, 'other')} may be chance."
    )


def _chains(results: Results) -> Sequence[str]:
    if results.all_links is None or results.all_links.all.delta is None:
        return ()
    found = results.all_links.all
    told = [one for one in results.advice if one.kind == "chain"]
    lost = sum(one.verdict == "use as is" for one in told)
    gained = sum(one.verdict == "fine-tune" for one in told)
    said = (
        f"Over these links delta is {estimate(found.delta, 'difference')} points. Of "
        f"{_count(told, 'chain')}, {lost} lost robustness, {gained} gained it, and for "
        f"{len(told) - lost - gained} it cannot be told."
    )
    return [f"{said} {in_general(found)}"]


def _transfer(results: Results) -> Sequence[str]:
    found = None if results.all_links is None else results.all_links.all
    if found is None or found.sample_transfer is None:
        return ()
    text = (
        f" Of the texts found upstream, {estimate(found.text_transfer)} work downstream as they "
        "are."
        if found.text_transfer is not None
        else ""
    )
    said = (
        f"Of the samples that fall upstream, {estimate(found.sample_transfer)} fall downstream as "
        f"well.{text} {handed_down(found, results)}{_few(found)}"
    )
    return [said]


def _few(found: Comparison) -> str:
    """Say whom inheritance is said of, where lineages are too few to speak of others."""
    known = found.general
    if found.lineage_advantage is None or (known is not None and known.mean.n >= ENOUGH):
        return ""
    return " That is about these links only."


def _count(names: Sequence[object], what: str) -> str:
    return f"{len(names):,} {what}{'s' if len(names) != 1 else ''}"
