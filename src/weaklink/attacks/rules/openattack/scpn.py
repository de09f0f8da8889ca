"""The rules of OpenAttack's SCPN."""

from weaklink.attacks.rules.openattack.common import CAPITALS, CODE
from weaklink.attacks.rules.rule import Rule

__all__ = ["CODE", "RULES"]

RULES = (
    Rule("Templates", "the 10 most frequent", "the same 10", "as the code, in its order"),
    Rule(
        "Divergent paraphrases",
        "left out by n-gram overlap and paraphrase similarity",
        "not left out",
        "as the code",
    ),
    Rule(
        "Of several flips",
        "each breaks the prediction",
        "the first in the order of the templates wins",
        "as the code",
    ),
    Rule(
        "Texts",
        "single sentences",
        "all of a text as one sentence; at most 40 pieces of words come back",
        "the first {max_tokens} tokens; their paraphrase stands for the whole text",
        "the packaged network reads no more",
    ),
    Rule(
        "No paraphrase",
        "",
        "a word that the parser's vocabulary lacks fails the attack; an empty one is asked about",
        "empty ones are left out",
        "an empty text is not a paraphrase",
    ),
    CAPITALS,
    Rule(
        "Paraphraser",
        "SCPN, trained on 50 million back-translated pairs",
        "the authors' weights",
        "the campaign's, by default a small SCPN trained on sentences alone",
        "theirs is in no package",
    ),
)
