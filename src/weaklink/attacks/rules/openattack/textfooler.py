"""The rules of OpenAttack's TextFooler."""

from weaklink.attacks.rules.openattack.common import (
    CAPITALS,
    CODE,
    EXCEPTIONS,
    LEFT_ALONE,
    TAGGER,
    TOKENS,
    UNREAD,
)
from weaklink.attacks.rules.rule import Rule

__all__ = ["CODE", "RULES"]

RULES = (
    Rule(
        "Importance of a word",
        "drop when it is deleted (Eq. 2)",
        "drop when `<UNK>` stands for it",
        "as the code",
    ),
    Rule(
        "Candidates of a word",
        "50 nearest, counter-fitted vectors of Mrkšić et al.",
        "WordNet synonyms of the part of speech; of a phrase its first word",
        "as the code",
    ),
    Rule("Cosine of a word and a candidate, at least", "0.7", "no bound", "as the code"),
    Rule("Part of speech", "the same", "the same, or noun and verb", "as the code"),
    Rule(
        "Words read for the part of speech",
        "not told",
        "4 tokens on each side, split anew: behind a hyphen the tag is another token's",
        "as the code",
    ),
    Rule(
        "Similarity, at least",
        "a threshold ε, no value told",
        "a cosine of 0.5; 0.1 for the first text of under 15 tokens and all texts after it",
        "0.1, as after such a text ({short_text_seen}); else 0.5, and 0.1 in shorter texts",
        "outcomes here hang on no order of samples; the study's first sample has 7 tokens",
    ),
    Rule(
        "Words that are compared",
        "the whole text",
        "15 tokens around the change; in shorter texts the last ones, for a change behind the 7th",
        "as the code",
    ),
    Rule("Compared with", "the original text", "the text before this change", "as the code"),
    Rule(
        "Sentence encoder",
        "Universal Sentence Encoder",
        "Universal Sentence Encoder 4",
        "MiniLM-L6, or another by --encoder",
        "theirs is in no package; a cosine is not on the same scale",
    ),
    Rule(
        "A candidate stays without a flip",
        "if it lowers the confidence",
        "if it is below the confidence in the original in lower case",
        "as the code",
    ),
    Rule(
        "A flip is told",
        "from the prediction",
        "from the prediction for the text in lower case; the search goes on if that differs",
        "as the code",
    ),
    Rule(
        "Order of checks",
        "meaning first, then the victim",
        "the victim first",
        "the victim first; only decisive candidates are checked",
        "the text found is the same",
    ),
    TOKENS,
    LEFT_ALONE,
    CAPITALS,
    TAGGER,
    UNREAD,
    Rule("Targeted goal", "none", "a flip must reach the target", "as the code"),
    EXCEPTIONS,
)
