"""TextFooler: synonyms in the place of the words that matter most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, model_validator

from weaklink.attacks.asks import Score, Similarity, Tag
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.rules.textfooler import CODE, RULES
from weaklink.attacks.shared.importance import deletion_scores, most_important_first
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.lexicons.stop_words import STOP_WORDS, TEXTFOOLER_STOP_WORDS, stop_words_of
from weaklink.text import Words, match_case
from weaklink.victims import Floats

_STRICT: Mapping[str, Any] = {
    "min_word_cosine": 0.8,
    "min_sentence_cosine": 0.7,
    "min_short_sentence_cosine": 0.7,
    "noun_for_verb": False,
    "stop_words": "spacy",
}
_STOP_WORDS = {"textfooler": TEXTFOOLER_STOP_WORDS, "spacy": STOP_WORDS}


class TextFoolerParameters(Parameters):
    """Defaults are the authors' code's; see ``rules.textfooler``."""

    variant: Literal["published", "strict"] = Field(
        "published",
        description="Sets those below that are not given. published: these defaults; strict: "
        + ", ".join(f"{name}={value}" for name, value in _STRICT.items()),
    )
    neighbours: int = Field(50, ge=1, description="Synonyms considered for a word")
    min_word_cosine: float = Field(
        0.5, ge=-1, le=1, description="Bound on the cosine of a word and its synonym"
    )
    min_sentence_cosine: float = Field(
        0.9553,
        ge=-1,
        le=1,
        description="Bound on the cosine of sentence embeddings before and after a change "
        "(authors' code: 1 - arccos(cosine) of 0.7)",
    )
    min_short_sentence_cosine: float = Field(
        0.6216,
        ge=-1,
        le=1,
        description="The same in texts of fewer words than the window (authors' code: 0.1)",
    )
    window: int = Field(
        15, ge=0, description="Words around a change that are compared; 0: the whole text"
    )
    noun_for_verb: bool = Field(
        default=True, description="Whether nouns and verbs may replace each other"
    )
    stop_words: Literal["textfooler", "spacy"] = Field(
        "textfooler", description="English words left alone: the authors' 266, or spaCy's"
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        strict = isinstance(values, Mapping) and values.get("variant") == "strict"
        return {**_STRICT, **values} if strict else values


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A substitute, the text with it, and the confidence against the goal that it leaves."""

    word: str
    text: str
    confidence: float
    flips: bool

    def order(self) -> tuple[float, str]:
        return self.confidence, self.text


@attack(
    name="textfooler",
    paper="Jin et al. 2020, Is BERT Really Robust? https://arxiv.org/abs/1907.11932",
    parameters=TextFoolerParameters,
    uses=("counter-fitted", "tagger", "encoder"),
    version=2,
    code=CODE,
    rules=RULES,
    on_labels="finds flips by a single word",
)
def textfooler(words: Words, context: Context[TextFoolerParameters]) -> Steps[str | None]:
    """Replace important words by synonyms until the prediction changes (Algorithm 1).

    Words are taken by falling importance (Eq. 2). At each word, the most similar synonym that
    keeps part of speech and meaning and reaches the goal ends the search. If there is none, the one
    that leaves the least confidence stays in the text if it lowers it.

    The victim is asked about all synonyms of a word first. Only those that can decide the step are
    checked for part of speech and meaning, the decisive ones first; the text that is found is the
    same as if all were checked.
    """
    stop_words = _stop_words(context)
    positions = [i for i, word in enumerate(words.words) if word.lower() not in stop_words]
    importance = yield from _importance(words, positions, context)
    current = words
    confidence = float(context.goal.confidence(context.original))
    for position in most_important_first(importance):
        candidates = yield from _substitutions(current, position, context)
        flips = [candidate for candidate in candidates if candidate.flips]
        flip = yield from _most_similar(current, flips, position, context)
        if flip is not None:
            return flip.text
        lower = [c for c in candidates if not c.flips and c.confidence < confidence]
        step = yield from _first_admissible(current, lower, position, context)
        if step is not None:
            current, confidence = current.replace(position, step.word), step.confidence
    return None


def _stop_words(context: Context[TextFoolerParameters]) -> frozenset[str]:
    """Return the chosen list, or in another language than English spaCy's."""
    language = context.lexicon.language
    if language != ENGLISH:
        return stop_words_of(language)
    return _STOP_WORDS[context.parameters.stop_words]


def _importance(
    words: Words, positions: Sequence[int], context: Context[Any]
) -> Steps[dict[int, float]]:
    """Eq. 2: the drop by deletion, and the rise of the label that the deletion leads to, if any."""
    scores = yield from deletion_scores(words, positions)
    drops = context.goal.confidence(context.original) - context.goal.confidence(scores)
    predicted = scores.argmax(axis=1)
    rises = scores.max(axis=1) - context.original[predicted]
    changed = predicted != context.goal.original
    return dict(zip(positions, (drops + changed * rises).tolist(), strict=True))


def _substitutions(
    current: Words, position: int, context: Context[TextFoolerParameters]
) -> Steps[list[_Candidate]]:
    """Ask for the scores of the text with each synonym of the word at a position."""
    word = current.words[position]
    neighbours = context.lexicon.counter_fitted.neighbours(
        word.lower(), context.parameters.neighbours, context.parameters.min_word_cosine
    )
    if not neighbours:
        return []
    words = [match_case(near.word, word) for near in neighbours]
    texts = current.variants(position, words)
    scores: Floats = yield Score(tuple(texts))
    confidences = context.goal.confidence(scores).tolist()
    reached = context.goal.reached(scores).tolist()
    return [_Candidate(*c) for c in zip(words, texts, confidences, reached, strict=True)]


def _most_similar(
    current: Words,
    candidates: Sequence[_Candidate],
    position: int,
    context: Context[TextFoolerParameters],
) -> Steps[_Candidate | None]:
    admissible = yield from _admissible(current, candidates, position, context)
    return min(admissible, key=lambda c: (-admissible[c], c.text), default=None)


def _first_admissible(
    current: Words,
    candidates: Sequence[_Candidate],
    position: int,
    context: Context[TextFoolerParameters],
) -> Steps[_Candidate | None]:
    """Return the admissible candidate of least confidence, checking a few at a time."""
    ordered = sorted(candidates, key=_Candidate.order)
    for first in range(0, len(ordered), 4):
        admissible = yield from _admissible(current, ordered[first : first + 4], position, context)
        if admissible:
            return min(admissible, key=_Candidate.order)
    return None


def _admissible(
    current: Words,
    candidates: Sequence[_Candidate],
    position: int,
    context: Context[TextFoolerParameters],
) -> Steps[dict[_Candidate, float]]:
    """Return the candidates of the same part of speech and similar meaning, with similarities."""
    if not candidates:
        return {}
    size = context.parameters.window or len(current)
    reference, place = current.window(position, size)
    windows = [reference.replace(place, candidate.word) for candidate in candidates]
    tags: list[tuple[str, ...]] = yield Tag((reference, *windows))
    kept = [i for i, tag in enumerate(tags[1:]) if _fits(tags[0][place], tag[place], context)]
    if not kept:
        return {}
    texts = reference.variants(place, (candidates[i].word for i in kept))
    cosines: Floats = yield Similarity(str(reference), tuple(texts))
    bound = _least_cosine(current, context.parameters)
    return {
        candidates[i]: cosine
        for i, cosine in zip(kept, cosines.tolist(), strict=True)
        if cosine >= bound
    }


def _fits(tag: str, other: str, context: Context[TextFoolerParameters]) -> bool:
    """Whether a word of one part of speech may stand for one of another."""
    return tag == other or (context.parameters.noun_for_verb and {tag, other} == {"NOUN", "VERB"})


def _least_cosine(words: Words, parameters: TextFoolerParameters) -> float:
    short = len(words) < parameters.window
    return parameters.min_short_sentence_cosine if short else parameters.min_sentence_cosine
