"""What became of one (victim, attack, sample)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from weaklink.text.pairs import Beside


class Status(StrEnum):
    """How an attempt ended.

    ``succeeded``: an adversarial text was found and verified. ``failed``: the attack gave up.
    ``skipped``: the goal already held for the original text, the sample is not of the label that is
    attacked, or the attack has nothing to try on it.
    ``exhausted``: the query budget ran out first. ``error``: the attack or a model raised; such an
    attempt says nothing about robustness and is made again on the next run.
    """

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    EXHAUSTED = "exhausted"
    ERROR = "error"


REJECTED = "rejected"
"""The note of an attempt on a guarded victim: 1 if the original text itself is rejected, else 0."""


@dataclass(frozen=True, slots=True)
class OutcomeKey:
    """What an outcome is the outcome of. Everything that it depends on is in these seven fields."""

    victim_fingerprint: str
    attack_fingerprint: str
    """Attack, parameters, goal, query budget, and the digests of the resources it uses."""
    data_fingerprint: str
    sample_id: str
    repetition: int
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt, with all that the measures and the report need.

    Labels are names from the victim's label space, except ``gold_label``, which is the data's.
    ``gold_index`` is the gold label as an index of the victim's labels, or None where the label
    spaces do not match. Probabilities are of ``original_label``, before and after.
    """

    key: OutcomeKey
    victim: str
    attack: str
    dataset: str
    status: Status
    original_text: str
    gold_label: str
    gold_index: int | None
    original_label: str | None = None
    original_index: int | None = None
    original_probability: float | None = None
    adversarial_text: str | None = None
    adversarial_label: str | None = None
    adversarial_probability: float | None = None
    """Probability of ``original_label`` for the adversarial text."""
    queries: int = 0
    words: int = 0
    """Words of the original text that the victim reads."""
    words_changed: int | None = None
    similarity: float | None = None
    """Cosine of the sentence embeddings of original and adversarial text, in [-1, 1]."""
    seconds: float = 0.0
    """This attempt's share of model time, and its own."""
    cut: bool = False
    """Whether the victim's maximum length cut the original text."""
    error: str | None = None
    notes: Mapping[str, float] = field(default_factory=dict)
    """What the attack told of this attempt, by name; its documentation says what it means."""
    original_perplexity: float | None = None
    """Of the original text under ``language_model``; measured for successes, after the attack."""
    adversarial_perplexity: float | None = None
    language_model: str | None = None
    """Digest of the model that perplexity was measured with."""
    text_before: str | None = None
    """The first segment of a pair whose second was attacked."""
    text_after: str | None = None
    """The second segment of a pair whose first was attacked."""

    @property
    def beside(self) -> Beside:
        """What stands beside the text, if it is a segment of a pair."""
        return Beside(self.text_before, self.text_after)

    @property
    def perplexity_ratio(self) -> float | None:
        """Perplexity of the adversarial text over that of the original: 1 is just as fluent."""
        if self.original_perplexity is None or self.adversarial_perplexity is None:
            return None
        return self.adversarial_perplexity / self.original_perplexity

    def _repr_html_(self) -> str:
        """Return the texts with their changes, and how the attempt ended, for notebooks."""
        from weaklink.text.marked import marked_html
        from weaklink.text.notebook_html import paragraphs

        changed = self.adversarial_text or self.original_text
        marked = marked_html(self.original_text, changed)
        told = [f"Beside it: {self.beside.other}"] if self.beside.other else []
        told.append(f"{self.attack} {self.status}, {self.queries} queries")
        return f"<p>{marked}</p>{paragraphs(told)}"

    @property
    def correct(self) -> bool | None:
        """Whether the victim classified the original text correctly; None where unknown."""
        if self.gold_index is None or self.original_index is None:
            return None
        return self.gold_index == self.original_index
