"""The state from which an interrupted training resumes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch

from weaklink.errors import WeaklinkError
from weaklink.files import whole_file


class Stateful(Protocol):
    """A network, an optimizer, or what else has a state of tensors and plain values."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> object:
        """Go back to a state."""


class RandomState:
    """Where torch's random generators are: on the CPU, and on the device that computes.

    Args:
        device: The device that computes.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def state_dict(self) -> dict[str, Any]:
        """Return where they are."""
        state = {"cpu": torch.get_rng_state()}
        if self._device.type != "cpu":
            state[self._device.type] = self._module.get_rng_state(*self._place)
        return state

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Put them back; one of a device that the state is not from stays as it is."""
        torch.set_rng_state(state_dict["cpu"])
        if self._device.type != "cpu" and self._device.type in state_dict:
            self._module.set_rng_state(state_dict[self._device.type], *self._place)

    @property
    def _module(self) -> Any:  # noqa: ANN401
        return torch.get_device_module(self._device)

    @property
    def _place(self) -> tuple[torch.device, ...]:
        """What the generator's functions are told: Apple's have one device only."""
        return () if self._device.type == "mps" else (self._device,)


class Checkpoint:
    """A file with the state of several parts; pickles are never read (``weights_only``).

    Args:
        path: The file.
        parts: All that changes while training goes on, by name.
        every: Seconds from one ``save_if_due`` that saves to the next.
    """

    def __init__(self, path: Path, parts: Mapping[str, Stateful], every: float = 180.0) -> None:
        self._path = path
        self._parts = parts
        self._every = every
        self._saved = time.monotonic()

    def restore(self) -> bool:
        """Bring all parts to the state in the file; return whether there is one.

        Raises:
            WeaklinkError: The file is damaged.
        """
        if not self._path.is_file():
            return False
        try:
            state = torch.load(self._path, map_location="cpu", weights_only=True)
            for name, part in self._parts.items():
                part.load_state_dict(state[name])
        except Exception as error:
            raise WeaklinkError(
                f"The checkpoint {self._path} cannot be read: {error}.",
                "Delete it; training then starts again.",
            ) from error
        return True

    def save(self) -> None:
        """Write the file in one step."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(self._path) as partial:
            torch.save({name: part.state_dict() for name, part in self._parts.items()}, partial)
        self._saved = time.monotonic()

    def save_if_due(self) -> None:
        """Save if the last time is long enough ago."""
        if time.monotonic() - self._saved >= self._every:
            self.save()


@contextmanager
def work_folder(root: Path, digest: str) -> Iterator[Path]:
    """Yield a training's folder inside ``root``, which need not exist; another has another.

    ``root`` goes when the training is done, and with it what other trainings left there. It stays
    when the training is interrupted.

    Args:
        root: A folder for trainings of one name.
        digest: Digest of all that the trained weights depend on.
    """
    yield root / digest[:16]
    shutil.rmtree(root, ignore_errors=True)
