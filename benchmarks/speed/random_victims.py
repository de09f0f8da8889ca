"""Victims of known sizes with random weights, for speed alone.

The bias of the head is set so that both labels occur. Margins stay narrow: over 16 Rotten Tomatoes
samples the standard deviation between the logits of the two labels is 0.03 at DistilBERT's size
and 0.04 at BERT-base's. So most attacks succeed early, bf16 changes more outcomes than it would of
a trained victim, and a success rate says nothing. What a forward pass costs does not depend on the
weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    DistilBertConfig,
)

from weaklink.data.datasets import load_split
from weaklink.packaged import MINILM

SIZES = ("tiny", "minilm", "distilbert", "bert-base")


def make_victim(size: str, folder: Path) -> Path:
    """Write a victim of two labels to ``folder``, which is returned, with MiniLM's tokenizer."""
    packaged = MINILM.require("MiniLM")
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_config(_config(size, packaged)).eval()
    inputs = ["input_ids", "attention_mask"]
    tokenizer = AutoTokenizer.from_pretrained(packaged, model_input_names=inputs)
    _balance(model, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _balance(model: Any, tokenizer: Any) -> None:
    texts = [sample.text for sample in load_split("rotten_tomatoes").draw(16, seed=0).samples]
    with torch.inference_mode():
        logits = model(**tokenizer(texts, padding=True, return_tensors="pt")).logits
        model.classifier.bias -= logits.mean(dim=0)


def _config(size: str, packaged: Path) -> Any:
    if size == "minilm":
        return AutoConfig.from_pretrained(packaged, num_labels=2)
    if size == "distilbert":
        return DistilBertConfig(num_labels=2)
    if size == "bert-base":
        return BertConfig(num_labels=2)
    return BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        initializer_range=0.2,
        num_labels=2,
    )
