"""The models that every victim's campaign shares, loaded when first used."""

from __future__ import annotations

from functools import cached_property

from weaklink.attacks import FindEntities, Gradients, Score, Similarity, Tag
from weaklink.engine.attempt import Verify
from weaklink.engine.budget import TokenBudget
from weaklink.engine.memo import Memo
from weaklink.engine.services import (
    Entities,
    FirstOrderViews,
    Scores,
    Service,
    Similarities,
    Tags,
    Verifications,
)
from weaklink.resources.encoder import Encoder
from weaklink.resources.tagger import Tagger, load_tagger
from weaklink.victims import Victim

_REMEMBERED_SCORES = 200_000
_REMEMBERED_EMBEDDINGS = 20_000


class Models:
    """The sentence encoder and the tagger.

    Args:
        encoder: Measures the similarity of texts.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.embeddings = Memo(encoder, _REMEMBERED_EMBEDDINGS, TokenBudget())

    @cached_property
    def tagger(self) -> Tagger:
        """Finds parts of speech and named entities."""
        return load_tagger()

    def services(self, scores: Memo, victim: Victim) -> dict[type, Service]:
        """Return what answers each kind of ask about ``victim``, the victim's scores last."""
        return {
            Tag: Tags(self.tagger),
            FindEntities: Entities(self.tagger),
            Similarity: Similarities(self.embeddings),
            Verify: Verifications(victim),
            Gradients: FirstOrderViews(victim),
            Score: Scores(scores),
        }


def remember_scores(victim: Victim) -> Memo:
    """Return a memo of the victim's probabilities."""
    return Memo(victim, _REMEMBERED_SCORES, TokenBudget())
