"""Manifests of trained networks, as their folders hold them."""

from weaklink.generators.networks import MANIFEST, network_folder
from weaklink.training.building import Manifest


def manifest_of(name):
    return Manifest.model_validate_json((network_folder(name) / MANIFEST).read_bytes())
