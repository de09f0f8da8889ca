"""What each measure means; the denominators first."""

from __future__ import annotations

from typing import NamedTuple


class Definition(NamedTuple):
    """A word of the tables, and what it means."""

    term: str
    meaning: str


DEFINITIONS = (
    Definition(
        "asr_correct",
        "Attack success rate over the samples that the model classified correctly. "
        "TextAttack's denominator.",
    ),
    Definition(
        "asr_all",
        "Attack success rate over all attacked samples, whether the model classified them "
        "correctly or not. OpenAttack's denominator.",
    ),
    Definition(
        "asr_valid",
        "asr_all without the successes whose texts are out of bounds: too dissimilar to the "
        "original, too much less fluent, or with too many words changed. A bound on what was not "
        "measured does not apply. Where it is far below asr_all, attacks win by spoiling texts. "
        "It judges the text that was returned only: an attack told to stay within the bounds would "
        "have searched on, so it understates what such an attack would find.",
    ),
    Definition(
        "evasion rate",
        "asr_correct, asr_all and asr_valid where only samples that the model gives one label are "
        "attacked (--from): the share of them that get past it. The figures keep their names.",
    ),
    Definition(
        "robust_accuracy",
        "Share of all attacked samples that the model classifies correctly, before the attack "
        "and after it.",
    ),
    Definition(
        "accuracy",
        "Share of the samples that the model classifies correctly before any attack.",
    ),
    Definition(
        "n",
        "Number of samples in the denominator. With several repetitions a sample counts once, "
        "with the share of its repetitions that succeeded.",
    ),
    Definition(
        "[low, high]",
        "95 % interval of the figure before it: Wilson's for a share; Newcombe's for delta, whose "
        "variance and pairing are those of a bootstrap over samples. Shares are in per cent, "
        "differences in percentage points.",
    ),
    Definition(
        "delta",
        "asr_all of the downstream less asr_all of the upstream, paired by sample. Above zero, "
        "the downstream is less robust. Undecided where the interval includes zero "
        "or the test does not reach 0.05.",
    ),
    Definition(
        "sample transfer",
        "Of the samples on which the attack succeeded against the upstream, the share on which "
        "it also succeeds against the downstream.",
    ),
    Definition(
        "text transfer",
        "Of the adversarial texts found on the upstream, the share that makes the downstream err "
        "as they are.",
    ),
    Definition(
        "null transfer",
        "What sample transfer would be between models that share no ancestor: the downstream's "
        "rate on the upstream's vulnerable samples, as their difficulty for unrelated models "
        "predicts it. There is none where no model of another lineage was attacked.",
    ),
    Definition(
        "lineage advantage",
        "Sample transfer less null transfer. Above zero, weakness is handed down.",
    ),
    Definition(
        "over all samples",
        "Transfer less the downstream's asr_all on all samples: what knowing the upstream's weak "
        "samples is worth to an attacker. It says nothing of inheritance, as some samples are "
        "easier for every model.",
    ),
    Definition(
        "worst case",
        "A sample is robust if no attack succeeds on it in any repetition: what is left if any "
        "attack may succeed.",
    ),
    Definition(
        "queries",
        "Texts that the attack asked the model to score; each is charged, cached or not. The chart "
        "shows those of successes.",
    ),
    Definition(
        "words changed",
        "Of successes: mean share of the words that were changed, among those the model reads.",
    ),
    Definition(
        "characters changed",
        "Of successes: mean edit distance of both texts, as a share of the original's length.",
    ),
    Definition(
        "perplexity ratio",
        "Of successes: median perplexity of the adversarial text over that of the original, under "
        "a language model. 1 is just as fluent; the higher, the less.",
    ),
    Definition(
        "similarity",
        "Of successes: mean cosine of the sentence embeddings of original and adversarial text.",
    ),
    Definition(
        "status",
        "succeeded: an adversarial text was found and verified on its own. failed: the attack "
        "gave up. exhausted: the query budget ran out first. skipped: the goal already held. "
        "error: the attack or a model raised; it enters no rate. missing: not attempted yet.",
    ),
)
