"""Dropout on a CPU, four numbers from each draw.

torch draws one number for each activation there, on one core whatever the threads. That is a
quarter of a training step of MiniLM on two cores. A draw of 64 bits is four numbers of 16 bits, so
that an activation is left out with the probability p to within 1/131,072.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

_LANES, _VALUES = 4, 1 << 16
_LOWEST = -(1 << 63)


def fast_dropout(device: str) -> AbstractContextManager[object]:
    """Return a context in which a model that runs on ``device`` drops activations as fast.

    It draws from torch's generator, and leaves out as many activations, but others.
    """
    return _FewDraws() if device == "cpu" else nullcontext()


class _FewDraws(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        if func is functional.dropout:
            return _dropout(*args, **(kwargs or {}))
        if func is functional.scaled_dot_product_attention:
            return _attention(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


def _dropout(  # as torch's
    values: Tensor,
    p: float = 0.5,
    training: bool = True,  # noqa: FBT001, FBT002
    inplace: bool = False,  # noqa: FBT001, FBT002
) -> Tensor:
    if not training or not 0 < p < 1:
        return functional.dropout(values, p, training, inplace)
    return values.mul_(_kept(values, p)) if inplace else values * _kept(values, p)


def _attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    **others: Any,  # noqa: ANN401
) -> Tensor:
    """Return what torch's attention does, which drops weights in its slowest form only."""
    if not dropout_p or any(others.get(name) for name in ("is_causal", "enable_gqa")):
        return functional.scaled_dot_product_attention(
            query, key, value, attn_mask, dropout_p, **others
        )
    scale = others.get("scale") or 1 / math.sqrt(query.shape[-1])
    scores = (query * scale) @ key.transpose(-2, -1)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    return _dropout(scores.softmax(dim=-1).to(value.dtype), dropout_p) @ value


def _kept(values: Tensor, p: float) -> Tensor:
    """Return 0 for what is left out and 1 / (1 - p) for the rest, of the shape of ``values``."""
    draws = torch.empty(math.ceil(values.numel() / _LANES), dtype=torch.int64)
    numbers = draws.random_(_LOWEST, None).view(torch.int16)[: values.numel()]
    kept = numbers >= round(p * _VALUES) - _VALUES // 2
    return kept.view(values.shape).to(values.dtype).mul_(1 / (1 - p))
