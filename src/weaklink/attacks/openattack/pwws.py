"""OpenAttack's PWWS: no named entities, no equal tags."""

from __future__ import annotations

import numpy as np

from weaklink.attacks.asks import Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.openattack.substitutes import others
from weaklink.attacks.openattack.tokens import (
    COLLECTION,
    LEFT_ALONE,
    UNKNOWN,
    parts_of_speech,
    tokenise,
)
from weaklink.attacks.rules.openattack.pwws import CODE, RULES
from weaklink.text import Words


@attack(
    name="openattack-pwws",
    collection=COLLECTION,
    languages=("en",),
    paper="OpenAttack 2.1.1, PWWSAttacker with its defaults, after Ren et al. 2019, "
    "https://aclanthology.org/P19-1103",
    parameters=Parameters,
    uses=("wordnet", "tagger"),
    code=CODE,
    rules=RULES,
    on_labels="replaces words in the order of the text until the label flips",
)
def openattack_pwws(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Replace words by falling softmax(saliency) times drop, without named entities.

    Saliency is the drop when ``<UNK>`` stands for a token, and a token's substitute the synonym
    that leaves the least confidence. Each token has its turn, one without synonyms too, which
    leaves the text as it is.

    Defects: it knows no named entities, though the paper replaces them. A synonym needs no equal
    tag, so that inflections do not agree. The first word of a phrase counts as a synonym. A text
    that falls because it is in lower case and split into tokens counts as a success, although no
    word was replaced. No bound keeps its meaning.
    """
    from scipy.special import softmax

    current = tokenise(words)
    (parts,) = yield from parts_of_speech([current])
    options = [
        [] if word in LEFT_ALONE else others(word, part, context)
        for word, part in zip(current.words, parts, strict=True)
    ]
    blanked = [str(current.replace(i, UNKNOWN)) for i in range(len(current))]
    singles = [text for i, found in enumerate(options) for text in current.variants(i, found)]
    rows = yield Score((str(current), *blanked, *singles))
    left = context.goal.confidence(rows)
    saliency = softmax(left[0] - left[1 : len(current) + 1])
    ends = np.cumsum([len(found) for found in options])
    effects = np.split(left[len(current) + 1 :], ends[:-1])
    drops = np.array([left[0] - effect.min() if len(effect) else 0.0 for effect in effects])
    for i in np.argsort(-saliency * drops, kind="stable").tolist():
        if current.words[i] in LEFT_ALONE:
            continue
        if options[i]:
            current = current.replace(i, options[i][int(effects[i].argmin())])
        rows = yield Score((str(current),))
        if context.goal.reached(rows)[0]:
            return str(current)
    return None
