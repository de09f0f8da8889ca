"""What a hardened model says of how it was made, beside its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from weaklink.errors import WeaklinkError
from weaklink.validation import read_model

FILE_NAME = "hardening.json"


class HardeningCard(BaseModel):
    """How a model was hardened."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    defence: str
    paper: str
    base: str
    """The model that it started from."""
    data: str
    samples: int
    """Unaltered samples that it was trained on."""
    adversarial: int
    """Stored adversarial texts that it was trained on."""
    made: int
    """Adversarial texts that were found while it was trained."""
    attacks: tuple[str, ...]
    """The attacks of both."""
    learnt_on: str | None
    """The model whose vulnerable samples it was trained on; None if on none."""
    settings: dict[str, Any]
    accuracy: float
    """On held-out samples."""
    held_out: int


def write_hardening(folder: Path, card: HardeningCard) -> None:
    """Write how the model in a folder was hardened."""
    (folder / FILE_NAME).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_hardening(folder: Path) -> HardeningCard:
    """Read how the model in a folder was hardened.

    Raises:
        WeaklinkError: It does not say, or not so that it can be read.
    """
    path, remedy = folder / FILE_NAME, "Give a folder that `weaklink harden` made."
    missing = WeaklinkError(f"{folder} holds no hardened model.", remedy)
    return read_model(path, HardeningCard, missing, WeaklinkError(f"{path} is damaged", remedy))
