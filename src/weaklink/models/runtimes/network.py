"""A model's forward pass from token ids to rows of numbers, and torch's way to compute it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
    from torch.nn import Module

Precision = Literal["float32", "bf16"]

Ids: TypeAlias = Sequence[Sequence[int]]
"""Token ids of texts, each of its own length."""

Rows: TypeAlias = NDArray[np.float64]
"""One row of numbers for each text."""


TYPE_BITS = 32
"""Where a token's type stands in its number: above so many bits that hold its id."""


@dataclass(frozen=True, slots=True)
class BatchLayout:
    """How texts of different lengths become one batch.

    Attributes:
        filler: The token to pad with.
        left: Whether padding stands before a text, not after it.
        typed: Whether the module takes token types of every text, which stand above ``TYPE_BITS``
            of each token.
        alike: Texts for which this differs never share a pass; None: any two may.
        told: Which texts share a pass, for people.
    """

    filler: int
    left: bool = False
    typed: bool = False
    alike: Callable[[Sequence[int]], Hashable] | None = None
    told: str = "any"

    @property
    def plain(self) -> bool:
        """Whether ids and a mask, padded on the right, are all that the module needs."""
        return not (self.left or self.typed or self.alike)


class Network(Protocol):
    """A forward pass. Rows may differ in their last bits with the batch."""

    @property
    def name(self) -> str:
        """What computes it, with its version."""

    def __call__(self, batch: Ids, /) -> Rows:
        """Return one row for each text, shape (batch, width)."""


class TorchNetwork:
    """A forward pass by torch, where the module's parameters are.

    Args:
        module: Maps ids and mask, both of shape (batch, length), to a tensor (batch, width); with
            a typed layout, or where a token has a type, token types too.
        layout: How texts become a batch.
    """

    def __init__(self, module: Module, layout: BatchLayout) -> None:
        self.module: Any = module.eval()
        self.layout = layout

    @property
    def name(self) -> str:
        """What computes it, with its version."""
        return f"torch {version('torch')}"

    @property
    def device(self) -> str:
        """Where it computes."""
        return str(next(self.module.parameters()).device)

    @property
    def on_gpu(self) -> bool:
        """Whether it computes on a CUDA device."""
        return self.device.startswith("cuda")

    def __call__(self, batch: Ids) -> Rows:
        """Return one row for each text, shape (batch, width)."""
        return self.start(batch)()

    def start(self, batch: Ids) -> Callable[[], Rows]:
        """Begin a pass and return what reads its rows.

        A GPU computes meanwhile; elsewhere the rows are there already. cuDNN's attention is not
        used: it prepares each new shape anew, and most batches have one.
        """
        return self._grouped(self.module, batch)

    def alone(self, batch: Ids) -> Rows:
        """Return one row for each text, which does not depend on the rest of the batch.

        On a GPU a pass takes as long for one text as for a hundred. So the texts are computed
        together there, in float64: what the batch changes lies far behind float32's last bit.
        Elsewhere each is computed by itself.
        """
        if not self.on_gpu:
            return np.concatenate([self([item]) for item in batch])
        return self._grouped(self._double, batch)()

    @cached_property
    def _double(self) -> Any:  # noqa: ANN401
        return deepcopy(self.module).double()

    @cached_property
    def _stream(self) -> Any:  # noqa: ANN401
        """A queue of its own on the GPU, so that no network waits for another's passes."""
        import torch

        return torch.cuda.Stream(self.device) if self.on_gpu else None  # type: ignore[no-untyped-call]

    def _grouped(self, module: Module, batch: Ids) -> Callable[[], Rows]:
        """Begin one pass for all texts that may share it, and return what reads all rows."""
        if self.layout.alike is None:
            return self._start(module, batch)
        places = defaultdict[Hashable, list[int]](list)
        for place, ids in enumerate(batch):
            places[self.layout.alike(ids)].append(place)
        begun = [(at, self._start(module, [batch[i] for i in at])) for at in places.values()]

        def read() -> Rows:
            rows = {i: row for at, each in begun for i, row in zip(at, each(), strict=True)}
            return np.stack([rows[i] for i in range(len(batch))])

        return read

    def _start(self, module: Module, batch: Ids) -> Callable[[], Rows]:
        import torch
        from torch.nn.attention import SDPBackend, sdpa_kernel

        from weaklink.models.runtimes.linear import fast_linear

        kernels = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
        attention = sdpa_kernel(kernels) if self.on_gpu else nullcontext()
        with (
            torch.inference_mode(),
            fast_linear(self.device),
            attention,
            torch.cuda.stream(self._stream),
        ):
            rows = module(*map(self._placed, arranged(batch, self.layout)))

        def read() -> Rows:
            with torch.inference_mode(), torch.cuda.stream(self._stream):
                return np.asarray(rows.to("cpu", torch.float64).numpy())

        return read

    def _placed(self, values: NDArray[np.int64]) -> torch.Tensor:
        """Return the values on the device; a GPU fetches them while it still computes."""
        import torch

        tensor = torch.from_numpy(values)
        if self.on_gpu:
            return tensor.pin_memory().to(self.device, non_blocking=True)
        return tensor.to(self.device)


def arranged(batch: Ids, layout: BatchLayout) -> tuple[NDArray[np.int64], ...]:
    """Return ids, attention mask and token types of a batch, if the layout or a token has any."""
    tokens, mask = pad(batch, layout.filler, left=layout.left)
    if not (layout.typed or carries_types(batch)):
        return tokens, mask
    return tokens & ((1 << TYPE_BITS) - 1), mask, tokens >> TYPE_BITS


def carries_types(batch: Ids) -> bool:
    """Return whether a token of a batch has a type other than 0, as in pairs of texts."""
    return any(max(ids, default=0) >> TYPE_BITS for ids in batch)


def untyped(ids: Sequence[int]) -> tuple[int, ...]:
    """Return the ids of tokens that may carry a type."""
    return tuple(token & ((1 << TYPE_BITS) - 1) for token in ids)


def pad(
    batch: Ids, filler: int, *, left: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids and attention mask, padded to the longest text and no further.

    Padding on the right is right for most encoders and decoders alike: transformers classifies a
    decoder's last token that is not padding.
    """
    lengths = np.fromiter(map(len, batch), dtype=np.int64, count=len(batch))
    places = np.arange(lengths.max())
    mask = places >= lengths.max() - lengths[:, None] if left else places < lengths[:, None]
    ids = np.full(mask.shape, filler)
    ids[mask] = np.fromiter(chain.from_iterable(batch), dtype=np.int64, count=lengths.sum())
    return ids, mask.astype(np.int64)
