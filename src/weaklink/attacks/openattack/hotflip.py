"""OpenAttack's HotFlip: WordNet from left to right."""

from __future__ import annotations

from weaklink.attacks.asks import Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.openattack.substitutes import substitutes
from weaklink.attacks.openattack.tokens import COLLECTION, LEFT_ALONE, parts_of_speech, tokenise
from weaklink.attacks.rules.openattack.hotflip import CODE, RULES
from weaklink.text import Words


@attack(
    name="openattack-hotflip",
    collection=COLLECTION,
    languages=("en",),
    paper="OpenAttack 2.1.1, HotFlipAttacker with its defaults, after Ebrahimi et al. 2018, "
    "https://arxiv.org/abs/1712.06751",
    parameters=Parameters,
    uses=("wordnet", "tagger"),
    code=CODE,
    rules=RULES,
    on_labels="loses nothing, since it looks at labels only",
)
def openattack_hotflip(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Write every WordNet synonym of every word, from left to right, until the prediction changes.

    Defects: it reads no gradient and flips no character, so that it shares its name with HotFlip
    and nothing else. Words are not ranked. The last synonym of a word stays in the text, whether
    it helps or not, so that the text drifts with every word. No bound keeps its meaning.
    """
    current = tokenise(words)
    (parts,) = yield from parts_of_speech([current])
    for i, (word, part) in enumerate(zip(current.words, parts, strict=True)):
        if word in LEFT_ALONE:
            continue
        for substitute in substitutes(word, part, context):
            current = current.replace(i, substitute)
            rows = yield Score((str(current),))
            if context.goal.reached(rows)[0]:
                return str(current)
    return None
