"""Loads the latent space. Its libraries are slow to import."""

from __future__ import annotations

from weaklink.generators.protocol import LatentSpace


def load_latent_space(device: str = "cpu") -> LatentSpace:
    """Return the latent space that weaklink trains.

    Raises:
        WeaklinkError: It is not there, or its files are damaged.
    """
    from weaklink.generators.gan.space import load_latent_space as load

    return load(device)
