"""What becomes of a text that an attack changed, and whether it still says the same.

Four constraints make an adversarial text valid (Morris et al. 2020, "Reevaluating Adversarial
Examples in Natural Language", section 3): meaning, grammar, edit distance, and that it raises no
suspicion. Here similarity stands for the first, the perplexity ratio for the second and the last,
and the share of words changed for the third.
"""

from __future__ import annotations

from weaklink.measures.bounds import Bounds
from weaklink.store import Outcome, Status
from weaklink.text.changes import count_changed_characters


def valid(outcome: Outcome, bounds: Bounds) -> bool | None:
    """Return whether the adversarial text stays within every bound; None without such a text.

    A bound on what was not measured does not apply.
    """
    if outcome.status is not Status.SUCCEEDED:
        return None
    return not beyond(outcome, bounds)


def beyond(outcome: Outcome, bounds: Bounds) -> tuple[str, ...]:
    """Return the names of the measures by which the adversarial text is out of bounds."""
    similarity, ratio = outcome.similarity, outcome.perplexity_ratio
    words = words_changed(outcome)
    breaches = {
        "similarity": similarity is not None and similarity < bounds.min_similarity,
        "perplexity": ratio is not None and ratio > bounds.max_perplexity_ratio,
        "words changed": words is not None and words > bounds.max_words_changed,
    }
    return tuple(name for name, breached in breaches.items() if breached)


def words_changed(outcome: Outcome) -> float | None:
    """Return the share of the words that the victim reads that were changed, in [0, 1]."""
    if outcome.words_changed is None or not outcome.words:
        return None
    return min(1.0, outcome.words_changed / outcome.words)


def characters_changed(outcome: Outcome) -> float | None:
    """Return the edit distance of both texts over the length of the original, in [0, 1]."""
    if outcome.adversarial_text is None or not outcome.original_text:
        return None
    edits = count_changed_characters(outcome.original_text, outcome.adversarial_text)
    return min(1.0, edits / len(outcome.original_text))
