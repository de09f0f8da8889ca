"""Sentence embeddings for similarity, by sentence-transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from weaklink.errors import WeaklinkError
from weaklink.resources.cache import digest_of_folder
from weaklink.resources.model_files import find_model
from weaklink.resources.packaged import MINILM
from weaklink.resources.quiet import no_bars, quiet

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
"""The packaged encoder (Wang et al. 2020, https://arxiv.org/abs/2002.10957)."""


class Encoder:
    """A sentence encoder that is asked in two steps, so that the engine can batch by length.

    Attributes:
        name: How the user named it.
        digest: Digest of its files.
    """

    def __init__(self, model: SentenceTransformer, name: str, digest: str) -> None:
        self.name = name
        self.digest = digest
        self._model = model.eval()
        self._prompt = model.prompts.get(model.default_prompt_name or "") or ""

    def to(self, device: str) -> Self:
        """Move it to a device, and return it."""
        self._model.to(device)
        return self

    def encode(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the token ids of every text, cut to the encoder's maximum length."""
        if not texts:
            return []
        ids = self._model.tokenizer(
            [self._prompt + text for text in texts],
            truncation=True,
            max_length=self._model.max_seq_length,
            return_attention_mask=False,
            return_token_type_ids=False,
        )["input_ids"]
        return [tuple(row) for row in ids]

    def forward(self, batch: Sequence[tuple[int, ...]]) -> NDArray[np.float64]:
        """Return embeddings of length 1, shape (batch, dimensions), in one pass of the encoder.

        Args:
            batch: Token ids from ``encode``, padded here to the longest of them.
        """
        import torch
        from torch.nn.utils.rnn import pad_sequence

        rows = [torch.tensor(ids) for ids in batch]
        padding = self._model.tokenizer.pad_token_id
        features = {
            "input_ids": pad_sequence(rows, batch_first=True, padding_value=padding),
            "attention_mask": pad_sequence([torch.ones_like(r) for r in rows], batch_first=True),
        }
        with torch.inference_mode():
            on_device = {name: value.to(self._model.device) for name, value in features.items()}
            embeddings = self._model(on_device)["sentence_embedding"].double()
            return torch.nn.functional.normalize(embeddings, dim=-1).cpu().numpy()


def load_encoder(name: str = DEFAULT_ENCODER, device: str = "cpu") -> Encoder:
    """Return the packaged encoder, or the one that a folder or a Hub id (``id@revision``) names.

    Weights are safetensors only and no code of the model's own ever runs.

    Raises:
        WeaklinkError: It cannot be found, or needs its own code or pickled weights.
    """
    folder = _find(name)
    _refuse_code_and_pickles(folder)
    from sentence_transformers import SentenceTransformer

    try:
        with quiet("transformers", "sentence_transformers"), no_bars():
            model = SentenceTransformer(
                str(folder),
                device=device,
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
    except (OSError, ValueError, KeyError) as error:
        raise WeaklinkError(
            f"The encoder {name} cannot be loaded: {error}.",
            "Give a sentence-transformers model with safetensors weights.",
        ) from error
    return Encoder(model, name, digest_of_folder(folder))


def _find(name: str) -> Path:
    if name == DEFAULT_ENCODER:
        return MINILM.require(f"The encoder {name}")
    return find_model(name, "encoder")


def _refuse_code_and_pickles(folder: Path) -> None:
    modules = folder / "modules.json"
    kinds = [m["type"] for m in json.loads(modules.read_text("utf-8"))] if modules.is_file() else []
    foreign = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    pickles = [
        path
        for path in folder.rglob("pytorch_model*.bin")
        if not any(path.parent.glob("*.safetensors"))
    ]
    if foreign or pickles:
        raise WeaklinkError(
            f"The encoder in {folder} needs {(foreign or [pickles[0].name])[0]}, "
            "which is code of its own or a pickle.",
            "Give a sentence-transformers model with safetensors weights and no code.",
        )
