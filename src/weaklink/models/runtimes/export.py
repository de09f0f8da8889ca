"""A torch network as an ONNX file, which every fused runtime reads; kept in the cache."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from weaklink.cache import cache_folder, digest_of_parts, make_folder
from weaklink.models.runtimes.narrow import narrow
from weaklink.quiet import quiet

if TYPE_CHECKING:
    from weaklink.models.runtimes.network import TorchNetwork

INPUTS = ("ids", "mask")
OUTPUT = "rows"

_OPSET = 17
_FORMAT = "3"
MOST_BYTES = 8 << 30
"""Bytes of exported networks that are kept; the oldest go first."""


def exported(network: TorchNetwork, key: str) -> Path:
    """Return the network's ONNX file, with batch and length left open.

    The exporter follows one run of the module. Whatever that misses, the comparison with torch
    shows (``weaklink.models.runtimes.choice``). The cache keeps the exports that were used
    last, up to 8 GiB; any of them may be deleted at any time.

    Args:
        network: The network, in float32.
        key: Digest of all that its rows depend on.

    Raises:
        Exception: Whatever the exporter raises on a module that it cannot follow.
    """
    name = digest_of_parts([_FORMAT, torch.__version__, key])
    folder = cache_folder() / "exports" / name
    make_folder(folder, lambda unfinished: _export(network, unfinished / "model.onnx"))
    folder.touch()
    with suppress(FileNotFoundError):  # another process deletes the same
        _keep_recent(path for path in folder.parent.iterdir() if path.name[0] != ".")
    return folder / "model.onnx"


def _export(network: TorchNetwork, path: Path) -> None:
    """Trace the module on two texts of which one is padded."""
    ids = torch.tensor(
        [[network.layout.filler] * 5, [network.layout.filler] * 5], device=network.device
    )
    mask = torch.tensor([[1] * 5, [1, 1, 0, 0, 0]], device=network.device)
    with quiet("torch.onnx", "transformers"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.module,
            (ids, mask),
            path,
            input_names=list(INPUTS),
            output_names=[OUTPUT],
            dynamic_axes={name: {0: "batch", 1: "length"} for name in INPUTS}
            | {OUTPUT: {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )
        narrow(path)


def _keep_recent(folders: Iterable[Path]) -> None:
    """Delete the folders that were used longest ago, but never the last, beyond the most bytes."""
    total = 0
    for i, folder in enumerate(sorted(folders, key=lambda path: -path.stat().st_mtime)):
        total += sum(path.stat().st_size for path in folder.iterdir())
        if i and total > MOST_BYTES:
            shutil.rmtree(folder, ignore_errors=True)
