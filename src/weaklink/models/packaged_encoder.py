"""The packaged sentence encoder without sentence-transformers, which takes seconds to import.

Its modules are those that its ``modules.json`` names: a transformer, the mean over its tokens, and
length 1. The embeddings are bit for bit those of the library.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

_LEAST_TOKENS = 1e-9


class PackagedSentenceModel(torch.nn.Module):
    """What ``Encoder`` needs of a sentence-transformers model.

    Args:
        folder: Of the packaged encoder.
        device: Where it is to compute.

    Attributes:
        tokenizer: Its tokenizer.
        max_seq_length: Most tokens of a text that it reads.
        prompts: What stands before texts, by name: nothing.
        default_prompt_name: None.
    """

    def __init__(self, folder: Path, device: str) -> None:
        super().__init__()
        stated = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))
        self.max_seq_length: int = stated["max_seq_length"]
        self.prompts: dict[str, str] = {}
        self.default_prompt_name: str | None = None
        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        self.tokenizer = AutoTokenizer.from_pretrained(folder, **local)
        self.network = AutoModel.from_pretrained(folder, use_safetensors=True, **local).to(device)

    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Return ``sentence_embedding``, shape (batch, dimensions), of ids and mask."""
        tokens = self.network(**features, return_dict=True)[0]
        mask = features["attention_mask"].unsqueeze(-1).to(tokens.dtype)
        wide = torch.promote_types(tokens.dtype, torch.float32)
        total = (tokens * mask).sum(dim=1, dtype=wide)
        count = torch.clamp(mask.sum(dim=1, dtype=wide), min=_LEAST_TOKENS)
        mean = (total / count).to(tokens.dtype)
        return {"sentence_embedding": functional.normalize(mean, p=2, dim=-1)}
