"""The rules of OpenAttack's HotFlip."""

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
    Rule("Edits", "flip, insertion, deletion of a character", "words for words", "as the code"),
    Rule("Choice of an edit", "by the gradient", "none: all are tried", "as the code"),
    Rule(
        "Search",
        "beam search, 10 texts",
        "words from left to right, each with all its substitutes",
        "as the code",
    ),
    Rule(
        "Substitutes",
        "none",
        "WordNet synonyms of the part of speech; of a phrase its first word",
        "as the code",
    ),
    Rule(
        "A word whose substitutes do not flip",
        "the edit of the best paths stays",
        "its last substitute stays",
        "as the code",
    ),
    Rule("Edits, at most", "10 % of the characters", "no bound", "as the code"),
    Rule("End", "the prediction changes", "the prediction changes", "as the code"),
    TOKENS,
    LEFT_ALONE,
    CAPITALS,
    TAGGER,
    UNREAD,
    EXCEPTIONS,
)
