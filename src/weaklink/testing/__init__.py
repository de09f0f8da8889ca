"""Tools for writing attacks: drive one by hand, and check that it follows the rules."""

from weaklink.testing.attacks import check_attack, run_attack, toy_answers, toy_context
from weaklink.testing.driving import drive
from weaklink.testing.toy import (
    ToyEncoder,
    ToyLatentSpace,
    ToyLexicon,
    ToyParaphraser,
    ToyTagger,
    ToyVictim,
)

__all__ = [
    "ToyEncoder",
    "ToyLatentSpace",
    "ToyLexicon",
    "ToyParaphraser",
    "ToyTagger",
    "ToyVictim",
    "check_attack",
    "drive",
    "run_attack",
    "toy_answers",
    "toy_context",
]
