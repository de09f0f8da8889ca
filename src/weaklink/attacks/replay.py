"""Texts that were found elsewhere, tried as they are: text transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from pydantic import Field

from weaklink.attacks.asks import Score
from weaklink.attacks.attack import Attack, Context, Parameters, Steps
from weaklink.attacks.registry import REPLAY, seen_by
from weaklink.text import Words
from weaklink.victims import Floats

_PAPER = (
    "Qin, Li, Wang and Wang 2024, Adversarial Robustness of Open-source Text Classification "
    "Models and Fine-Tuning Chains, https://arxiv.org/abs/2408.02963"
)


class ReplayParameters(Parameters):
    """Where the texts come from."""

    source: str = Field(description="The victim that they were found on, or their file.")
    repetition: int = Field(default=0, description="Repetition of the attack that found them.")
    texts: str = Field(description="Digest of the texts.")


_SKIPPING = 2
"""The version of replays that skip what they have no text for."""


def replay(
    texts: Mapping[str, Sequence[str]], found_by: str, *, skips: bool = False
) -> Attack[ReplayParameters]:
    """Return the attack that tries, for each original text, the adversarial texts found for it.

    It succeeds with the first that reaches the goal. Its name is that of the attack that found the
    texts, with ``replay-`` before it.

    Args:
        texts: Adversarial texts by original text; of a pair, by both segments.
        found_by: Name of the attack that found them.
        skips: Whether a sample without a text to try is skipped, so that it enters no rate, as
            with stored texts; else it fails, as with an upstream that withstood the attack.
    """

    def run(words: Words, context: Context[ReplayParameters]) -> Steps[str | None]:
        """Try texts that were found on another victim."""
        known = tuple(texts.get(context.beside.whole(str(words)), ()))
        if not known:
            return None
        scores: Floats = yield Score(known)
        reached = context.goal.reached(scores)
        return next((text for text, won in zip(known, reached, strict=True) if won), None)

    name, seen = f"{REPLAY}{found_by}", seen_by(found_by)
    if skips:
        known_texts = texts.__contains__
        return Attack(
            name, _PAPER, ReplayParameters, run, version=_SKIPPING, covers=known_texts, seen=seen
        )
    return Attack(name, _PAPER, ReplayParameters, run, seen=seen)


def digest_of_texts(texts: Mapping[str, Sequence[str]]) -> str:
    """Return a digest of the texts to be replayed, whatever the order of the originals."""
    digest = blake2b(digest_size=16)
    for original in sorted(texts):
        for text in (original, *texts[original]):
            encoded = text.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
        digest.update(b"\xff")
    return digest.hexdigest()
