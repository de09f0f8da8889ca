"""The models of a plan: where each one is, how much to fetch, and how fast it can be.

No model is loaded or fetched. A model's speed is estimated from the bytes of its weights without
the embeddings, which cost no time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from weaklink.campaigns.plan.plan import ModelPlan
from weaklink.campaigns.specification import Finetuned, Hardened, Specification
from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.hub.client import HubClient, Unreachable
from weaklink.hub.record import is_hub_id
from weaklink.hub.single_model import fetch_weights_size
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.victims.local.callable import names_callable
from weaklink.victims.remote.names import names_remote

_MINILM_LAYERS = 42_600_000
"""Bytes of MiniLM's weights without its embeddings: a cost of 1."""

_EMBEDDINGS = 94_000_000
"""Bytes of the embeddings of BERT-base, and of most models like it; at most half of a model's."""

_BERT_BASE = 440_000_000
"""Bytes of BERT-base's weights: what a model of unknown size is taken for."""

_ELECTRA = 0.5
"""Cost of the ELECTRA that studies pre-train."""

_READS = 512
"""Tokens that a model reads where it does not say."""


@dataclass
class PlannedModels:
    """Looks models up, by folder, in the specification and on the Hub.

    Attributes:
        spec: The study.
        made: Folders of the models that it makes, by name.
        client: Asks the Hub for sizes; None from the first time on that it gives no answer.
    """

    spec: Specification
    made: Mapping[str, Path]
    client: HubClient | None
    _sizes: dict[str, int | None] = field(default_factory=dict)

    def plan(self, name: str) -> ModelPlan:
        """Return what is known of a model."""
        if name in self.made:
            return ModelPlan(name, "made here", 0, self.cost(name), self._made_to_read(name))
        if names_remote(name):
            return ModelPlan(name, "a server", 0, 0.0, _READS)
        if names_callable(name):
            return ModelPlan(name, "Python callable", 0, 0.0, _READS)
        folder = user_path(name)
        if folder.is_dir():
            return ModelPlan(name, "local folder", 0, self.cost(name), _reads(folder))
        return self._of_the_hub(name)

    def _of_the_hub(self, name: str) -> ModelPlan:
        repository = name.partition("@")[0]
        if not is_hub_id(repository):
            return ModelPlan(name, "neither a folder nor an id of the Hub", None, 0.0, _READS)
        if isinstance(try_to_load_from_cache(repository, "model.safetensors"), str):
            return ModelPlan(name, "the Hub, fetched before", 0, self.cost(name), _READS)
        return ModelPlan(name, "the Hub", self._size(repository), self.cost(name), _READS)

    def cost(self, name: str) -> float:
        """Return the time for one token, in those of MiniLM; a made model's is that of its base."""
        if name == DEFAULT_ENCODER:
            return 1.0
        if any(step.name == name for step in self.spec.pretrained):
            return _ELECTRA
        base = next((one.base for one in self._trained if one.name == name), None)
        base = next((one.victim for one in self.spec.guards if one.name == name), base)
        if base is not None and base != name:
            return self.cost(base)
        size = _bytes_in(user_path(name)) or self._size(name.partition("@")[0])
        size = size or _BERT_BASE
        return max(size - _EMBEDDINGS, size / 2) / _MINILM_LAYERS

    def _made_to_read(self, name: str) -> int:
        return next((one.max_length for one in self._trained if one.name == name), _READS)

    @property
    def _trained(self) -> list[Finetuned | Hardened]:
        return [*self.spec.finetuned, *self.spec.hardened]

    def _size(self, repository: str) -> int | None:
        if repository not in self._sizes:
            self._sizes[repository] = self._ask(repository)
        return self._sizes[repository]

    def _ask(self, repository: str) -> int | None:
        if self.client is None:
            return None
        try:
            return fetch_weights_size(self.client, repository)
        except (WeaklinkError, Unreachable):  # a plan does without
            self.client = None
            return None


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def _reads(folder: Path) -> int:
    """Return how many tokens the tokenizer in a folder says that the model reads."""
    try:
        stated = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        return min(_READS, int(stated["model_max_length"]))
    except (OSError, ValueError, KeyError, TypeError):
        return _READS
