"""What a tensor is for, by its name and shape, and which of its rows are looked at."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from weaklink.lineage.weights.headers import Floats, TensorPlace
from weaklink.lineage.weights.sources import Weights

VALUES = 8192
"""Numbers of a tensor that are compared: the correlation of unrelated ones is then 0 ± 0.011."""
FEWEST_ROWS = 4
MATRIX = 512
"""Matrices with fewer numbers say too little."""
WIDEST = 65_536
"""Matrices and vectors with longer rows are not read: a hostile header may claim any length."""

_LAYER = re.compile(r"(?:^|\.)(layers?|h|blocks?|block|albert_layers)\.(\d+)\.")
_BODY = re.compile(
    r"(?:^|\.)(?:layers?|h|blocks?|block|albert_layer_groups|albert_layers)\.\d+\..*$"
    r"|(?:^|\.)(?:word_embeddings|embed_tokens|wte|shared|embeddings?|tok_embeddings)\b.*$"
)
_EMBEDDING = re.compile(
    r"(?:^|\.)(?:word_embeddings|embed_tokens|wte|shared|tok_embeddings|word_embedding)\."
)
_TASK_HEAD = re.compile(
    r"(?:^|\.)(?:classifier|score|qa_outputs|pre_classifier|classification_head|logits_proj|seq_summary)\b"
)
_PRETRAINING_HEAD = re.compile(
    r"(?:^|\.)(?:cls\.predictions|cls\.seq_relationship|lm_head|generator|generator_predictions"
    r"|generator_lm_head|discriminator_predictions|vocab_transform|vocab_projector|mlm|lm_predictions|predictions)\b"
)
_ADAPTER = re.compile(r"\.lora_[AB]\b|\.lora_embedding_[AB]\b|\.ia3_l\b|^prompt_embeddings")


@dataclass(frozen=True, slots=True)
class Role:
    """What a matrix is for.

    Attributes:
        kind: Its name without its layer's number and what stands before it.
        layer: The number of its layer; -1 outside of layers.
    """

    kind: str
    layer: int


@dataclass(frozen=True)
class Anatomy:
    """A model's tensors by what they are for.

    Attributes:
        body: Matrices that fine-tuning starts from, in order.
        vectors: Norms and biases of layers.
        task_heads: Tensors of heads for a task.
        pretraining_heads: Tensors of heads of pre-training.
        adapters: Tensors of adapters.
        packed: Matrices whose numbers are packed, which cannot be compared.
    """

    body: dict[str, Role]
    vectors: dict[str, Role]
    task_heads: tuple[str, ...]
    pretraining_heads: tuple[str, ...]
    adapters: tuple[str, ...]
    packed: tuple[str, ...]

    @property
    def layers(self) -> int:
        """Number of layers."""
        return len({role.layer for role in self.body.values() if role.layer >= 0})

    @property
    def in_layers(self) -> int:
        """Number of matrices in layers."""
        return sum(role.layer >= 0 for role in self.body.values())


def anatomy(weights: Weights) -> Anatomy:
    """Sort a model's tensors."""
    body, vectors = dict[str, Role](), dict[str, Role]()
    task, pretraining, adapters, packed = list[str](), list[str](), list[str](), list[str]()
    for name, place in weights.places.items():
        if _ADAPTER.search(name):
            adapters.append(name)
        elif _PRETRAINING_HEAD.search(name):
            pretraining.append(name)
        elif _TASK_HEAD.search(name):
            task.append(name)
        elif _is_packed(place):
            packed.append(name)
        elif _is_matrix(place):
            body[name] = role_of(name)
        elif _is_vector(place) and _LAYER.search(name):
            vectors[name] = role_of(name)
    return Anatomy(
        body, vectors, tuple(task), tuple(pretraining), tuple(adapters), packed=tuple(packed)
    )


def _is_packed(place: TensorPlace) -> bool:
    """Tell whether several numbers are in one: whole numbers of 32 bits, or one column of bytes."""
    if len(place.shape) != 2 or place.rows < FEWEST_ROWS:  # noqa: PLR2004
        return False
    bytes_in_a_column = place.dtype in {"U8", "I8"} and place.columns == 1 and place.rows >= MATRIX
    return bytes_in_a_column or (place.columns > 1 and not place.readable)


def _is_vector(place: TensorPlace) -> bool:
    return len(place.shape) == 1 and place.columns <= WIDEST and place.readable


def _is_matrix(place: TensorPlace) -> bool:
    big = place.rows >= FEWEST_ROWS and place.rows * place.columns >= MATRIX
    wide = 1 < place.columns <= WIDEST
    flat = len(place.shape) > 1 and math.prod(place.shape[2:]) == 1
    return flat and wide and big and place.readable


def role_of(name: str) -> Role:
    """Return what a tensor is for, whatever stands before its layer or embedding.

    >>> role_of("bert.encoder.layer.3.attention.self.query.weight")
    Role(kind='layer.#.attention.self.query.weight', layer=3)
    """
    numbered = _LAYER.search(name)
    layer = int(numbered[2]) if numbered else -1
    body = _BODY.search(name)
    kind = body[0].lstrip(".") if body else name
    return Role(_LAYER.sub(lambda m: f"{m[1]}.#.", kind, count=1), layer)


def is_embedding(name: str) -> bool:
    """Tell whether a tensor is the table of word embeddings."""
    return _EMBEDDING.search(name) is not None


def whole(rows: int) -> int:
    """Return the power of two that is not above a number of rows."""
    return 1 << (rows.bit_length() - 1)


def middle(size: int, count: int) -> tuple[int, int]:
    """Return the first of so many of some rows, and how many there are at most."""
    found = min(whole(size), count)
    return (whole(size) - found) // 3, found


def window(place: TensorPlace, values: int = VALUES) -> tuple[int, int]:
    """Return the first row, and the number of rows, of a matrix that are looked at.

    They depend on its columns and on the power of two below its rows alone, so that models of
    other names, layers or a few added tokens are looked at in the same place.
    """
    return middle(place.rows, max(FEWEST_ROWS, values // place.columns))


@dataclass(frozen=True, slots=True)
class Slice:
    """What is looked at of a matrix.

    Attributes:
        name: The matrix.
        first: The first row.
        count: The number of rows.
        columns: The first column and the number of columns; None for all.
        turned: Whether rows are read as columns.
    """

    name: str
    first: int
    count: int
    columns: tuple[int, int] | None = None
    turned: bool = False

    def read(self, weights: Weights) -> Floats:
        """Return its numbers, one row for each of its rows, or of its columns if turned."""
        rows = weights.rows(self.name, self.first, self.count)
        if self.columns is not None:
            first, count = self.columns
            rows = rows[:, first : first + count]
        return np.ascontiguousarray(rows.T) if self.turned else rows


def usual(weights: Weights, name: str) -> Slice:
    """Return the slice of a matrix that is looked at first."""
    return Slice(name, *window(weights.places[name]))
