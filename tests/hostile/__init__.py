"""Inputs of strangers: models, records, cards, answers, texts, names. See ``SECURITY.md``."""

import os

ROUNDS = int(os.environ.get("WEAKLINK_FUZZ_ROUNDS", "1"))
"""How many times as many random inputs as in the suite; ``make fuzz`` takes many."""
