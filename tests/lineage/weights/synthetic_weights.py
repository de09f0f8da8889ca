"""Weights in memory, made by hand: a small encoder, and what can befall it."""

import numpy as np
from safetensors.numpy import save

from weaklink.lineage.weights.sources import MemoryReader, Weights

WIDTH, ROWS, LAYERS = 32, 128, 3


def start(seed, layers=LAYERS, rows=ROWS):
    """Return the tensors of a model with a head of pre-training."""
    rng = np.random.default_rng(seed)
    drawn = {"bert.embeddings.word_embeddings.weight": rng.normal(size=(rows, WIDTH))}
    for layer in range(layers):
        stem = f"bert.encoder.layer.{layer}"
        drawn[f"{stem}.attention.self.query.weight"] = rng.normal(size=(WIDTH, WIDTH))
        drawn[f"{stem}.intermediate.dense.weight"] = rng.normal(size=(4 * WIDTH, WIDTH))
        drawn[f"{stem}.output.LayerNorm.weight"] = 1 + rng.normal(size=WIDTH) / 10
    drawn["cls.predictions.transform.dense.weight"] = rng.normal(size=(WIDTH, WIDTH))
    return {name: tensor.astype(np.float32) for name, tensor in drawn.items()}


def tuned(tensors, seed, by=0.1):
    """Move all numbers a little, and put a head for a task in the place of the other."""
    rng = np.random.default_rng(1000 + seed)
    body = {n: t for n, t in tensors.items() if not n.startswith(("cls", "classifier"))}
    moved = {n: t + by * rng.normal(size=t.shape).astype(np.float32) for n, t in body.items()}
    return moved | {"classifier.weight": rng.normal(size=(2, WIDTH)).astype(np.float32)}


def weights(tensors, name="a/model", created=None):
    opened = Weights(name, MemoryReader(save(tensors))).open()
    opened.created = created
    return opened
