"""The summary of a campaign: every figure that the table, the report and ``--json`` show."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from weaklink.measures.quality import Bounds
from weaklink.store import Campaign


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Estimate(_Figures):
    """A figure with its 95 % interval and the number of samples that it rests on."""

    value: float
    low: float
    high: float
    n: int


class AttackSummary(_Figures):
    """One attack against one victim.

    With several repetitions, a sample counts with the share of them that succeeded, and ``n``
    stays the number of samples. Attempts that ended in an error enter no rate.
    """

    victim: str
    attack: str
    repetitions: int
    asr_all: Estimate | None
    """Successes over all attacked samples."""
    asr_correct: Estimate | None
    """Successes over samples that the victim classified correctly."""
    asr_valid: Estimate | None
    """Successes whose texts stay within the summary's bounds, over all attacked samples."""
    robust_accuracy: Estimate | None
    """Samples classified correctly before and after the attack, over all attacked samples."""
    asr_all_by_repetition: tuple[float, ...]
    statuses: dict[str, int]
    """Number of attempts for each status."""
    missing: int
    """Attempts that the campaign asks for and the store does not have."""
    queries_mean: float | None
    queries_median: float | None
    words_changed_mean: float | None
    """Of successes: mean share of the text's words that were changed, in [0, 1]."""
    characters_changed_mean: float | None
    """Of successes: mean edit distance over the length of the original text, in [0, 1]."""
    similarity_mean: float | None
    """Of successes: mean cosine of sentence embeddings with the original."""
    perplexity_ratio_median: float | None
    """Of successes: median perplexity of the adversarial text over that of the original."""
    fluency_missing: int
    """Successes of unknown perplexity: whether they are valid rests on the other bounds alone."""
    notes: dict[str, float]
    """Mean of each note that the attack left on its attempts, successful or not."""
    seconds: float


class ChainSummary(_Figures):
    """One attack along one chain link, over the samples that both victims were attacked on."""

    upstream: str
    downstream: str
    attack: str
    delta: Estimate | None
    """``asr_all`` of the downstream less that of the upstream, paired by sample."""
    p_value: float | None
    """Of the paired test that the delta is zero."""
    test: str
    """Name of that test."""
    transfer_rate: Estimate | None
    """Of the upstream's vulnerable samples, the share that also succeeds against the downstream."""
    asr_elsewhere: Estimate | None
    """The downstream's ASR on samples not vulnerable upstream: what chance gives."""


class VictimSummary(_Figures):
    """One victim, before any attack."""

    name: str
    accuracy: Estimate | None
    """On the campaign's samples; None where the label spaces do not match."""
    texts_cut: int
    """Samples longer than the victim reads."""


class Summary(_Figures):
    """All figures of one campaign."""

    campaign: Campaign
    bounds: Bounds
    """Within which an adversarial text is valid."""
    language_models: tuple[str, ...]
    """Digests of the models that perplexity was measured with."""
    victims: tuple[VictimSummary, ...]
    attacks: tuple[AttackSummary, ...]
    chain: tuple[ChainSummary, ...]
