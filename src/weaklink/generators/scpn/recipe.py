"""How the network is trained."""

from __future__ import annotations

from pathlib import Path

import torch
from pydantic import JsonValue

from weaklink.generators.building import Learnt
from weaklink.generators.corpus import Corpus
from weaklink.progress import Progress
from weaklink.resources.networks import Network


class ScpnRecipe:
    """Parses the corpus, trains the network on it, and measures it."""

    name: Network = "scpn"
    paper = "https://aclanthology.org/2021.eacl-main.88"
    seed = 0
    settings: dict[str, JsonValue] = {}

    def learn(self, corpus: Corpus, work: Path, device: torch.device, progress: Progress) -> Learnt:
        """Train it; ``work`` keeps what an interrupted training goes on from."""
        raise NotImplementedError
