"""SCPN: paraphrases in the shape of syntactic templates."""

from __future__ import annotations

import re

from pydantic import Field

from weaklink.attacks.asks import Paraphrase, Score, Similarity
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.rules.scpn import CODE, RULES
from weaklink.attacks.shared.importance import passages_by_importance
from weaklink.generators.scpn.templates import TEMPLATES
from weaklink.text import Passages, Words
from weaklink.victims import Floats

_FINAL = re.compile(r"\s*[.!?…]+\s*$")


class SCPNParameters(Parameters):
    """Both are weaklink's own: the paper states no bound; see ``rules.scpn``."""

    min_similarity: float = Field(
        0.8, ge=-1, le=1, description="Bound on the similarity of the whole text to the original"
    )
    max_words: int = Field(
        20, ge=1, description="Words of a passage; longer sentences are paraphrased in parts"
    )


@attack(
    name="scpn",
    paper="Iyyer et al. 2018, Adversarial Example Generation with Syntactically Controlled "
    "Paraphrase Networks, https://aclanthology.org/N18-1170",
    parameters=SCPNParameters,
    uses=("scpn", "encoder"),
    code=CODE,
    rules=RULES,
    on_labels="finds flips by the paraphrase of a single passage",
)
def scpn(words: Words, context: Context[SCPNParameters]) -> Steps[str | None]:
    """Paraphrase in the shape of ten syntactic templates; the most similar flip wins.

    Of the paraphrases by the ten templates of the paper, those that are empty, that only copy the
    source, or that leave a text too dissimilar to the original are dropped. The victim is asked
    about the others at once, and the most similar of those that reach the goal is returned.

    A text of several sentences is attacked sentence by sentence, those first that the prediction
    rests on most (by the drop when one is deleted), as the study that weaklink follows describes
    SCPN. Where no paraphrase reaches the goal, the one that leaves the least confidence stays in
    the text if it lowers it.
    """
    original = str(words)
    current = Passages.split(words, context.parameters.max_words)
    confidence = float(context.goal.confidence(context.original))
    for position in (yield from passages_by_importance(current, context)):
        candidates = yield from _paraphrased(current, position, original, context)
        if not candidates:
            continue
        scores: Floats = yield Score(tuple(map(str, candidates)))
        reached = dict(zip(candidates, context.goal.reached(scores).tolist(), strict=True))
        left = dict(zip(candidates, context.goal.confidence(scores).tolist(), strict=True))
        flips = [candidate for candidate in candidates if reached[candidate]]
        if flips:
            return str(min(flips, key=lambda flip: (-candidates[flip], str(flip))))
        best = min(candidates, key=lambda candidate: (left[candidate], str(candidate)))
        if left[best] < confidence:
            current, confidence = best, left[best]
    return None


def _paraphrased(
    current: Passages, position: int, original: str, context: Context[SCPNParameters]
) -> Steps[dict[Passages, float]]:
    """Return the texts with a paraphrase of one passage that may be scored, with similarities."""
    source = current.passages[position]
    answers: tuple[str, ...] = yield Paraphrase(source, TEMPLATES)
    fitting = [_in_place(answer, source) for answer in answers]
    found = dict.fromkeys(one for one in fitting if _bare(one) not in {"", _bare(source)})
    if not found:
        return {}
    texts = [current.replace(position, paraphrase) for paraphrase in found]
    cosines: Floats = yield Similarity(original, tuple(map(str, texts)))
    return {
        text: cosine
        for text, cosine in zip(texts, cosines.tolist(), strict=True)
        if cosine >= context.parameters.min_similarity
    }


def _in_place(paraphrase: str, source: str) -> str:
    """Return a paraphrase without its final mark where the source, a part of a sentence, has none.

    >>> _in_place("what a film it is !", "it is a film")
    'what a film it is'
    """
    return paraphrase if _FINAL.search(source) else _FINAL.sub("", paraphrase)


def _bare(text: str) -> str:
    """Return a text without case and spacing, in which a copy equals its source."""
    return "".join(text.lower().split())
