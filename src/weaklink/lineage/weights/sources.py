"""Where weights are read from, slice by slice: the Hub by range requests, a folder, or memory."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.guards.pickled import check_archive, check_tensors
from weaklink.hub.client import HubClient, Unreachable
from weaklink.hub.record import is_hub_id
from weaklink.hub.single_model import fetch_record
from weaklink.lineage.weights.headers import (
    Floats,
    TensorPlace,
    header_length,
    numbers,
    read_header,
)

BEGINNING = 64_000
"""Bytes of a file that are asked for first; most headers fit."""
MOST_FILES = 64
_MOST_SLICE = 256_000_000
"""Bytes of the rows of a tensor that are read at once."""

_WEIGHTS = ("model", "adapter_model", "pytorch_model", "diffusion_pytorch_model")
_PARTIAL, _WHOLE = 206, 200


class WeightsReader(Protocol):
    """Reads bytes of a model's files."""

    def files(self) -> Mapping[str, int | None]:
        """Return the files that hold weights, with their sizes where known."""
        ...

    def read(self, file: str, start: int, end: int) -> bytes:
        """Return the bytes from start up to end, fewer where the file ends before."""
        ...


@dataclass
class Weights:
    """A model's tensors, read as they are asked for.

    Attributes:
        name: The model.
        places: Its tensors by name.
        created: When it came to the Hub, if known.
        bytes_read: Bytes read so far.
        requests: Reads so far.
    """

    name: str
    reader: WeightsReader
    places: dict[str, TensorPlace] = field(default_factory=dict)
    created: datetime | None = None
    bytes_read: int = 0
    requests: int = 0
    kept: dict[Hashable, Floats] = field(default_factory=dict)
    """What a comparison has made of slices, by slice, so that it is made once."""
    _slices: dict[tuple[str, int, int], Floats] = field(default_factory=dict)

    def open(self) -> Weights:
        """Read the headers.

        Raises:
            WeaklinkError: There are none that can be read.
        """
        for file, size in self.reader.files().items():
            beginning = self._read(file, 0, BEGINNING)
            end = 8 + header_length(file, beginning)
            if end > len(beginning):
                beginning += self._read(file, len(beginning), end)
            found = read_header(file, beginning[8:end], size)
            self.places |= {place.name: place for place in found}
        return self

    def rows(self, name: str, first: int, count: int) -> Floats:
        """Return rows of a tensor as float32; a slice is read once.

        Raises:
            WeaklinkError: The file ends before them, or they are more than is read at once.
        """
        key = (name, first, count)
        if key not in self._slices:
            place = self.places[name]
            start, end = place.span(first, count)
            if end - start > _MOST_SLICE:
                raise _unreadable(self.name, f"rows of a tensor have {end - start:,} bytes")
            data = self._read(place.file, start, end)
            if len(data) != end - start:
                raise _unreadable(self.name, f"{place.file} ends before what its header lists")
            self._slices[key] = numbers(place, data)
        return self._slices[key]

    def _read(self, file: str, start: int, end: int) -> bytes:
        data = self.reader.read(file, start, end)
        self.requests, self.bytes_read = self.requests + 1, self.bytes_read + len(data)
        return data


@dataclass(frozen=True)
class FolderReader:
    """Reads the safetensors files of a folder; pipes and devices are none."""

    folder: Path

    def files(self) -> dict[str, int | None]:
        """Return the files and their sizes."""
        names = _weight_files(path.name for path in self.folder.iterdir() if path.is_file())
        return {name: (self.folder / name).stat().st_size for name in names}

    def read(self, file: str, start: int, end: int) -> bytes:
        """Return bytes of a file."""
        with (self.folder / file).open("rb") as source:
            source.seek(start)
            return source.read(end - start)


@dataclass(frozen=True)
class HubReader:
    """Reads safetensors files of the Hub by ranges, and neither config.json nor a whole file."""

    client: HubClient
    model: str
    sha: str
    sizes: Mapping[str, int | None]

    def files(self) -> Mapping[str, int | None]:
        """Return the files and their sizes."""
        return {name: self.sizes[name] for name in _weight_files(self.sizes)}

    def read(self, file: str, start: int, end: int) -> bytes:
        """Return bytes of a file.

        Raises:
            WeaklinkError: The Hub does not hand them out.
        """
        address = f"{self.client.endpoint}/{quote(self.model)}/resolve/{self.sha}/{quote(file)}"
        try:
            reply = self.client.get(address, limit=end - start, span=(start, end))
        except Unreachable as error:
            raise _unreadable(self.model, str(error)) from error
        if reply.status != _PARTIAL and not (reply.status == _WHOLE and start == 0):
            raise _unreadable(self.model, f"{file} was answered with status {reply.status}")
        return reply.body


@dataclass(frozen=True)
class MemoryReader:
    """Hands out tensors that are in memory, as safetensors would."""

    data: bytes

    def files(self) -> dict[str, int | None]:
        """Return the one file."""
        return {"model.safetensors": len(self.data)}

    def read(self, file: str, start: int, end: int) -> bytes:  # noqa: ARG002 - there is one file
        """Return bytes of it."""
        return self.data[start:end]


def open_weights(model: str, client: HubClient | None = None, *, pickled: bool = False) -> Weights:
    """Open a model's weights, in a local folder or on the Hub (``ID`` or ``ID@REVISION``).

    Args:
        model: The folder or id.
        client: Asks the Hub; needed for an id.
        pickled: Whether ``pytorch_model.bin`` may be fetched whole where there is no safetensors
            file. It is unpickled without running any code of it.

    Raises:
        WeaklinkError: The model is nowhere, or has no weights that can be read.
    """
    folder = user_path(model)
    if model and folder.is_dir():
        reader = FolderReader(folder)
        if reader.files():
            return Weights(model, reader).open()
        return unpickled(model, folder / "pytorch_model.bin", pickled=pickled)
    name, _, revision = model.partition("@")
    if client is None or not is_hub_id(name):
        named = model or "An empty name"
        raise WeaklinkError(f"{named} is neither a folder nor an id on the Hub.", "Check it.")
    try:
        record = fetch_record(client, name, revision=revision or None, sizes=True)
    except Unreachable as error:
        raise _unreadable(model, str(error)) from error
    if record is None:
        raise _unreadable(model, "the Hub has no such model, or it is gated")
    hub = HubReader(client, record.id, record.sha, record.files)
    if hub.files():
        return Weights(model, hub, created=record.created).open()
    if not pickled or "pytorch_model.bin" not in record.files:
        raise _no_weights(model)
    from huggingface_hub import hf_hub_download

    from weaklink.guards.hub_client import check_hub_answers

    check_hub_answers()
    path = hf_hub_download(record.id, "pytorch_model.bin", revision=record.sha)
    weights = unpickled(model, Path(path), pickled=True)
    weights.created = record.created
    return weights


def _weight_files(names: Iterable[str]) -> list[str]:
    """Return the safetensors files of the model itself, of several forms the first."""
    listed = sorted(n for n in names if n.endswith(".safetensors") and "/" not in n)
    for stem in _WEIGHTS:
        if f"{stem}.safetensors" in listed:
            return [f"{stem}.safetensors"]
        if shards := [n for n in listed if n.startswith(f"{stem}-")]:
            return shards[:MOST_FILES]
    return []


def unpickled(model: str, path: Path, *, pickled: bool) -> Weights:
    """Return the weights of a pickle, read as a plain table of tensors: no code of it runs.

    Raises:
        WeaklinkError: If there is no such file, pickles are not wanted, or it holds other things.
    """
    if not path.is_file() or not pickled:
        raise _no_weights(model)
    import torch
    from safetensors.torch import save

    try:
        check_archive(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
        check_tensors(state, path)
        tensors = {n: t.contiguous().clone() for n, t in state.items() if torch.is_tensor(t)}
    except Exception as error:  # whatever a pickle makes of itself
        raise _unreadable(model, f"{path.name} is not a plain table of tensors") from error
    weights = Weights(model, MemoryReader(save(tensors))).open()
    weights.bytes_read = path.stat().st_size
    return weights


def adapter_base(weights: Weights) -> str | None:
    """Return the base that an adapter's own configuration names."""
    try:
        text = weights.reader.read("adapter_config.json", 0, 100_000)
        named = json.loads(text).get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError, KeyError, WeaklinkError):
        return None
    return named if isinstance(named, str) else None


def _no_weights(model: str) -> WeaklinkError:
    return WeaklinkError(
        f"{model} has no safetensors weights.",
        "Allow its pytorch_model.bin to be fetched whole with --fetch-bin, if it has one.",
    )


def _unreadable(model: str, why: str) -> WeaklinkError:
    return WeaklinkError(
        f"The weights of {model} cannot be read: {why}.", "Check its id and the network."
    )
