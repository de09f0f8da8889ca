"""Linear layers in float32 by oneDNN, where torch would take MKL.

MKL leaves AVX-512 unused on processors that are not Intel's. On an AMD EPYC, two threads, oneDNN
takes 0.4 to 0.5 of its time at the layers of MiniLM and BERT-base, forward and back, for 24 to
2,000 tokens; 0.75 forward at the smallest, 384 x 384 for 24 tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode


def fast_linear(device: str) -> AbstractContextManager[object]:
    """Return a context in which a model runs on ``device``, its linear layers as fast as can be.

    Only layers in float32 that are not being trained are computed otherwise than by torch.
    """
    both = torch.backends.mkl.is_available() and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return _ByOneDnn() if both and device == "cpu" else nullcontext()


class _ByOneDnn(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        if func is torch.nn.functional.linear and not kwargs and _fits(*args):
            return _Linear.apply(*args)  # type: ignore[no-untyped-call]
        return func(*args, **(kwargs or {}))


def _fits(values: Tensor, weight: Tensor, bias: Tensor | None = None) -> bool:
    learns = weight.requires_grad or (bias is not None and bias.requires_grad)
    trained = learns and torch.is_grad_enabled()
    return values.dtype == weight.dtype == torch.float32 and not trained


class _Linear(torch.autograd.Function):
    """``values @ weight.T + bias``, with a gradient for the values alone."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:  # noqa: ANN401
        ctx.save_for_backward(weight)
        product = _linear(values, weight, bias)
        # oneDNN returns a view, which autograd lets nobody change in place, as Longformer does
        return product.clone() if ctx.needs_input_grad[0] else product

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        (weight,) = ctx.saved_tensors
        return _linear(gradient, weight.t(), None), None, None


def _linear(values: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    product = torch.ops.mkldnn._linear_pointwise  # noqa: SLF001
    found: Tensor = product(values.contiguous(), weight, bias, "none", [], "")
    return found
