"""Rules that several of OpenAttack's attacks share."""

from weaklink.attacks.rules.rule import Rule

CODE = "https://github.com/thunlp/OpenAttack (2.1.1, commit 4df712e)"

TOKENS = Rule(
    "Words",
    "of the data's or the victim's tokenizer",
    "runs of letters and runs of marks of the text in lower case, joined by blanks",
    "as the code",
)
UNREAD = Rule(
    "Words that the victim does not read",
    "",
    "asked about as well",
    "left as they are",
    "saves queries; no score hangs on them",
)
LEFT_ALONE = Rule(
    "Words left alone",
    "not told",
    "TextFooler's 266, be and have; those with an apostrophe are never met",
    "as the code",
)
WORDNET = Rule(
    "Lemmas of WordNet",
    "",
    "WordNet 3.0; of a phrase its first word",
    "as the code",
)
TAGGER = Rule(
    "Tagger",
    "",
    "NLTK's perceptron",
    "spaCy's small English model",
    "the perceptron's weights are in no package",
)
CAPITALS = Rule("Case of the text found", "not told", "lower case", "as the code")
TARGETED = Rule("Targeted goal", "none", "p(target) rises", "as the code")
EXCEPTIONS = Rule(
    "An exception in the attack",
    "",
    "counts as a failed attack",
    "is an error, and enters no rate",
    "an error says nothing of the victim",
)
