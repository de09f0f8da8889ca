"""TextBugger: small bugs in the words that matter most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import Field

from weaklink.attacks.asks import Gradients, Score, Similarity
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.rules.textbugger import CODE, RULES
from weaklink.attacks.shared import bugs
from weaklink.attacks.shared.importance import drop_by_deletion, most_important_first
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.lexicons.stop_words import TEXTFOOLER_STOP_WORDS, stop_words_of
from weaklink.text import Words, match_case, sentences
from weaklink.victims import FirstOrder, Floats, Gradient


class TextBuggerParameters(Parameters):
    """Numbers are the paper's; see ``rules.textbugger``."""

    knowledge: Literal["black-box", "white-box"] = Field(
        "black-box", description="Rank words by deletion, or by the victim's gradient"
    )
    neighbours: int = Field(5, ge=0, description="Nearest words that Sub-W chooses from")
    min_word_cosine: float = Field(
        0.5, ge=-1, le=1, description="Bound on the cosine of a word and one that Sub-W writes"
    )
    min_similarity: float = Field(
        0.8, ge=-1, le=1, description="Bound on the cosine of sentence embeddings"
    )

    @property
    def needs_gradients(self) -> bool:
        """It does to rank words as the white-box attack."""
        return self.knowledge == "white-box"


@attack(
    name="textbugger",
    paper="Li et al. 2019, TextBugger: Generating Adversarial Text Against Real-world "
    "Applications, https://arxiv.org/abs/1812.05271",
    parameters=TextBuggerParameters,
    uses=("counter-fitted", "wordnet", "encoder"),
    optional=("counter-fitted", "wordnet"),
    repetitions=3,
    version=2,
    code=CODE,
    rules=RULES,
    on_labels="misspells words in the order of the text until the label flips",
)
def textbugger(words: Words, context: Context[TextBuggerParameters]) -> Steps[str | None]:
    """Misspell or replace important words, each by the bug that hurts most.

    Black-box (Algorithm 3): sentences that alone keep the predicted label, the most confident
    first, and in each the words by the drop when they are deleted. White-box (Algorithm 1): all
    words by the norm of the gradient. At each word the best of five bugs (Section III-C) stays in
    the text. The search ends when the goal is reached, and fails when the text is no longer similar
    enough to the original. Bugs are drawn at random, so that repetitions differ.
    """
    original = str(words)
    current = words
    positions = yield from _ranked(words, context)
    for position in positions:
        bugged = yield from _best_bug(current, position, context)
        if bugged is None:
            continue
        current, reached = bugged
        similarity: Floats = yield Similarity(original, (str(current),))
        if similarity[0] < context.parameters.min_similarity:
            return None
        if reached:
            return str(current)
    return None


def _ranked(words: Words, context: Context[TextBuggerParameters]) -> Steps[list[int]]:
    if context.parameters.knowledge == "white-box":
        request = Gradient(words, context.goal.original, ((),) * len(words))
        views: list[FirstOrder] = yield Gradients((request,))
        norms = views[0].words.tolist()
        content = _content(words, range(len(words)), context)
        return most_important_first({i: norms[i] for i in content})
    ranked = []
    for sentence in (yield from _important_sentences(words, context)):
        drops = yield from drop_by_deletion(words, _content(words, sentence, context), context)
        ranked += most_important_first(drops)
    return ranked


def _content(
    words: Words, positions: Iterable[int], context: Context[TextBuggerParameters]
) -> list[int]:
    """Return the positions of words that are not stop words of the text's language."""
    language = context.lexicon.language
    left = TEXTFOOLER_STOP_WORDS if language == ENGLISH else stop_words_of(language)
    return [i for i in positions if words.words[i].lower() not in left]


def _important_sentences(
    words: Words, context: Context[TextBuggerParameters]
) -> Steps[list[range]]:
    """Sentences that alone keep the predicted label, by falling confidence (Section III-D)."""
    found = sentences(words)
    if len(found) < 2:  # noqa: PLR2004
        return found
    scores: Floats = yield Score(tuple(words.between(s.start, s.stop) for s in found))
    confidence = context.goal.confidence(scores)
    reached = context.goal.reached(scores)
    order = sorted(range(len(found)), key=lambda i: (-confidence[i], i))
    return [found[i] for i in order if not reached[i]] or [found[i] for i in order]


def _best_bug(
    current: Words, position: int, context: Context[TextBuggerParameters]
) -> Steps[tuple[Words, bool] | None]:
    """Return the text with the bug that lowers the confidence most, and whether it wins."""
    options = [*dict.fromkeys(_bugs(current.words[position], context))]
    if not options:
        return None
    texts = current.variants(position, options)
    scores: Floats = yield Score(tuple(texts))
    confidence = context.goal.confidence(scores).tolist()
    best = min(range(len(texts)), key=lambda i: (confidence[i], texts[i]))
    return current.replace(position, options[best]), bool(context.goal.reached(scores)[best])


def _bugs(word: str, context: Context[TextBuggerParameters]) -> Iterable[str]:
    rng = context.random
    drawn = [
        bugs.insert(word, rng),
        bugs.delete(word, rng),
        bugs.swap(word, rng),
        bugs.substitute_character(word, rng, context.lexicon.language),
    ]
    found = [bug for bug in drawn if bug] + [
        match_case(near, word) for near in _near(word, context)
    ]
    return (bug for bug in found if bug != word)


def _near(word: str, context: Context[TextBuggerParameters]) -> Iterator[str]:
    """Yield the words of like meaning that Sub-W may write."""
    count, bound = context.parameters.neighbours, context.parameters.min_word_cosine
    lower, wordnet = word.lower(), context.lexicon.wordnet
    for near in context.lexicon.counter_fitted.neighbours(lower, count, bound):
        if not wordnet.opposed(lower, near.word):
            yield near.word
