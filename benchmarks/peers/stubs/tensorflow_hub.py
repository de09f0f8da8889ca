"""Stands in for tensorflow_hub in the peers: the shared sentence encoder under its interface."""

import os
import time

import torch
from sentence_transformers import SentenceTransformer

seconds = 0.0


def load(_path):
    """Return the encoder as a function from texts to an object with ``numpy()``."""
    model = SentenceTransformer(os.environ["BENCH_ENCODER"], device="cpu")

    def encode(texts):
        global seconds  # noqa: PLW0603 - the worker reads and resets it
        start = time.perf_counter()
        rows = model.encode(list(texts), convert_to_tensor=True, show_progress_bar=False)
        seconds += time.perf_counter() - start
        return torch.nn.functional.normalize(rows, dim=-1)

    return encode
