"""The answer of a campaign of many models, in a few plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.measures.results import Results
from weaklink.report.advice import handed_down
from weaklink.report.written import estimate

_GUESSING = 0.5


def study_answer(results: Results) -> list[str]:
    """Return what a reader should know if they read no further."""
    return [_attacks(results), _worst(results), *_chains(results), *_transfer(results)]


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
        f"Over {over}, attacks succeed on {estimate(average.macro)} of all "
        "attacked samples (asr_all, macro average)."
    )


def _worst(results: Results) -> str:
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
        f"{estimate(best.robust_accuracy)} correctly, of {estimate(best.accuracy)} before."
    )


def _chains(results: Results) -> Sequence[str]:
    if results.all_links is None or results.all_links.all.delta is None:
        return ()
    delta = results.all_links.all.delta
    told = [one for one in results.advice if one.kind == "chain"]
    lost = sum(one.verdict == "use as is" for one in told)
    gained = sum(one.verdict == "fine-tune" for one in told)
    change = (
        "Whether fine-tuning changes robustness on average cannot be told"
        if results.all_links.all.verdict == "undecided"
        else f"Fine-tuning makes models {results.all_links.all.verdict} on average"
    )
    said = (
        f"{change}: delta {estimate(delta, 'difference')} points. Of {len(told)} chains, "
        f"{lost} lost robustness, {gained} gained it, and for {len(told) - lost - gained} it "
        "cannot be told."
    )
    return [said]


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
        f"well.{text} {handed_down(found)}"
    )
    return [said]


def _count(names: Sequence[str], what: str) -> str:
    return f"{len(names):,} {what}{'s' if len(names) != 1 else ''}"
