"""OpenAttack's TextBugger: no bound, no sentences, any two inner letters swapped."""

from __future__ import annotations

from weaklink.attacks.asks import Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.openattack.bugs import draw_bugs
from weaklink.attacks.openattack.tokens import COLLECTION, LEFT_ALONE, tokenise, without
from weaklink.attacks.rules.openattack.textbugger import CODE, RULES
from weaklink.text import Words
from weaklink.victims import Floats


@attack(
    name="openattack-textbugger",
    collection=COLLECTION,
    languages=("en",),
    paper="OpenAttack 2.1.1, TextBuggerAttacker with its defaults, after Li et al. 2019, "
    "https://arxiv.org/abs/1812.05271",
    parameters=Parameters,
    uses=("wordnet",),
    repetitions=3,
    code=CODE,
    rules=RULES,
    on_labels="misspells words in the order of the text until the label flips",
)
def openattack_textbugger(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Misspell words by falling importance, each by the bug that hurts most, without any bound.

    Tokens are ranked by the drop when one is deleted, over the whole text. At each the best of
    five bugs stays, the word itself being one where a bug does not apply.

    Defects: no bound keeps the text similar to the original, where the paper demands 0.8.
    Sentences are not ranked. Swap exchanges any two inner letters, however far apart. Sub-W writes
    the first synonym of WordNet, whatever the part of speech, where the paper takes the nearest
    words in a space of vectors; the synonym of a capitalised word is the word in lower case. The
    best bug stays even if it makes the victim surer. Bugs are drawn at random, so that repetitions
    differ.
    """
    current = tokenise(words, lower=False)
    scores: Floats = yield Score(tuple(without(current, i) for i in range(len(current))))
    for i in context.goal.confidence(scores).argsort(kind="stable").tolist():
        word = current.words[i]
        if word.lower() in LEFT_ALONE:
            continue
        texts = [current.replace(i, bug) for bug in dict.fromkeys(draw_bugs(word, context))]
        scores = yield Score(tuple(map(str, texts)))
        best = int(context.goal.confidence(scores).argmin())
        current = texts[best]
        if context.goal.reached(scores)[best]:
            return str(current)
    return None
