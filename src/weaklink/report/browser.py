"""The data of the outcome browser: ready to show, so that the page's script only places it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from markupsafe import Markup

from weaklink.measures import Bounds, valid
from weaklink.measures.quality import beyond
from weaklink.report.figures import number
from weaklink.report.lines import visible_lines
from weaklink.store import Outcome
from weaklink.text import changed_words

Piece: TypeAlias = str | tuple[str, str]
"""A stretch of text that stayed, or one that went with the one that came in its place."""

_UNSAFE_IN_SCRIPT = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


def browser_data(outcomes: Iterable[Outcome], bounds: Bounds) -> Markup:
    """Return the outcomes as JSON in ASCII that can end no script element and open no comment.

    An original text that several outcomes share is written once. Texts are valid within ``bounds``.
    """
    texts: dict[str, int] = {}
    records = [_record(outcome, texts, bounds) for outcome in outcomes]
    data = json.dumps({"texts": list(texts), "outcomes": records}, separators=(",", ":"))
    return Markup(data.translate(_UNSAFE_IN_SCRIPT))  # noqa: S704  escaped for its place above


def pieces(original: str, adversarial: str) -> list[Piece]:
    """Return both texts, aligned by their words, with hidden characters made visible."""
    return [
        (visible_lines(segment.original), visible_lines(segment.adversarial))
        if segment.changed
        else visible_lines(segment.original)
        for segment in changed_words(original, adversarial)
    ]


def _record(outcome: Outcome, texts: dict[str, int], bounds: Bounds) -> dict[str, Any]:
    adversarial = outcome.adversarial_text
    verdict = valid(outcome, bounds)
    return {
        "model": visible_lines(outcome.victim),
        "attack": visible_lines(outcome.attack),
        "status": str(outcome.status),
        "valid": "" if verdict is None else "yes" if verdict else "no",
        "sample": visible_lines(outcome.key.sample_id),
        "facts": [
            [visible_lines(term), visible_lines(value)] for term, value in _facts(outcome, bounds)
        ],
        "text": texts.setdefault(visible_lines(outcome.original_text), len(texts)),
        "pieces": None if adversarial is None else pieces(outcome.original_text, adversarial),
        "error": None if outcome.error is None else visible_lines(outcome.error),
    }


def _facts(outcome: Outcome, bounds: Bounds) -> list[tuple[str, str]]:
    """Return what there is to say of an outcome beside its texts."""
    facts = [("gold label", outcome.gold_label)]
    if outcome.original_label is not None:
        facts.append(("prediction", _before_after(outcome)))
    if outcome.original_probability is not None:
        facts.append((f"p({outcome.original_label})", _probabilities(outcome)))
    facts.append(("queries", str(outcome.queries)))
    if outcome.words_changed is not None:
        facts.append(("words changed", f"{outcome.words_changed} of {outcome.words}"))
    if outcome.similarity is not None:
        facts.append(("similarity", number(outcome.similarity)))
    if outcome.perplexity_ratio is not None:
        facts.append(("perplexity", _perplexities(outcome)))
    if valid(outcome, bounds) is False:
        facts.append(("out of bounds", ", ".join(beyond(outcome, bounds))))
    facts += [(name.replace("_", " "), number(value)) for name, value in outcome.notes.items()]
    if outcome.key.repetition:
        facts.append(("repetition", str(outcome.key.repetition + 1)))
    if outcome.cut:
        facts.append(("text", "cut by the model's maximum length"))
    return facts


def _before_after(outcome: Outcome) -> str:
    before, after = outcome.original_label, outcome.adversarial_label
    return str(before) if after is None else f"{before} → {after}"


def _perplexities(outcome: Outcome) -> str:
    before, after = outcome.original_perplexity, outcome.adversarial_perplexity
    ratio = number(outcome.perplexity_ratio)
    return f"{number(before, digits=0)} → {number(after, digits=0)}, {ratio} times"


def _probabilities(outcome: Outcome) -> str:
    before, after = outcome.original_probability, outcome.adversarial_probability
    return number(before) if after is None else f"{number(before)} → {number(after)}"
