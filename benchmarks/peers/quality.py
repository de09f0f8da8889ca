"""What the tools found, measured alike for all: success, words changed, similarity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from weaklink.models.encoder import load_encoder
from weaklink.text import Words, count_changed_words


def measure(runs: Sequence[dict[str, Any]], drawn: Sequence[dict[str, Any]]) -> None:
    """Add to each sample of each run whether the victim was right, and what was changed.

    Case and spacing count for nothing, since OpenAttack changes them in every text.
    """
    encoder = load_encoder()
    known = {sample["id"]: sample for sample in drawn}
    samples = (sample for run in runs for sample in run.get("samples", ()))
    for sample in (sample for sample in samples if "correct" not in sample):
        original = known[sample["id"]]
        sample["correct"] = original["correct"]
        if sample["status"] == "succeeded":
            before, after = plain(original["text"]), plain(sample["text"])
            sample["words_changed"] = count_changed_words(before, after) / len(Words.split(before))
            rows = encoder.forward(encoder.encode([before, after]))
            sample["similarity"] = float(rows[0] @ rows[1])


def plain(text: str) -> str:
    """Return the text in lower case, its words and punctuation apart by single blanks."""
    return " ".join(re.findall(r"\w+|[^\w\s]+", text.lower()))
