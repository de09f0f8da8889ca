"""Finds and loads the causal language model that perplexity is measured with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from weaklink.cache import digest_of_file, digest_of_folder
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import check_folder, loading
from weaklink.models.files import find_model
from weaklink.models.perplexity import LanguageModel
from weaklink.models.unpacked import read_gguf, unpacked
from weaklink.packaged import SMOLLM2
from weaklink.quiet import no_bars, quiet

DEFAULT_LANGUAGE_MODEL = "SmolLM2-135M-Instruct"
"""The packaged language model (Allal et al. 2025, https://arxiv.org/abs/2502.02737)."""


@dataclass(frozen=True)
class LanguageModelFiles:
    """A language model that was found and not loaded yet.

    Attributes:
        name: How the user named it.
        folder: Where its files are.
        gguf: Name of the file with its weights if they are GGUF; None for safetensors.
    """

    name: str
    folder: Path
    gguf: str | None = None

    @cached_property
    def digest(self) -> str:
        """Digest of the files."""
        return (
            digest_of_file(self.folder / self.gguf) if self.gguf else digest_of_folder(self.folder)
        )

    def load(self, device: str = "cpu") -> LanguageModel:
        """Load it in float32; GGUF weights are unpacked into the cache first.

        Raises:
            WeaklinkError: It is not a causal language model, or cannot be loaded without running
                code of its own or unpickling.
        """
        what = f"The language model {self.name}"
        remedy = "Give a causal language model with safetensors weights and no code of its own."
        check_folder(self.folder, what)
        with loading(what, remedy), quiet("transformers"), no_bars():
            model, tokenizer = self._read()
        return LanguageModel(model.to(device).eval(), tokenizer, self.name, self.digest)

    def _read(self) -> tuple[Any, Any]:
        if self.gguf is None:
            return _read_folder(self.folder)
        file = self.folder / self.gguf
        try:
            folder = unpacked(file)
        except OSError:
            return read_gguf(file)
        return _read_folder(folder)


def find_language_model(name: str = DEFAULT_LANGUAGE_MODEL) -> LanguageModelFiles:
    """Return the packaged model, or the one that a folder or a Hub id (``id@revision``) names.

    Raises:
        WeaklinkError: It cannot be found, or its configuration is not that of a causal language
            model.
    """
    if name == DEFAULT_LANGUAGE_MODEL:
        file = SMOLLM2.require(f"The language model {name}")
        return LanguageModelFiles(name, file.parent, file.name)
    folder = find_model(name, "language model")
    _require_causal(name, folder)
    return LanguageModelFiles(name, folder)


def load_language_model(name: str = DEFAULT_LANGUAGE_MODEL, device: str = "cpu") -> LanguageModel:
    """Find a language model and load it.

    Raises:
        WeaklinkError: It cannot be found, or not be loaded.
    """
    return find_language_model(name).load(device)


def _require_causal(name: str, folder: Path) -> None:
    """Refuse what transformers would load as a language model although it was trained as none."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        kinds = ", ".join(config.get("architectures") or ["of no known architecture"])
    except (OSError, ValueError, AttributeError, TypeError) as error:
        kinds = f"without a configuration ({error})"
    if "CausalLM" not in kinds and "LMHead" not in kinds:
        raise WeaklinkError(
            f"The model {name} is {kinds}, not a causal language model.",
            f"Give one such as gpt2, or leave it out to use {DEFAULT_LANGUAGE_MODEL}.",
        )


def _read_folder(folder: Path) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    safe = {"trust_remote_code": False, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(str(folder), **safe)
    model = AutoModelForCausalLM.from_pretrained(
        str(folder), dtype=torch.float32, use_safetensors=True, **safe
    )
    return model, tokenizer
