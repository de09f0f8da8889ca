"""One readable file per attack, and what an attack is made of."""

from weaklink.attacks.asks import (
    Ask,
    Decode,
    FindEntities,
    Gradients,
    Invert,
    Note,
    Paraphrase,
    Score,
    Similarity,
    Tag,
)
from weaklink.attacks.attack import Attack, Context, Parameters, Steps, attack
from weaklink.attacks.goal import Goal
from weaklink.attacks.lexicon import Lexicon
from weaklink.attacks.rules.rule import Rule
from weaklink.victims import Gradient

__all__ = [
    "Ask",
    "Attack",
    "Context",
    "Decode",
    "FindEntities",
    "Goal",
    "Gradient",
    "Gradients",
    "Invert",
    "Lexicon",
    "Note",
    "Parameters",
    "Paraphrase",
    "Rule",
    "Score",
    "Similarity",
    "Steps",
    "Tag",
    "attack",
]
