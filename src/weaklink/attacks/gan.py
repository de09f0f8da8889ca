"""GAN: neighbours of a sentence in the latent space of a generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from pydantic import Field

from weaklink.attacks.asks import Decode, Invert, Note, Score, Similarity
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.rules.gan import CODE, RULES
from weaklink.attacks.shared.importance import passages_by_importance
from weaklink.attacks.shared.latent_search import Limits, hybrid_shrinking, iterative_stochastic
from weaklink.generators import Inverted
from weaklink.text import Passages, Words
from weaklink.victims import Floats

_SEARCHES = {"hybrid": hybrid_shrinking, "iterative": iterative_stochastic}


class GANParameters(Parameters):
    """Numbers of draws are the authors' code's, distances are of our space; see ``rules.gan``."""

    search: Literal["hybrid", "iterative"] = Field(
        "hybrid", description="Hybrid shrinking (Algorithm 2) or iterative stochastic (Algorithm 1)"
    )
    radius: float = Field(4.0, gt=0, description="Farthest distance from the inverted text (r)")
    step: float = Field(0.5, gt=0, description="Width of the shells that are drawn from (Δr)")
    samples: int = Field(100, ge=1, description="Points drawn in a round (N)")
    rounds: int = Field(5, ge=1, description="Rounds without a flip that end the hybrid search (B)")
    max_words: int = Field(
        20, ge=1, description="Words of a passage; longer sentences are attacked in parts"
    )


@attack(
    name="gan",
    paper="Zhao et al. 2018, Generating Natural Adversarial Examples, "
    "https://arxiv.org/abs/1710.11342",
    parameters=GANParameters,
    uses=("gan", "encoder"),
    repetitions=3,
    version=2,
    code=CODE,
    rules=RULES,
    on_labels="finds flips by the paraphrase of a single passage",
)
def gan(words: Words, context: Context[GANParameters]) -> Steps[str | None]:
    """Search around the inverted text in a latent space for the nearest text that flips.

    The text is inverted to its place in the latent space (Section 2.2), points around it are drawn
    and decoded, and of the texts that reach the goal the one of the nearest point is returned:
    Algorithm 2, or Algorithm 1 with ``search=iterative``.

    A text of several sentences, or of longer ones than the space was trained on (``max_words``), is
    attacked passage by passage, those first that the prediction rests on most; where none of the
    neighbours reaches the goal, the one that leaves the least confidence stays in the text if it
    lowers it, and the next passage is attacked.

    What an inverted text is decoded to without any perturbation is not an adversarial text,
    although it may reach the goal: neither algorithm draws that point, and such a flip shows how
    poor the reconstruction is, not how weak the victim. It is left out wherever it is decoded.
    Notes of an attempt: ``faithfulness``, the similarity of the passages attacked to their
    reconstructions; ``reconstruction_flips``, 1 if the reconstruction of the last passage attacked
    reaches the goal by itself; ``distance``, that of the flip in the latent space.
    """
    parameters = context.parameters
    limits = Limits(parameters.radius, parameters.step, parameters.samples, parameters.rounds)
    rng = np.random.default_rng(context.random.getrandbits(64))
    current = Passages.split(words, parameters.max_words)
    confidence = float(context.goal.confidence(context.original))
    sources: list[str] = []
    reconstructions: list[str] = []
    for position in (yield from passages_by_importance(current, context)):
        source = current.passages[position]
        inverted: Inverted = yield Invert(source)
        sources.append(source)
        reconstructions.append(inverted.reconstruction)
        yield from _note_faithfulness(sources, reconstructions)
        neighbours = _Neighbours(current, position, inverted.reconstruction, context)
        yield from neighbours.note_reconstruction()
        search = _SEARCHES[parameters.search]
        found = yield from search(inverted.code, neighbours.probe, limits, rng)
        if found is not None:
            yield Note("distance", found.distance)
            return found.what
        current, confidence = neighbours.best(confidence)
    return None


def _note_faithfulness(sources: Sequence[str], reconstructions: Sequence[str]) -> Steps[None]:
    cosine: Floats = yield Similarity(" ".join(sources), (" ".join(reconstructions),))
    yield Note("faithfulness", float(cosine[0]))


@dataclass(frozen=True)
class _Neighbours:
    """The texts in which one passage is replaced by what is decoded near it.

    Attributes:
        passages: The text.
        position: The passage's place in it.
        reconstruction: What is decoded without any perturbation; it counts for nothing.
        context: The attack's context.
        seen: For each decoded passage whether it reaches the goal, and the confidence against the
            goal that it leaves.
    """

    passages: Passages
    position: int
    reconstruction: str
    context: Context[Any]
    seen: dict[str, tuple[bool, float]] = field(default_factory=dict)

    def note_reconstruction(self) -> Steps[None]:
        """Note whether the reconstruction reaches the goal by itself."""
        yield from self._ask((self.reconstruction,))
        flips, _ = self.seen.get(self.reconstruction, (False, 1.0))
        yield Note("reconstruction_flips", float(flips))

    def probe(self, codes: Floats) -> Steps[list[str | None]]:
        """Return for each code the whole text, or None if it does not reach the goal."""
        decoded: tuple[str, ...] = yield Decode(codes, self.passages.passages[self.position])
        yield from self._ask(decoded)
        flips = {one for one, (reached, _) in self.seen.items() if reached}
        return [
            self._text(one) if one in flips - {self.reconstruction} else None for one in decoded
        ]

    def best(self, confidence: float) -> tuple[Passages, float]:
        """Return the text of least confidence and that, if it is below the one given."""
        seen = {one: left for one, (_, left) in self.seen.items() if one != self.reconstruction}
        passage = min(seen, key=lambda one: (seen[one], one), default="")
        if seen.get(passage, confidence) < confidence:
            return self.passages.replace(self.position, passage), seen[passage]
        return self.passages, confidence

    def _ask(self, decoded: Sequence[str]) -> Steps[None]:
        """Ask for the scores of the passages that were not seen yet."""
        fresh = [one for one in dict.fromkeys(decoded) if one and one not in self.seen]
        if not fresh:
            return
        scores: Floats = yield Score(tuple(map(self._text, fresh)))
        goal = self.context.goal
        replies = zip(goal.reached(scores).tolist(), goal.confidence(scores).tolist(), strict=True)
        self.seen.update(zip(fresh, replies, strict=True))

    def _text(self, passage: str) -> str:
        return str(self.passages.replace(self.position, passage))
