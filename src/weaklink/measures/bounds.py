"""What an adversarial text may not exceed if it is to count as valid.

Four constraints make an adversarial text valid (Morris et al. 2020, "Reevaluating Adversarial
Examples in Natural Language", section 3): meaning, grammar, edit distance, and that it raises no
suspicion. Here similarity stands for the first, the perplexity ratio for the second and the last,
and the share of words changed for the third.
"""

from __future__ import annotations

from pydantic import Field

from weaklink.validation import GivenValues


class Bounds(GivenValues):
    """What an adversarial text may not exceed if it is to count as valid.

    ``docs/concepts/measures.md`` gives reasons for the defaults, and what the measures cannot see.
    """

    min_similarity: float = Field(default=0.9, ge=-1, le=1)
    """Lowest similarity to the original text."""
    max_perplexity_ratio: float = Field(default=3.0, gt=0)
    """Highest perplexity, as a multiple of the original's."""
    max_words_changed: float = Field(default=1.0, ge=0, le=1)
    """Largest share of words changed; 1 bounds nothing, since a paraphrase may change them all."""
