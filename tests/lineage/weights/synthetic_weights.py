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


def decoder(seed, *, width=WIDTH, layers=LAYERS):
    """Return the tensors of a decoder that keeps queries, keys and values, and its gate, apart."""
    rng = np.random.default_rng(seed)
    drawn = {"model.embed_tokens.weight": rng.normal(size=(ROWS, width))}
    for layer in range(layers):
        stem = f"model.layers.{layer}"
        for name, shape in {
            "self_attn.q_proj": (width, width),
            "self_attn.k_proj": (width // 2, width),
            "self_attn.v_proj": (width // 2, width),
            "self_attn.o_proj": (width, width),
            "mlp.gate_proj": (3 * width, width),
            "mlp.up_proj": (3 * width, width),
            "mlp.down_proj": (width, 3 * width),
        }.items():
            drawn[f"{stem}.{name}.weight"] = rng.normal(size=shape)
    return {name: tensor.astype(np.float32) for name, tensor in drawn.items()}


def turned(tensors):
    """Swap the sides of all matrices of layers, as GPT-2 stores them."""
    return {n: np.ascontiguousarray(t.T) if is_of_layer(n, t) else t for n, t in tensors.items()}


def with_sides(tensors, more=1):
    """Give the matrices of layers further sides of one, as convolutions store them."""
    return {
        n: t.reshape(*t.shape, *(1,) * more) if is_of_layer(n, t) else t for n, t in tensors.items()
    }


def is_of_layer(name, tensor):
    return ".layer" in name and tensor.ndim > 1


def fused(tensors):
    """Put queries, keys and values into one matrix, and both halves of the gate into another."""
    made = dict(tensors)
    for one, parts in (("qkv_proj", ("q_proj", "k_proj", "v_proj")),
                       ("gate_up_proj", ("gate_proj", "up_proj"))):  # fmt: skip
        for name in [n for n in tensors if parts[0] in n]:
            rows = [made.pop(name.replace(parts[0], part)) for part in parts]
            made[name.replace(parts[0], one)] = np.concatenate(rows)
    return made


def renamed(tensors):
    """Name all tensors by numbers."""
    names = sorted(tensors, key=lambda name: name[::-1])
    return {f"part{place}.w": tensors[name] for place, name in enumerate(names)}
