"""A network on texts that lie on its device beforehand: as it is, compiled, and as CUDA graphs.

Every way computes the same batches: texts sorted by length, padded to few lengths, equally many in
each. The compiler leaves the shape open (``dynamic``); ``reduce-overhead`` then records a CUDA
graph for each shape. A network that the compiler cannot take in one piece counts as failed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from weaklink.models.runtimes import Ids, Network, Rows, TorchNetwork, pad
from weaklink.victims.local.stable import noise

WAYS = ("eager", "default", "reduce-overhead")
_BATCH = 256
_STEP = 16
_PREPARATIONS = 3
_PASSES = 5


@dataclass
class Trial:
    """What one way to compute a network gives."""

    way: str
    prepare_seconds: float = 0.0
    """For every shape three times: compilation, and the recording of CUDA graphs."""
    rate: float = 0.0
    """Texts a second."""
    difference: float = 0.0
    """From the exact network, which computes each text alone, as ``TOLERANCE`` is."""
    failed: str = ""
    """Why there is no rate."""


class Batch(NamedTuple):
    """Ids and mask on a device, the first text, and how many texts there are."""

    ids: torch.Tensor
    mask: torch.Tensor
    first: Sequence[int]
    texts: int


def trials(network: TorchNetwork, exact: Network, texts: Ids, ways: Sequence[str]) -> list[Trial]:
    """Compute ``texts`` in each way, one after the other."""
    batches = list(_batches(texts, network.layout.filler, network.device))
    reference = np.concatenate([exact([batch.first]) for batch in batches])
    return [_trial(network, way, batches, reference) for way in ways]


def _trial(network: TorchNetwork, way: str, batches: Sequence[Batch], reference: Rows) -> Trial:
    trial = Trial(way)
    module: Callable[..., Any] = network.module
    if way != "eager":
        module = torch.compile(module, fullgraph=True, dynamic=True, mode=way)
    shapes = list({batch.ids.shape: batch for batch in batches}.values())
    try:
        trial.prepare_seconds, _ = _pass(module, shapes * _PREPARATIONS)
        passes = [_pass(module, batches) for _ in range(_PASSES)]
    except Exception as error:  # noqa: BLE001 - compilers raise what they like
        first = str(error).strip().partition("\n")[0]
        trial.failed = f"{type(error).__name__}: {first}"
        return trial
    finally:
        torch.compiler.reset()
    seconds = statistics.median(seconds for seconds, _ in passes)
    trial.rate = sum(batch.texts for batch in batches) / seconds
    trial.difference = noise(reference, passes[-1][1])
    return trial


def _pass(module: Callable[..., Any], batches: Sequence[Batch]) -> tuple[float, Rows]:
    """Return the seconds of one pass, and the row of each batch's first text.

    A recorded graph writes its rows to the same place each time: they are copied out of it.
    """
    device = batches[0].ids.device
    _wait(device)
    start = time.perf_counter()
    rows = []
    with torch.inference_mode():
        for batch in batches:
            torch.compiler.cudagraph_mark_step_begin()
            rows.append(module(batch.ids, batch.mask)[:1].clone())
    _wait(device)
    seconds = time.perf_counter() - start
    return seconds, torch.cat(rows).to("cpu", torch.float64).numpy()


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _batches(texts: Ids, filler: int, device: str) -> Iterator[Batch]:
    """Yield batches of few shapes; the last of each length is filled up with its first text."""
    for length, group in groupby(sorted(texts, key=len), lambda text: -(-len(text) // _STEP)):
        alike = list(group)
        for start in range(0, len(alike), _BATCH):
            part = alike[start : start + _BATCH]
            ids, mask = pad([*part, *part[:1] * (_BATCH - len(part))], filler)
            yield Batch(
                _wide(ids, length * _STEP, filler).to(device),
                _wide(mask, length * _STEP, 0).to(device),
                part[0],
                len(part),
            )


def _wide(rows: NDArray[np.int64], length: int, filler: int) -> torch.Tensor:
    missing = length - rows.shape[1]
    return torch.from_numpy(np.pad(rows, ((0, 0), (0, missing)), constant_values=filler))
