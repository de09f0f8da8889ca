"""Files of pickled weights: none holds more than it is long."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

_SLACK = 1_000_000
"""Bytes of tensors that a file may have beyond its own, such as one number for a whole row."""


class InflatedWeights(Exception):  # noqa: N818 - what it says of a file
    """A file of weights would take far more memory than disk."""


def check_archive(path: Path) -> None:
    """Refuse an archive whose parts are compressed, as ``torch.save`` never does.

    Raises:
        InflatedWeights: It holds more than it is long.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        whole = sum(part.file_size for part in archive.infolist())
    if whole > path.stat().st_size:
        raise InflatedWeights(f"{path.name} unpacks to {whole:,} bytes")


def check_tensors(state: Any, path: Path) -> None:  # noqa: ANN401 - whatever a pickle holds
    """Refuse tensors that repeat a few stored numbers.

    Args:
        state: What the file holds, its tensors on any device.
        path: The file.

    Raises:
        InflatedWeights: A tensor is larger than the file.
    """
    import torch

    most = path.stat().st_size + _SLACK
    for one in state.values() if isinstance(state, dict) else ():
        if isinstance(one, torch.Tensor) and one.numel() * one.element_size() > most:
            raise InflatedWeights(f"a tensor of {path.name} is larger than the file")
