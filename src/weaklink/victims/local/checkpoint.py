"""Opens a model's files: its configuration first, then its weights and tokenizer when needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import torch
from huggingface_hub import ModelCard
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging
from yaml import YAMLError

from weaklink.cache import digest_of_file, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import check_folder, loading
from weaklink.quiet import no_bars, quiet
from weaklink.victims.local.formats import check_formats, check_tokenizer, unpickle
from weaklink.victims.local.head import empty_classifier
from weaklink.victims.local.source import Source, locate

_DECISIVE = (
    "config.json", "*.safetensors", "pytorch_model*.bin", "*.py", "tokenizer*.json", "vocab.*",
    "merges.txt", "*.model", "special_tokens_map.json", "added_tokens.json", "*.index.json",
    "bpe.codes", "*.tiktoken", "tekken.json", "dict.txt",
)  # fmt: skip
"""Files that answers depend on."""
_USUAL_LENGTH = 512
_POSITIONS = "max_position_embeddings", "max_seq_len"
"""Fields of configurations that say how many positions there are; MPT has the second."""


class Loaded(NamedTuple):
    """A sequence classifier with its tokenizer.

    Attributes:
        model: The transformers model.
        tokenizer: The transformers tokenizer.
        missing: Names of the weights that its files do not have.
        filler: The token to pad with, whether or not the model's configuration names one.
    """

    model: Any
    tokenizer: Any
    missing: frozenset[str]
    filler: int


@dataclass(frozen=True, slots=True)
class ClassifierCheckpoint:
    """A model before its weights are loaded.

    Attributes:
        source: Where its files are.
        config: Its transformers configuration.
        tensors: Names of the tensors in its safetensors weights; None if it has none.
        parameters: How many numbers these hold; None if it has none.
        variant: What stands in the names of its weights, as ``fp16``.
        allow_pickle: Whether loading its weights may run code.
        trust_remote_code: Whether code that comes with it may run.
    """

    source: Source
    config: Any
    tensors: frozenset[str] | None
    parameters: int | None
    variant: str | None
    allow_pickle: bool
    trust_remote_code: bool

    @classmethod
    def open(
        cls, place: str | Source, *, allow_pickle: bool = False, trust_remote_code: bool = False
    ) -> ClassifierCheckpoint:
        """Find a model and read its configuration and the names of its weights.

        Args:
            place: Its Hub id or folder, or where its files were found to be.
            allow_pickle: Whether loading its weights may run code.
            trust_remote_code: Whether code that comes with it may run.

        Raises:
            WeaklinkError: It cannot be found or read.
        """
        source = place if isinstance(place, Source) else locate(place)
        check_folder(source.folder, source.name, trust_remote_code=trust_remote_code)
        with _loading(source):
            config = AutoConfig.from_pretrained(source.folder, trust_remote_code=trust_remote_code)
            config._attn_implementation = config._experts_implementation = None  # noqa: SLF001 - a configuration chooses no code
        weights, variant = source.weights(), None
        if weights is None:
            variant = source.variant()
            check_formats(source, variant)
        tensors = None if weights is None else frozenset(weights.weight_map)
        count = None if weights is None else sum(weights.parameter_count.values())
        return cls(source, config, tensors, count, variant, allow_pickle, trust_remote_code)

    @property
    def has_head(self) -> bool:
        """Whether its configuration names a sequence classifier."""
        return any("ForSequenceClassification" in name for name in self.config.architectures or ())

    def load(
        self,
        *,
        dtype: torch.dtype = torch.float32,
        new_head: bool = False,
        **settings: Any,  # noqa: ANN401
    ) -> Loaded:
        """Load it as a sequence classifier.

        Args:
            dtype: What it is to compute in.
            new_head: Replace a head that has the wrong shape by a new one.
            settings: Fields of the configuration to change.

        Raises:
            WeaklinkError: transformers cannot load it.
        """
        self.source.fetch(
            allow_pickle=self.tensors is None, trust_remote_code=self.trust_remote_code
        )
        check_folder(self.source.folder, self.source.name, trust_remote_code=self.trust_remote_code)
        safe = self.tensors is not None or any(self.source.folder.glob("model.*.safetensors"))
        unpickled = None if safe else unpickle(self.source, allow_pickle=self.allow_pickle)
        config = deepcopy(self.config)
        for name, value in settings.items():
            setattr(config, name, value)
        with _loading(self.source), no_bars():
            tokenizer = AutoTokenizer.from_pretrained(
                self.source.folder, trust_remote_code=self.trust_remote_code
            )
            given: dict[str, Any] = {
                "config": config,
                "dtype": dtype,
                "ignore_mismatched_sizes": new_head,
                "output_loading_info": True,
            }
            if unpickled is not None:
                kind = type(empty_classifier(self.source.name, config))
                model, report = kind.from_pretrained(None, state_dict=unpickled, **given)
            else:
                model, report = AutoModelForSequenceClassification.from_pretrained(
                    self.source.folder,
                    use_safetensors=safe,
                    variant=self.variant,
                    trust_remote_code=self.trust_remote_code,
                    **given,
                )
        check_tokenizer(self.source, tokenizer)
        missing = frozenset(report["missing_keys"])
        return Loaded(model, tokenizer, missing, pad_token(config, tokenizer))

    def fingerprint(self, settings: str) -> str:
        """Return the digest of ``settings`` and of all files that the answers depend on."""
        return digest_of_parts([settings, *_decisive(self.source)])


def digest_of_files(source: Source) -> str:
    """Return the digest of a model's configuration, tokenizer and torch weights."""
    return digest_of_parts(_decisive(source))


def _decisive(source: Source) -> Iterator[str]:
    """Yield name and digest of each file that answers depend on."""
    for path in sorted(set(chain.from_iterable(map(source.folder.glob, _DECISIVE)))):
        yield path.name
        yield digest_of_file(path)


def declared_languages(source: Source) -> tuple[str, ...]:
    """Return the languages that the front matter of a model's card declares, if any."""
    try:
        card = ModelCard.load(source.folder / "README.md")
    except (OSError, ValueError, TypeError, YAMLError):
        return ()
    declared = card.data.to_dict().get("language") or []
    return tuple(map(str, declared)) if isinstance(declared, list) else (str(declared),)


def reading_length(name: str, loaded: Loaded, asked: int | None) -> int:
    """Return how many tokens to read: what was asked, else what model and tokenizer allow.

    Raises:
        WeaklinkError: What was asked is more than the model has positions for.
    """
    tokenizer = loaded.tokenizer
    least, most = tokenizer.num_special_tokens_to_add() + 1, _positions(loaded.model)
    if asked is not None and not least <= asked <= most:
        raise WeaklinkError(
            f"{name} cannot read {asked} tokens at a time.",
            f"Choose a maximum length from {least} to {most}.",
        )
    return asked or min(most, tokenizer.model_max_length)


def pick_device(device: str) -> torch.device:
    """Return the torch device that ``auto`` or a name stands for.

    Raises:
        WeaklinkError: This machine has no such device.
    """
    if device == "auto":
        found = torch.accelerator.current_accelerator(check_available=True)
        return found if found is not None else torch.device("cpu")
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise WeaklinkError(
            f"the device {device!r} cannot be used here.", "Use --device auto, or --device cpu."
        ) from error
    return torch.device(device)


def _positions(model: Any) -> int:  # noqa: ANN401
    """Return how many tokens the model has positions for.

    RoBERTa and its kin number positions from after the padding's, and have as many less. Some, as
    XLNet, have no end: they say -1. What BigBird does with more tokens than its blocks hold depends
    on the texts that it read before.
    """
    said = (getattr(model.config, name, None) for name in _POSITIONS)
    positions = next(filter(None, said), _USUAL_LENGTH)
    if positions < 0:
        return _USUAL_LENGTH
    if getattr(model.config, "attention_type", None) == "block_sparse":
        blocks = 5 + 2 * model.config.num_random_blocks
        positions = min(positions, blocks * model.config.block_size)
    tables: Iterator[Any] = (
        getattr(module, "position_embeddings", None) for module in model.modules()
    )
    padding = next((table.padding_idx for table in tables if hasattr(table, "padding_idx")), None)
    return int(positions if padding is None else positions - padding - 1)


def pad_token(config: Any, tokenizer: Any) -> int:  # noqa: ANN401
    """Return the token to pad with; decoders often name none, and pad with their end of text."""
    choices = (
        config.get_text_config().pad_token_id,
        tokenizer.pad_token_id,
        tokenizer.eos_token_id,
    )
    return next((token for token in choices if token is not None), 0)


@contextmanager
def hushed() -> Iterator[None]:
    """Keep transformers from logging and from showing progress bars of its own."""
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with quiet("transformers"):
            yield
    finally:
        if bars:
            logging.enable_progress_bar()


@contextmanager
def _loading(source: Source) -> Iterator[None]:
    """Turn whatever transformers raises into one clear message."""
    remedy = "Check that the files are complete and that this version of transformers knows it."
    with loading(source.name, remedy), hushed():
        yield
