"""The models that every victim's campaign shares, loaded when first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from weaklink.attacks import (
    Decode,
    FindEntities,
    Gradients,
    Invert,
    Paraphrase,
    Score,
    Similarity,
    Tag,
)
from weaklink.engine.attempt import Verify, VerifySimilarity
from weaklink.engine.budget import budget_for
from weaklink.engine.generating import Decodings, Inversions, Paraphrases
from weaklink.engine.memo import Memo
from weaklink.engine.services import (
    AskService,
    Entities,
    FirstOrderViews,
    Scores,
    Similarities,
    StartedScores,
    Tags,
    Verifications,
    VerifiedSimilarities,
)
from weaklink.generators import LatentSpace, Paraphraser, load_latent_space, load_paraphraser
from weaklink.lexicons.languages.coverage import spacy_package
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.models.encoder import Encoder
from weaklink.models.tagger import Tagger, load_tagger
from weaklink.victims import Victim

_REMEMBERED_SCORES = 200_000
_REMEMBERED_EMBEDDINGS = 20_000


class Models:
    """The sentence encoder, the tagger, the paraphraser and the latent space.

    Args:
        encoder: Measures the similarity of texts, in float32.
        paraphraser: Loads what rewrites sentences.
        space: Loads the latent space of sentences.
        searching: Measures it while an attack searches; ``encoder`` by default.
    """

    def __init__(
        self,
        encoder: Encoder,
        paraphraser: Callable[[], Paraphraser] = load_paraphraser,
        space: Callable[[], LatentSpace] = load_latent_space,
        searching: Encoder | None = None,
    ) -> None:
        self.encoder = encoder
        self.encoders = (encoder, searching) if searching else (encoder,)
        self._verified = _similarities(encoder)
        self._searched = _similarities(searching) if searching else self._verified
        self._tags = dict[Tagger, Tags]()
        self._load_paraphraser = paraphraser
        self._load_space = space
        self._generators: dict[type, AskService] = {
            Invert: Inversions(lambda: self.space),
            Paraphrase: Paraphrases(lambda: self.paraphraser),
            Decode: Decodings(lambda: self.space),
        }

    @cached_property
    def tagger(self) -> Tagger:
        """Finds parts of speech and named entities."""
        return load_tagger()

    def tagger_of(self, language: str) -> Tagger:
        """Return what finds parts of speech in a language: that of English where there is none."""
        package = None if language == ENGLISH else spacy_package(language)
        return load_tagger(package) if package else self.tagger

    @cached_property
    def paraphraser(self) -> Paraphraser:
        """Rewrites sentences in the shape of templates."""
        return self._load_paraphraser()

    @cached_property
    def space(self) -> LatentSpace:
        """Generates sentences from codes."""
        return self._load_space()

    def services(
        self, scores: Memo, victim: Victim, language: str = ENGLISH
    ) -> dict[type, AskService]:
        """Return what answers each kind of ask about ``victim``, the victim's scores last.

        Args:
            scores: The memo of the victim's probabilities.
            victim: The victim.
            language: ISO 639-1 code of the language of the texts.
        """
        tagger = self.tagger_of(language)
        return {
            Tag: self._tags.setdefault(tagger, Tags(tagger)),
            FindEntities: Entities(tagger),
            Similarity: self._searched,
            **self._generators,
            Verify: Verifications(victim),
            VerifySimilarity: VerifiedSimilarities(self._verified),
            Gradients: FirstOrderViews(victim),
            Score: (StartedScores if getattr(victim, "on_gpu", False) else Scores)(scores),
        }


def _similarities(encoder: Encoder) -> Similarities:
    return Similarities(encoder, Memo(encoder, _REMEMBERED_EMBEDDINGS, budget_for(encoder)))


def remember_scores(victim: Victim) -> Memo:
    """Return a memo of the victim's probabilities."""
    return Memo(victim, _REMEMBERED_SCORES, budget_for(victim))
