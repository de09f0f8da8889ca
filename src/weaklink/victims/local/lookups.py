"""Where a network looks its tokens up, and the gradient of a loss there."""

from __future__ import annotations

from types import TracebackType
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor


class _Lookup(NamedTuple):
    """One pass through a table: the tokens, their vectors, and what these are cut off from."""

    tokens: Tensor
    vectors: Tensor
    table: Tensor


class Lookups:
    """A context in which every look-up of a token in a model's input embeddings is kept.

    BART and T5 look a text up twice: in the encoder, and shifted by one place in the decoder.

    Args:
        model: The transformers model.

    Raises:
        NotImplementedError: Its input embeddings are not a table of tokens.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        table = model.get_input_embeddings()
        if not isinstance(table, torch.nn.Embedding):
            raise NotImplementedError("its input embeddings are not a table of tokens")
        shared = {layer for layer in model.modules() if _shares(layer, table.weight)}
        self._hooks = [layer.register_forward_hook(self._keep) for layer in shared]
        self._seen: list[_Lookup] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for hook in self._hooks:
            hook.remove()

    def gradients(self, loss: Tensor, tokens: Tensor) -> Tensor:
        """Return the gradient of a loss at the vector of each token, shape (texts, tokens, width).

        Args:
            loss: What was computed within the context.
            tokens: The ids that the model was given, shape (texts, tokens).

        Raises:
            NotImplementedError: Tokens were looked up in some other way than these.
        """
        if not self._seen:
            raise NotImplementedError("its input embeddings were not looked up in their table")
        found = torch.autograd.grad(loss, [one.vectors for one in self._seen])
        parts = [_aligned(*pair, tokens) for pair in zip(self._seen, found, strict=True)]
        return torch.stack(parts).sum(dim=0) if len(parts) > 1 else parts[0]

    def _keep(self, layer: Any, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:  # noqa: ANN401
        vectors = output.detach().requires_grad_()
        self._seen.append(_Lookup(inputs[0], vectors, layer.weight.detach()))
        return vectors


def _shares(layer: Any, weight: Tensor) -> bool:  # noqa: ANN401
    return isinstance(layer, torch.nn.Embedding) and layer.weight is weight


def _aligned(lookup: _Lookup, gradient: Tensor, tokens: Tensor) -> Tensor:
    """Return a gradient at the tokens as the model was given them."""
    read, vectors, scaled = lookup.tokens, lookup.vectors.detach(), gradient
    if read.shape != tokens.shape and read.T.shape == tokens.shape:
        read, vectors, scaled = read.T, vectors.transpose(0, 1), scaled.transpose(0, 1)
    scaled = scaled * _scale(vectors, lookup.table[read])
    length = tokens.shape[1]
    if torch.equal(read[:, :length], tokens):
        return scaled[:, :length]
    if torch.equal(read[:, 1:length], tokens[:, :-1]):
        return torch.nn.functional.pad(scaled[:, 1:length], (0, 0, 0, 1))
    raise NotImplementedError("it looks other tokens up than it is given")


def _scale(vectors: Tensor, rows: Tensor) -> float:
    """Return by how much a table multiplies its rows; some do, by the root of their width."""
    if torch.equal(vectors, rows):
        return 1.0
    scale = float((vectors * rows).sum() / rows.square().sum())
    if not torch.allclose(vectors, scale * rows, rtol=1e-4, atol=1e-6):
        raise NotImplementedError("its input embeddings depend on more than their token")
    return scale
