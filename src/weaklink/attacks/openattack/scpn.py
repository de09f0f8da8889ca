"""OpenAttack's SCPN: the first flip of ten paraphrases."""

from __future__ import annotations

from pydantic import Field

from weaklink.attacks.asks import Paraphrase, Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.openattack.tokens import COLLECTION, split_again, tokenise
from weaklink.attacks.rules.openattack.scpn import CODE, RULES
from weaklink.text import Words

TEMPLATES = (
    "(S (NP) (VP) (.))",
    "(S (VP) (.))",
    "(NP (NP) (.))",
    "(FRAG (SBAR) (.))",
    "(S (S) (,) (CC) (S) (.))",
    "(S (LST) (VP) (.))",
    "(SBARQ (WHADVP) (SQ) (.))",
    "(S (PP) (,) (NP) (VP) (.))",
    "(S (ADVP) (NP) (VP) (.))",
    "(S (SBAR) (,) (NP) (VP) (.))",
)
"""In OpenAttack's order, which decides which flip comes first."""


class OpenAttackSCPNParameters(Parameters):
    """weaklink's own; see ``rules.openattack.scpn``."""

    max_tokens: int = Field(
        40, ge=1, description="Tokens read of a text; their paraphrase stands for all of it"
    )


@attack(
    name="openattack-scpn",
    collection=COLLECTION,
    languages=("en",),
    paper="OpenAttack 2.1.1, SCPNAttacker with its defaults, after Iyyer et al. 2018, "
    "https://aclanthology.org/N18-1170",
    parameters=OpenAttackSCPNParameters,
    uses=("scpn",),
    code=CODE,
    rules=RULES,
    on_labels="loses nothing, since it looks at labels only",
)
def openattack_scpn(words: Words, context: Context[OpenAttackSCPNParameters]) -> Steps[str | None]:
    """Paraphrase the text as one sentence in ten shapes; the first that flips wins.

    Defects: of several flips the first in the order of the templates wins, whatever it says.
    No bound keeps its meaning, and a copy of the text counts. A text of any length is taken for
    one sentence, and no more than 40 pieces of words come back: of a review its beginning at most.
    The paraphrase is in lower case.
    """
    source = _beginning(words, context.parameters.max_tokens)
    answers: tuple[str, ...] = yield Paraphrase(source, TEMPLATES)
    texts = [str(split_again([answer.lower()])) for answer in answers if answer]
    if not texts:
        return None
    scores = yield Score(tuple(texts))
    flips = context.goal.reached(scores)
    return next((text for text, flip in zip(texts, flips, strict=True) if flip), None)


def _beginning(words: Words, most: int) -> str:
    """Return the text up to as many of its tokens, with its own spacing."""
    tokens = tokenise(words, lower=False).words
    text, end = str(words), 0
    for token in tokens[:most]:
        end = text.index(token, end) + len(token)
    return text[:end].lstrip()
