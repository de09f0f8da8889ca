"""A LoRA adapter of peft, with the model that it was learnt on: both together are a classifier."""

from __future__ import annotations

import json
import re
import warnings
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
from safetensors.torch import load_file

from weaklink.cache import digest_of_file, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import loading
from weaklink.victims.local.checkpoint import ClassifierCheckpoint, Loaded
from weaklink.victims.local.source import ADAPTER, Source

_WEIGHTS = "adapter_model.safetensors"
_KNOWN = {
    "r", "lora_alpha", "target_modules", "modules_to_save", "fan_in_fan_out", "bias", "use_rslora",
    "use_dora", "rank_pattern", "alpha_pattern", "layers_to_transform", "layers_pattern",
}  # fmt: skip
"""Settings that say what the weights mean. Others are not read: some name modules to import."""

_PREFIX = "base_model.model."
_REPOSITORY = re.compile(r"[\w.-]+(?:/[\w.-]+)?", re.ASCII)
_MATRIX = 2


@dataclass(frozen=True, slots=True)
class AdaptedCheckpoint:
    """An adapter and its base, before their weights are loaded.

    Attributes:
        source: Where the adapter's files are.
        base: The model that it was learnt on.
        config: The base's configuration, with as many labels as the adapter has.
        settings: What the adapter's weights mean.
    """

    source: Source
    base: ClassifierCheckpoint
    config: Any
    settings: dict[str, Any]

    @classmethod
    def open(cls, source: Source, *, trust_remote_code: bool = False) -> AdaptedCheckpoint:
        """Read an adapter's files and find its base.

        Raises:
            WeaklinkError: It is not a LoRA adapter in safetensors, peft is not installed, or its
                base cannot be found or read.
        """
        if find_spec("peft") is None:
            raise WeaklinkError(
                f"{source.name} is an adapter, and peft is not installed.",
                "Install it with `pip install 'weaklink[adapters]'`.",
            )
        source.fetch(allow_pickle=False, trust_remote_code=False)
        said = _read(source)
        base = ClassifierCheckpoint.open(
            _base_of(source, said), trust_remote_code=trust_remote_code
        )
        config = deepcopy(base.config)
        config.architectures = None
        if count := _labels_in(_weights(source), said):
            if count != len(config.id2label):
                config.id2label = {i: f"LABEL_{i}" for i in range(count)}
            config.problem_type = None
        return cls(source, base, config, {key: said[key] for key in _KNOWN & said.keys()})

    @property
    def tensors(self) -> None:
        """Not told: the head may be the adapter's or the base's."""
        return

    @property
    def parameters(self) -> int | None:
        """How many numbers the base's weights hold; None if it is not known."""
        return self.base.parameters

    def load(self, *, dtype: torch.dtype = torch.float32, use_cache: bool = False) -> Loaded:
        """Load the base, and add to its weights what the adapter learnt.

        Raises:
            WeaklinkError: The two do not belong together.
        """
        names = self.config.id2label
        loaded = self.base.load(
            dtype=dtype,
            new_head=True,
            use_cache=use_cache,
            id2label=names,
            label2id={name: place for place, name in names.items()},
            problem_type=self.config.problem_type,
        )
        from peft import LoraConfig, PeftModelForSequenceClassification, set_peft_model_state_dict

        weights = _weights(self.source)
        with (
            loading(self.source.name, "Check that it was learnt on the base that it names."),
            warnings.catch_warnings(action="ignore", category=FutureWarning),
        ):
            config = LoraConfig(task_type="SEQ_CLS", inference_mode=True, **self.settings)
            adapted = PeftModelForSequenceClassification(loaded.model, config)
            found: Any = set_peft_model_state_dict(adapted, weights)
            model = adapted.merge_and_unload()
        if unfit := found.unexpected_keys:
            raise WeaklinkError(
                f"{self.source.name} has weights for {unfit[0]}, which {self.base.source.name} "
                "does not have.",
                "Check that it was learnt on the base that it names.",
            )
        missing = loaded.missing - {key.removeprefix(_PREFIX) for key in weights}
        return Loaded(model, loaded.tokenizer, missing, loaded.filler)

    def fingerprint(self, settings: str) -> str:
        """Return the digest of ``settings`` and of all files that the answers depend on."""
        files = [digest_of_file(self.source.folder / name) for name in (ADAPTER, _WEIGHTS)]
        return digest_of_parts([self.base.fingerprint(settings), *files])


def _read(source: Source) -> dict[str, Any]:
    path = source.folder / ADAPTER
    remedy = "Give a LoRA adapter as peft saves it, or merge it into its base."
    with loading(source.name, remedy):
        said = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(said, dict) or said.get("peft_type") != "LORA":
            kind = said.get("peft_type") if isinstance(said, dict) else None
            raise WeaklinkError(f"{source.name} is not a LoRA adapter, but {kind!r}.", remedy)
    if not (source.folder / _WEIGHTS).is_file():
        raise WeaklinkError(f"{source.name} has no {_WEIGHTS}.", remedy)
    return said


def _base_of(source: Source, said: dict[str, Any]) -> str:
    """Return the name of an adapter's base; one from the Hub may not name a local folder."""
    base = said.get("base_model_name_or_path")
    if not isinstance(base, str) or not base:
        raise WeaklinkError(
            f"{source.name} names no base.", "Give base_model_name_or_path in its configuration."
        )
    if source.repository is not None and not _REPOSITORY.fullmatch(base):
        raise WeaklinkError(
            f"{source.name} names a base that is not a model on the Hub: {base[:80]!r}.",
            "Fetch the adapter, and write its base's place into its configuration.",
        )
    return base


def _weights(source: Source) -> dict[str, torch.Tensor]:
    with loading(source.name, "Fetch or save the adapter again."):
        return load_file(source.folder / _WEIGHTS)


def _labels_in(weights: dict[str, torch.Tensor], said: dict[str, Any]) -> int:
    """Return how many labels the head among an adapter's weights has; 0 if there is no head."""
    saved = said.get("modules_to_save") or ()
    rows = [
        tensor.shape[0]
        for key, tensor in weights.items()
        if tensor.dim() == _MATRIX and any(f".{name}." in key for name in saved)
    ]
    return min(rows, default=0)
