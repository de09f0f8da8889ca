"""The networks that attacks need besides the victim, and their replacements."""

from weaklink.generators.load import load_latent_space
from weaklink.generators.paraphrasers.load import load_paraphraser
from weaklink.generators.protocol import Inverted, LatentSpace, Paraphraser

__all__ = ["Inverted", "LatentSpace", "Paraphraser", "load_latent_space", "load_paraphraser"]
