"""Loads a transformers sequence classifier from a local folder or the Hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import ModelCard
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

from weaklink.errors import WeaklinkError
from weaklink.resources.cache import digest_of_file, digest_of_parts
from weaklink.resources.quiet import quiet
from weaklink.victims.head import bare, require_head
from weaklink.victims.load import Precision
from weaklink.victims.reader import Reader
from weaklink.victims.source import Source, locate
from weaklink.victims.transformers import TransformersVictim

_DTYPES = {"float32": torch.float32, "bf16": torch.bfloat16}
_DECISIVE = (
    "config.json", "*.safetensors", "pytorch_model*.bin", "*.py", "tokenizer*.json", "vocab.*",
    "merges.txt", "*.model", "special_tokens_map.json", "added_tokens.json",
)  # fmt: skip


def load_transformers(
    name: str,
    *,
    device: str,
    precision: Precision,
    allow_pickle: bool,
    trust_remote_code: bool,
    max_length: int | None,
) -> TransformersVictim:
    """Load a sequence classifier; the parameters are those of ``load_victim``."""
    source = locate(name)
    code = {"trust_remote_code": trust_remote_code}
    with _loading(source):
        config = AutoConfig.from_pretrained(source.folder, **code)
    tensors = source.tensors()
    if tensors is None and not allow_pickle:
        raise WeaklinkError(
            f"{name} has no safetensors weights; other formats can run code when they are loaded.",
            "Convert it to safetensors, or pass --allow-pickle if you trust its author.",
        )
    require_head(name, config, tensors)
    source.fetch(allow_pickle=tensors is None, trust_remote_code=trust_remote_code)
    with _loading(source):
        tokenizer = AutoTokenizer.from_pretrained(source.folder, **code)
        model, report = AutoModelForSequenceClassification.from_pretrained(
            source.folder,
            config=config,
            dtype=_DTYPES[precision],
            use_safetensors=tensors is not None,
            output_loading_info=True,
            **code,
        )
    if report["missing_keys"]:
        raise bare(name, f"its weights have no {' or '.join(sorted(report['missing_keys']))}")
    model.eval().requires_grad_(requires_grad=False).to(pick_device(device))
    model.config.use_cache = False
    model.config.pad_token_id = pad = _pad_token(config, tokenizer)
    length = _length(name, model, tokenizer, max_length)
    return TransformersVictim(
        name=name,
        fingerprint=_fingerprint(source, f"{precision} {length}"),
        model=model,
        reader=Reader(tokenizer, length, filler=pad),
        details={
            "source": f"{source.repository} on the Hub" if source.repository else "local folder",
            "revision": source.revision or "",
            "architecture": type(model).__name__,
            "parameters": str(model.num_parameters()),
            "precision": precision,
            "device": str(model.device),
            "max_length": str(length),
        },
        languages=_languages(source.folder),
    )


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


@contextmanager
def _loading(source: Source) -> Iterator[None]:
    """Silence transformers while it loads, and tell what is wrong where it cannot."""
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with quiet("transformers"):
            yield
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        if "trust_remote_code" in str(error):
            raise WeaklinkError(
                f"{source.name} comes with code of its own, which weaklink does not run unasked.",
                "Read that code, then pass --trust-remote-code if you trust it.",
            ) from error
        raise WeaklinkError(
            f"{source.name} cannot be loaded by transformers: {reason}",
            "Check that the files are complete and that this version of transformers knows it.",
        ) from error
    finally:
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _pad_token(config: Any, tokenizer: Any) -> int:  # noqa: ANN401
    """Return the token to pad with; decoders often name none, and pad with their end of text."""
    choices = (config.pad_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id)
    return next((token for token in choices if token is not None), 0)


def _length(name: str, model: Any, tokenizer: Any, asked: int | None) -> int:  # noqa: ANN401
    """Return how many tokens to read: what was asked, else what model and tokenizer allow."""
    positions = getattr(model.config, "max_position_embeddings", None) or 512
    offsets = (
        module.position_embeddings.padding_idx
        for module in model.modules()
        if isinstance(getattr(module, "position_embeddings", None), torch.nn.Embedding)
    )
    padding = next(offsets, None)
    allowed = positions if padding is None else positions - padding - 1
    least = tokenizer.num_special_tokens_to_add() + 1
    if asked is not None and not least <= asked <= allowed:
        raise WeaklinkError(
            f"{name} cannot read {asked} tokens at a time.",
            f"Choose a maximum length from {least} to {allowed}.",
        )
    return asked or min(allowed, tokenizer.model_max_length)


def _fingerprint(source: Source, settings: str) -> str:
    found = sorted(set(chain.from_iterable(map(source.folder.glob, _DECISIVE))))
    files = (part for path in found for part in (path.name, digest_of_file(path)))
    return digest_of_parts([settings, *files])


def _languages(folder: Path) -> tuple[str, ...]:
    """Return the languages that the front matter of the model's card declares, if any."""
    try:
        declared = ModelCard.load(folder / "README.md").data.to_dict().get("language")
    except (OSError, ValueError):
        return ()
    if declared is None:
        return ()
    return tuple(map(str, declared)) if isinstance(declared, list) else (str(declared),)
