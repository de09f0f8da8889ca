"""The rules of OpenAttack's TextBugger."""

from weaklink.attacks.rules.openattack.common import CODE, EXCEPTIONS, LEFT_ALONE, TARGETED, UNREAD
from weaklink.attacks.rules.rule import Rule

__all__ = ["CODE", "RULES"]

RULES = (
    Rule(
        "Order of words",
        "sentences by confidence, their words by the drop on deletion (Algorithm 3)",
        "all words by the drop on deletion",
        "as the code",
    ),
    Rule(
        "Words",
        "of the data's or the victim's tokenizer",
        "runs of letters and runs of marks, joined by blanks; capitals stay",
        "as the code",
    ),
    LEFT_ALONE,
    Rule(
        "Words of one or two letters", "not told", "no bugs; the text is asked again", "as the code"
    ),
    Rule("Insert", "a blank, in words shorter than 6", "the same", "as the code"),
    Rule("Delete", "a letter, neither first nor last", "the same", "as the code"),
    Rule(
        "Swap",
        "two inner neighbours, in words longer than 4",
        "any two inner letters, in words longer than 4",
        "as the code",
    ),
    Rule(
        "Sub-C",
        "a character that looks alike or is near on the keyboard",
        "a key near it or a digit like it, for letters in lower case",
        "as the code",
    ),
    Rule(
        "Sub-W",
        "the 5 nearest words in GloVe",
        "the first WordNet synonym as adverb, else adjective, noun or verb",
        "as the code",
    ),
    Rule(
        "Bug of a word",
        "the one that lowers the confidence most",
        "the same; the word itself where a bug does not apply",
        "as the code",
    ),
    Rule(
        "Similarity to the original, at least",
        "0.8 (Universal Sentence Encoder)",
        "no bound",
        "as the code",
    ),
    Rule(
        "Queries",
        "",
        "each of the five bugs, equal ones again; the chosen text again",
        "each text once a word",
        "saves queries; the text found is the same",
    ),
    UNREAD,
    TARGETED,
    EXCEPTIONS,
)
