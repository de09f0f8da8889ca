"""What the figures of a column mean, for whoever points at its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from weaklink.report.page.definitions import DEFINITIONS

_P = "p-value of the hypothesis that there is no difference"
_MEANINGS = {one.term: one.meaning for one in DEFINITIONS} | {
    "5 %": "Queries of the success below which 5 % of the successes are.",
    "25 %": "Queries of the success below which 25 % of the successes are.",
    "50 %": "Queries of the median success.",
    "75 %": "Queries of the success below which 75 % of the successes are.",
    "95 %": "Queries of the success below which 95 % of the successes are.",
    "median of all": "Queries of the median attempt, successful or not.",
    "mean of all": "Mean queries of all attempts, successful or not.",
    "successes": "Attempts that succeeded.",
    "Cohen's h": "Difference of both rates on the arcsine scale: 0.2 is small, 0.8 large.",
    "odds ratio": "Odds that the attack succeeds downstream, over the odds upstream.",
    "only upstream": "Samples that fall upstream and not downstream.",
    "only downstream": "Samples that fall downstream and not upstream.",
    "delta of the first less that of the second": "In percentage points.",
    "detectable": "The smallest difference that a test at 5 % finds with a power of 80 %.",
    "p": f"{_P}.",
    "p, Holm": f"{_P}, adjusted over the rows of the table.",
    "p, Holm, both correct": f"{_P}, adjusted, on samples that both models classify correctly.",
    "p, first greater": "p-value of the hypothesis that the first is not greater.",
    "least p, one-sided": "The smallest p-value that so few lineages can reach.",
    "downstream elsewhere": "Downstream's rate on samples that did not fall upstream.",
    "downstream: all samples": "Downstream's asr_all on all samples.",
    "downstream: did not fall upstream": "Downstream's rate on samples that did not fall upstream.",
    "succeeded": "Attempts that found an adversarial text, verified on its own.",
    "failed": "Attempts in which the attack gave up.",
    "exhausted": "Attempts that ran out of their query budget.",
    "skipped": "Attempts whose goal already held.",
    "error": "Attempts in which the attack or a model raised; they enter no rate.",
    "missing": "Attempts that were not made yet.",
    "fall to": "Samples on which so many of the attacks succeed.",
    "it leaves": "Accuracy under the strongest attack alone.",
    "the union leaves": "Accuracy if any of the attacks may succeed.",
    "texts cut": "Samples that are longer than the model reads.",
    "fluency not measured": "Successes without a perplexity.",
    "seconds": "Seconds that the attempts took.",
    "variance between repetitions": "Variance of asr_all from one repetition to the next.",
    "downloads": "Downloads in 30 days.",
    "chains kept": "Chains that meet the criterion, of those that met all before.",
    "left out": "Chains that do not meet the criterion.",
    "paper": "The value that the paper prints.",
    "robust accuracy": "Share of the attacked samples that the model classifies correctly and on "
    "which no attack of the board succeeds.",
    "robust share": "Share of all samples that are attacked, classified correctly and fall to no "
    "attack of the board.",
    "rank": "All ranks that the samples leave open; those of a board hold at once in 95 %.",
    "boards": "Boards that rank the model: one for each data set and set of attacks.",
    "models": "Models that the run measured.",
    "this study": "The value of this study, by the same definition.",
}
_AVERAGES = {
    "micro": "Every sample weighs the same.",
    "macro": "Every scenario weighs the same.",
    "both correct": "On samples that both models classify correctly.",
    "mapped": "With the labels that the data's names were mapped to.",
}


def meaning_of(heading: str) -> str:
    """Return what a column's figures mean; empty where the heading says it.

    >>> meaning_of("accuracy, macro")[-31:]
    'Every scenario weighs the same.'
    """
    name, _, average = heading.partition(", ")
    meaning = next((_MEANINGS[one] for one in _names(heading, name) if one in _MEANINGS), "")
    return f"{meaning} {_AVERAGES.get(average, '')}".strip()


_EXPLAINED = re.compile(
    r"(?<![\w./<-])(asr_correct|asr_all|asr_valid|robust_accuracy|(?:sample|text|null) transfer"
    r"|lineage advantage|delta)(?![\w/<-])"
)


def explained(sentence: Markup) -> Markup:
    """Return a sentence whose measures say what they mean to whoever points at them.

    >>> str(explained(Markup("asr_all of it, and asr_all of owner/delta")))[:54]
    '<abbr title="Attack success rate over all attacked sam'
    """
    seen = set[str]()

    def marked(found: re.Match[str]) -> str:
        term = found[0]
        if term in seen:
            return term
        seen.add(term)
        return f'<abbr title="{escape(_MEANINGS[term])}">{term}</abbr>'

    return Markup(_EXPLAINED.sub(marked, sentence))  # noqa: S704  escaped before


def _names(heading: str, name: str) -> Iterator[str]:
    """Yield the heading, what stands before its comma, and that less its last word."""
    yield heading
    yield name
    yield name.rpartition(" ")[0]
