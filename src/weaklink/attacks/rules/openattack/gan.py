"""The rules of OpenAttack's GAN."""

from weaklink.attacks.rules.openattack.common import CAPITALS, CODE
from weaklink.attacks.rules.rule import Rule

__all__ = ["CODE", "RULES"]

RULES = (
    Rule(
        "Search",
        "hybrid shrinking (Algorithm 2), or iterative (Algorithm 1)",
        "none: one reconstruction with noise",
        "as the code",
    ),
    Rule(
        "Noise",
        "points around the inverted text",
        "normal, 0.2 in each of 300 dimensions, on a code of length 1: 3.46 times its length",
        "normal, {noise} times the length of the text's place in the latent space",
        "the same ratio, since the campaign's space has other lengths and dimensions",
    ),
    Rule(
        "Decoding",
        "word by word, from the code",
        "each word after the true ones before it",
        "word by word, from the code",
        "the campaign's space has no other way; its reconstructions are farther from the text",
    ),
    Rule(
        "Texts",
        "single sentences of up to 10 words",
        "the first 100 tokens; cut before the first full stop",
        "the first {max_tokens} tokens; cut before the first full stop",
        "the packaged networks know sentences of 20 words",
    ),
    Rule("A flip", "of a perturbed text", "of the reconstruction", "as the code"),
    Rule(
        "An empty text",
        "",
        "is asked about, and may count",
        "fails",
        "an empty text says nothing of the victim",
    ),
    CAPITALS,
    Rule(
        "Generator",
        "ARAE with an inverter, trained on SNLI",
        "its autoencoder alone, trained on SST-2",
        "the latent space of the campaign",
        "theirs is in no package",
    ),
)
