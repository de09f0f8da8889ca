"""One readable file per attack, and the asks that an attack may yield."""

from weaklink.attacks.asks import Ask, FindEntities, Score, Similarity, Tag
from weaklink.victims import Gradient

__all__ = ["Ask", "FindEntities", "Gradient", "Score", "Similarity", "Tag"]
