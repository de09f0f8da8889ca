"""The rules of OpenAttack's PWWS."""

from weaklink.attacks.rules.openattack.common import (
    CAPITALS,
    CODE,
    EXCEPTIONS,
    LEFT_ALONE,
    TAGGER,
    TARGETED,
    TOKENS,
    UNREAD,
)
from weaklink.attacks.rules.rule import Rule

__all__ = ["CODE", "RULES"]

RULES = (
    Rule(
        "Candidates of a word",
        "WordNet synonyms",
        "WordNet synonyms; of a phrase its first word",
        "as the code",
    ),
    Rule(
        "Part of speech",
        "the same, for WordNet's four",
        "the same; the synonym is not tagged",
        "as the code",
    ),
    Rule(
        "Candidate of a named entity",
        "the most frequent of its kind that texts of the label do not have (3.2.1)",
        "none: entities are unknown",
        "as the code",
    ),
    Rule(
        "Substitute of a word",
        "largest drop when it alone is replaced (Eq. 4)",
        "the same",
        "as the code",
    ),
    Rule("Saliency", "drop when the word is unknown (Eq. 6)", "drop for `<UNK>`", "as the code"),
    Rule("Order", "softmax(saliency) times drop (Eq. 8)", "the same", "as the code"),
    Rule("Steps that do not help", "are taken (Algorithm 1)", "are taken", "as the code"),
    Rule(
        "A word without substitutes",
        "has no turn",
        "has its turn: the text is asked about as it is",
        "as the code",
    ),
    Rule(
        "Queries",
        "",
        "substitutes of words left alone too; the text again for each word",
        "neither",
        "saves queries; the text found is the same",
    ),
    TOKENS,
    LEFT_ALONE,
    CAPITALS,
    TAGGER,
    UNREAD,
    TARGETED,
    EXCEPTIONS,
)
