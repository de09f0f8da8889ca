"""A study's answer in a few plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.measures.advice import excludes_zero
from weaklink.measures.results import StudyResults
from weaklink.report.study.tables import write

_GUESSING = 0.5


def headline(results: StudyResults) -> list[str]:
    """Return what a reader should know if they read no further."""
    return [_attacks(results), _worst(results), *_chains(results), *_transfer(results)]


def _attacks(results: StudyResults) -> str:
    average = results.overall.asr_all
    if average is None:
        return "No attempt has given a figure yet."
    return (
        f"Over {len(results.models)} models, {len(results.attacks)} attacks and "
        f"{len(results.datasets)} data sets, attacks succeed on {write(average.macro)} of all "
        "attacked samples (asr_all, macro average)."
    )


def _worst(results: StudyResults) -> str:
    """Say what is left of the best model; one that may be guessing has nothing to lose."""
    known = [one for one in results.worst if one.dataset is None and one.robust_accuracy]
    if not known:
        return "Robust accuracy is not known: the labels of data and models do not match."
    left = [one for one in known if one.accuracy and one.accuracy.low > _GUESSING]
    if not left:
        return "No model is right often enough to be told from one that guesses between two labels."
    best = max(left, key=lambda one: one.robust_accuracy.value if one.robust_accuracy else 0)
    return (
        f"When any of the attacks will do, the most robust model, {best.model}, still classifies "
        f"{write(best.robust_accuracy)} correctly, of {write(best.accuracy)} before."
    )


def _chains(results: StudyResults) -> Sequence[str]:
    if results.all_links is None or results.all_links.all.delta is None:
        return ()
    delta = results.all_links.all.delta
    told = [one for one in results.advice if one.kind == "chain"]
    lost = sum(one.verdict == "use as is" for one in told)
    gained = sum(one.verdict == "fine-tune" for one in told)
    change = (
        "Whether fine-tuning changes robustness on average cannot be told"
        if not excludes_zero(delta)
        else f"Fine-tuning makes models {'less' if delta.value > 0 else 'more'} robust on average"
    )
    said = (
        f"{change}: delta {write(delta, 'difference')} points. Of {len(told)} chains, {lost} lost "
        f"robustness, {gained} gained it, and for {len(told) - lost - gained} it cannot be told."
    )
    return [said]


def _transfer(results: StudyResults) -> Sequence[str]:
    found = None if results.all_links is None else results.all_links.all
    if found is None or found.sample_transfer is None:
        return ()
    text = (
        f" Of the texts found upstream, {write(found.text_transfer)} work downstream as they are."
        if found.text_transfer is not None
        else ""
    )
    said = (
        f"Of the samples that fall upstream, {write(found.sample_transfer)} fall downstream as "
        f"well, where chance gives {write(found.downstream)}.{text}"
    )
    return [said]
