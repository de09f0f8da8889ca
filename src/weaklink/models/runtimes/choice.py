"""Chooses the runtime of a network: the requested one, if it agrees with torch."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np

from weaklink.errors import WeaklinkError
from weaklink.models.runtimes.network import Ids, Network, Precision, Rows, TorchNetwork
from weaklink.models.runtimes.remembered import RememberedRuntime, recall, remember

Runtime = Literal["torch", "onnx", "openvino", "auto"]

Difference: TypeAlias = Callable[[Rows, Rows], float]
"""How far rows are from the exact ones, in the unit in which it is bounded."""

MARGIN = 3.0
"""Noise provided for in a fused runtime, over the greatest that was measured."""

WORTHWHILE = 4_000
"""Work, as the summed squares of the texts' lengths, from which on a probe pays."""

_PACKAGES = {"onnx": ("onnx", "onnxruntime"), "openvino": ("onnx", "openvino")}
_COMPUTE_BF16 = {"openvino"}
_COARSER = 2.0
_CHECKED_TOKENS = 4096
_BATCH = 16
_RACED = 4
_ROUNDS = 2


class RuntimeFallback(UserWarning):
    """A runtime was asked for, and torch computes in its place."""


@runtime_checkable
class Portable(Protocol):
    """A model whose forward pass other runtimes can compute."""

    @property
    def name(self) -> str:
        """How the user named it."""

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:
        """Let ``runtime`` compute it, if it agrees with torch on ``texts``.

        Raises:
            WeaklinkError: The runtime is not installed, or not made for the model's device.
        """


@dataclass(frozen=True)
class Chosen:
    """What computes a network.

    Attributes:
        network: The network.
        difference: Its greatest difference from torch in float32, text by text; 0 for torch itself.
        checked: How many texts it was compared on.
    """

    network: Network
    difference: float = 0.0
    checked: int = 0

    def noise(self, of_torch: float, least: float) -> float:
        """Return the noise to provide for in a batch's rows, against each text computed alone.

        Args:
            of_torch: If torch computes batches.
            least: If a fused runtime does, however little was measured.
        """
        return max(least, MARGIN * self.difference) if self.checked else of_torch

    def __str__(self) -> str:
        if not self.checked:
            return self.network.name
        within = f"within {self.difference:.1e} of torch on {self.checked} texts"
        return f"{self.network.name}, {within}"


def choose(
    runtime: Runtime,
    exact: TorchNetwork,
    key: str,
    texts: Ids,
    difference: Difference,
    most: float,
    coarse: TorchNetwork | None = None,
) -> Chosen:
    """Choose what computes a network on a campaign's texts.

    A fused runtime is used only if it differs from torch by at most ``most``; torch computes each
    text alone for that. Otherwise torch stays, with a warning. ``auto`` takes the fastest of torch
    and the installed runtimes on a share of the texts. It stays with torch on devices other than
    the CPU, and on little work, where a probe does not pay. An attack asks about every token, and
    each query reads all of them, so work grows with the squares of the texts' lengths. Seven
    sentences of 25 tokens are enough, or one text of 64.

    If torch computes batches in bfloat16, the runtime does so too (only OpenVINO can). It may then
    differ from float32 by twice as much as torch in bfloat16 does.

    What was chosen is remembered for the key, this machine and the versions of what computes, and
    is then neither compared nor raced again.

    Args:
        runtime: What is asked for.
        exact: The network by torch, in float32.
        key: Digest of all that its rows depend on.
        texts: Token ids of the campaign's texts.
        difference: Of rows from the exact ones.
        most: The greatest difference that is allowed in float32.
        coarse: The network by torch in bfloat16, if batches are computed in it.

    Raises:
        WeaklinkError: The runtime is not installed, or does not run on the network's device.
    """
    stay = Chosen(coarse or exact)
    distinct = sorted({tuple(ids) for ids in texts}, key=lambda ids: (len(ids), ids))
    names = _wanted(runtime, exact.device, distinct)
    if not exact.layout.plain:
        if runtime != "auto" and names:
            _warn(runtime, "cannot take this model (its texts do not share a pass as they come)")
        return stay
    if coarse:
        names = [name for name in names if name in _COMPUTE_BF16]
    if not names:
        return stay
    asked = [runtime, "bf16" if coarse else "float32", repr(most)]
    memory = recall(key, asked)
    if memory is not None:
        known = _recalled(memory, names, stay, exact, key, coarse=coarse is not None)
        if known is not None:
            return known
    found = _choose(runtime, names, exact, key, _spread(distinct), difference, most, coarse)
    name = next((one for one in names if found.network.name.lower().startswith(one)), "torch")
    if runtime == "auto" or found.checked:  # else the warning is due again
        remember(key, asked, RememberedRuntime(name, found.difference, found.checked))
    return found


def _recalled(
    memory: RememberedRuntime,
    names: Sequence[str],
    stay: Chosen,
    exact: TorchNetwork,
    key: str,
    *,
    coarse: bool,
) -> Chosen | None:
    """Return what was chosen before; None if it cannot be opened any more."""
    if memory.runtime not in names:
        return stay if memory.runtime == "torch" else None
    with suppress(Exception):  # whatever a runtime raises on a file that is damaged
        network = _open(memory.runtime, exact, key, "bf16" if coarse else "float32")
        return Chosen(network, memory.difference, memory.checked)
    return None


def _choose(
    runtime: Runtime,
    names: Sequence[str],
    exact: TorchNetwork,
    key: str,
    checked: Ids,
    difference: Difference,
    most: float,
    coarse: TorchNetwork | None,
) -> Chosen:
    """Compare the runtimes with torch, and race those that agree."""
    stay = Chosen(coarse or exact)
    reference = np.concatenate([exact([ids]) for ids in checked])
    if coarse:
        most = _COARSER * difference(reference, _pass(coarse, checked))
    fused = []
    for name in names:
        try:
            network = _open(name, exact, key, "bf16" if coarse else "float32")
            found = difference(reference, _pass(network, checked))
        except Exception as error:  # noqa: BLE001 - exporters and runtimes raise what they like
            _warn(name, f"cannot take this model ({_first_line(error)})")
            continue
        if not found <= most:
            _warn(name, f"differs from torch by {found:.1e}, over the bound of {most:.1e}")
            continue
        fused.append(Chosen(network, found, len(checked)))
    if runtime == "auto":
        return fastest([stay, *fused], checked[::_RACED])
    return fused[0] if fused else stay


def _wanted(runtime: Runtime, device: str, texts: Ids) -> list[str]:
    """Return the names of the fused runtimes to try."""
    if runtime == "torch":
        return []
    installed = [name for name in _PACKAGES if all(map(find_spec, _PACKAGES[name]))]
    if runtime == "auto":
        work = sum(len(ids) ** 2 for ids in texts)
        return installed if device == "cpu" and work >= WORTHWHILE else []
    if runtime not in installed:
        raise WeaklinkError(
            f"The runtime {runtime} needs {' and '.join(_PACKAGES[runtime])}; some are missing.",
            "Install them with `pip install weaklink[fast]`, or use --runtime torch.",
        )
    if device != "cpu":
        raise WeaklinkError(
            f"The runtime {runtime} runs on the CPU, but the model is on {device}.",
            "Use --runtime torch, or --device cpu.",
        )
    return [runtime]


def _open(name: str, exact: TorchNetwork, key: str, precision: Precision) -> Network:
    from weaklink.models.runtimes.export import exported
    from weaklink.models.runtimes.fused import OnnxNetwork, OpenVinoNetwork

    path = exported(exact, key)
    if name == "onnx":
        return OnnxNetwork(path, exact.layout.filler)
    return OpenVinoNetwork(path, exact.layout.filler, precision)


def _spread(texts: Ids) -> Ids:
    """Return texts of all lengths, as many as fit into a bounded number of tokens."""
    step = max(1, round(sum(map(len, texts)) / _CHECKED_TOKENS))
    return texts[::step]


def _pass(network: Network, texts: Ids) -> Rows:
    starts = range(0, len(texts), _BATCH)
    return np.concatenate([network(texts[start : start + _BATCH]) for start in starts])


def fastest(candidates: Sequence[Chosen], texts: Ids) -> Chosen:
    """Return the candidate with the fastest pass over the texts, each tried in turns."""
    seconds = [float("inf")] * len(candidates)
    for _ in range(_ROUNDS):
        for i, candidate in enumerate(candidates):
            start = time.perf_counter()
            _pass(candidate.network, texts)
            seconds[i] = min(seconds[i], time.perf_counter() - start)
    return candidates[int(np.argmin(seconds))]


def _warn(name: str, fault: str) -> None:
    warnings.warn(f"{name} {fault}, so it is not used.", RuntimeFallback, stacklevel=4)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
