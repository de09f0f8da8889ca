"""Fluency of adversarial texts, measured in a stage of its own once attacks have ended.

The store says what is left to measure, so an interrupted stage resumes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from weaklink.attacks.registry import seen_by
from weaklink.campaigns.specification import Settings
from weaklink.models.language_model import (
    DEFAULT_LANGUAGE_MODEL,
    LanguageModelFiles,
    find_language_model,
)
from weaklink.models.perplexity import LanguageModel
from weaklink.packaged import SMOLLM2
from weaklink.progress import Progress
from weaklink.store import Campaign, Outcome, Status, Store

_BATCH = 32
"""Outcomes in one transaction: the most that a killed process loses."""


def language_model_of(settings: Settings) -> LanguageModelFiles | None:
    """Return the language model that settings name; None if none, or if the default is missing.

    Raises:
        WeaklinkError: Another than the default cannot be found.
    """
    name = settings.language_model
    if name is None or (name == DEFAULT_LANGUAGE_MODEL and SMOLLM2.find() is None):
        return None
    return find_language_model(name)


def measure_fluency(
    store: Store,
    found: LanguageModelFiles,
    progress: Progress,
    *,
    campaigns: Sequence[Campaign] | None = None,
    device: str = "cpu",
    load: Callable[[str], LanguageModel] | None = None,
) -> int:
    """Measure the perplexity of both texts of every success, and return how many were measured.

    Those that this model has measured before stay; measurements by another are replaced. Equal
    texts are asked about once, and the model is loaded only if there is something to measure.

    Args:
        store: Holds the outcomes.
        found: The language model.
        progress: Is told how far the work is.
        campaigns: Whose outcomes; None: all.
        device: Where the model computes.
        load: Loads the model there; by default anew.

    Raises:
        WeaklinkError: The model cannot be loaded, or the store failed.
    """
    successes = [
        outcome
        for campaign in (campaigns if campaigns is not None else [None])
        for outcome in store.outcomes(campaign, status=Status.SUCCEEDED)
    ]
    pending = [outcome for outcome in successes if outcome.language_model != found.digest]
    if not pending:
        return 0
    progress.begin(f"Loading {found.name}")
    model = (load or found.load)(device)
    progress.begin("Measuring fluency", len(pending))
    known = _known(outcome for outcome in successes if outcome.language_model == found.digest)
    pending.sort(key=lambda outcome: (len(outcome.original_text), outcome.original_text))
    for start in range(0, len(pending), _BATCH):
        batch = pending[start : start + _BATCH]
        wanted = dict.fromkeys(text for outcome in batch for text in _texts(outcome))
        fresh = [text for text in wanted if text not in known]
        known.update(zip(fresh, model.perplexities(fresh), strict=True))
        measured = {o.key: (known[before], known[after])
                    for o in batch for before, after in [_texts(o)]}  # fmt: skip
        store.put_perplexities(found.digest, measured)
        progress.advance(len(batch))
    return len(pending)


def _known(measured: Iterable[Outcome]) -> dict[str, float | None]:
    """Return the perplexity of each text of the outcomes."""
    known: dict[str, float | None] = {}
    for outcome in measured:
        values = (outcome.original_perplexity, outcome.adversarial_perplexity)
        known.update(zip(_texts(outcome), values, strict=True))
    return known


def _texts(outcome: Outcome) -> tuple[str, str]:
    """Return both texts of a success, the adversarial one as a person sees it."""
    original, found = outcome.original_text, outcome.adversarial_text or ""
    seen = seen_by(outcome.attack)
    return original, found if seen is None else seen(found, original)
