"""The networks that attacks need besides the victim, and what may stand in for them."""

from weaklink.generators.protocol import Inverted, LatentSpace, Paraphraser

__all__ = ["Inverted", "LatentSpace", "Paraphraser"]
