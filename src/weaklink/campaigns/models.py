"""The models that attacks need besides the victim, as the settings name them."""

from __future__ import annotations

from functools import partial

from weaklink.engine import Models, Settings
from weaklink.generators import load_latent_space, load_paraphraser
from weaklink.models.encoder import load_encoder


def load_models(settings: Settings, device: str) -> Models:
    """Load the encoder, and the others when they are first needed, all on one device.

    Raises:
        WeaklinkError: The encoder cannot be loaded.
    """
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
