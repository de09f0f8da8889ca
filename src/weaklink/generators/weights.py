"""The weights of a trained network on disk, in a folder with a manifest of how they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weaklink.cache import digest_of_file
from weaklink.errors import WeaklinkError
from weaklink.generators.networks import WEIGHTS, Network, network_folder

if TYPE_CHECKING:
    from torch import Tensor

MOST_BYTES = 12 * 2**20


@dataclass(frozen=True)
class NetworkWeights:
    """What a network's file holds.

    Attributes:
        tensors: The weights, float32, by name.
        metadata: What else is needed to use them, such as the vocabulary.
        digest: Digest of the file.
    """

    tensors: dict[str, Tensor]
    metadata: dict[str, str]
    digest: str


def save_weights(folder: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> str:
    """Write weights as float16 and return the digest of their file, the same for the same weights.

    Raises:
        ValueError: The file would be larger than what the package can carry.
    """
    import torch
    from safetensors.torch import save

    halves = {n: t.detach().to("cpu", torch.float16).contiguous() for n, t in tensors.items()}
    size = sum(tensor.nbytes for tensor in halves.values()) + sum(map(len, metadata.values()))
    if size > MOST_BYTES:
        raise ValueError(f"expected at most {MOST_BYTES} bytes of weights, got {size}")
    (folder / WEIGHTS).write_bytes(_in_order(save(halves, metadata)))
    return digest_of_file(folder / WEIGHTS)


def load_weights(name: Network) -> NetworkWeights:
    """Return the weights that the user built, else those that come with weaklink.

    Raises:
        WeaklinkError: There are none, or they are damaged.
    """
    from safetensors import SafetensorError, safe_open

    folder = _require(name)
    try:
        with safe_open(folder / WEIGHTS, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise _damaged(name, folder, error) from error
    return NetworkWeights(tensors, metadata, digest_of_file(folder / WEIGHTS))


def _in_order(file: bytes) -> bytes:
    """Return a safetensors file with its metadata sorted; the library writes them in any order."""
    begin = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:begin])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    written = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    padded = written + b" " * (-len(written) % 8)
    return len(padded).to_bytes(8, "little") + padded + file[begin:]


def _require(name: Network) -> Path:
    folder = network_folder(name)
    if folder is None:
        raise WeaklinkError(
            f"The network {name} is missing.", f"Train it: weaklink resources build {name}"
        )
    return folder


def _damaged(name: Network, folder: Path, error: Exception) -> WeaklinkError:
    return WeaklinkError(
        f"The network {name} in {folder} cannot be read: {error}.",
        f"Delete the folder, or train it again: weaklink resources build {name} --force",
    )
