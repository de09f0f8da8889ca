"""Digests of the resources that attacks use; asking for one loads it."""

from __future__ import annotations

from collections.abc import Iterable

from weaklink.attacks import Lexicon
from weaklink.engine import Models
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress


def load_resources(
    names: Iterable[str], lexicon: Lexicon, models: Models, progress: Progress
) -> dict[str, str]:
    """Load the named resources, and return the digest of each.

    Raises:
        WeaklinkError: There is no resource of a name, or it cannot be loaded.
    """
    known = {
        "counter-fitted": lambda: lexicon.counter_fitted.digest,
        "encoder": lambda: " ".join(encoder.digest for encoder in models.encoders),
        "entities": lambda: lexicon.entities.digest,
        "gan": lambda: models.space.digest,
        "glove": lambda: lexicon.glove.digest,
        "scpn": lambda: models.paraphraser.digest,
        "tagger": lambda: models.tagger.digest,
        "wordnet": lambda: lexicon.wordnet.digest,
    }
    digests = {}
    for name in sorted(set(names)):
        if name not in known:
            raise WeaklinkError(
                f"An attack uses the resource {name!r}, which there is not.",
                f"Resources that attacks may use: {', '.join(known)}.",
            )
        progress.begin(f"Loading {name}")
        digests[name] = known[name]()
    return digests
