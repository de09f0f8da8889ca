"""What attacks need besides the victim: models that settings name, lexicons, and their digests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from weaklink.attacks import Lexicon
from weaklink.campaigns.specification import Settings
from weaklink.engine import Models
from weaklink.errors import WeaklinkError, instead
from weaklink.generators import load_latent_space, load_paraphraser
from weaklink.models.encoder import load_encoder
from weaklink.progress import Progress


def load_models(settings: Settings, device: str | None) -> Models:
    """Load the encoder, and the others when they are first needed, all on one device.

    Args:
        settings: Names them.
        device: Where they compute; None: where the settings say.

    Raises:
        WeaklinkError: The encoder cannot be loaded.
    """
    if device is None:
        from weaklink.victims.local.checkpoint import pick_device

        device = str(pick_device(settings.device))
    paraphraser = partial(
        load_paraphraser,
        settings.paraphraser,
        device,
        prompt=settings.paraphraser_prompt,
        base_url=settings.base_url,
    )
    encoder = load_encoder(settings.encoder, device)
    searching = encoder.in_bf16() if settings.precision == "bf16" else None
    return Models(encoder, paraphraser, partial(load_latent_space, device), searching)


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
        "tagger": lambda: models.tagger_of(lexicon.language).digest,
        "wordnet": lambda: lexicon.wordnet.digest,
    }
    digests = {}
    for name in sorted(set(names)):
        if name not in known:
            raise WeaklinkError(
                f"An attack uses the resource {name!r}, which does not exist.",
                instead(name, known, "Available resources:"),
            )
        progress.begin(f"Loading {name}")
        digests[name] = known[name]()
    return digests
