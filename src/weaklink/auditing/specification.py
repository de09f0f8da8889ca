"""What an audit is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from weaklink.errors import WeaklinkError
from weaklink.resources.encoder import DEFAULT_ENCODER

DEFAULT_ATTACKS = ("textfooler", "pwws", "textbugger", "hotflip")


class Specification(BaseModel):
    """Everything that an audit needs to know. Every field but the first has a default.

    Names are those of the command line's options; see ``weaklink audit --help``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    downstream: str
    """Hub id (``owner/model@revision``), local folder, or ``package.module:function``."""
    upstream: str | None = None
    """What the downstream was fine-tuned from, likewise; None: no chain is measured."""
    data: str = "rotten_tomatoes"
    """Built-in data set, or a CSV, TSV, JSON Lines or Parquet file."""
    split: str = "train"
    text_column: str | None = None
    label_column: str | None = None
    samples: int = Field(100, ge=1)
    seed: int = Field(0, ge=0, lt=2**63)
    unseen: bool = False
    """Draw only samples that no victim was trained on, as ``weaklink finetune`` recorded."""
    attacks: tuple[str, ...] = DEFAULT_ATTACKS
    parameters: Mapping[str, Mapping[str, Any]] = {}
    """Parameters of attacks by name, where they differ from the defaults."""
    repetitions: int | None = Field(None, ge=1)
    """How often each sample is attacked; None: each attack's own default."""
    target: str | None = None
    """Label that attacks aim at; None: any but the victim's own prediction."""
    max_queries: int | None = Field(None, ge=1)
    """Queries that an attempt may ask; None: no bound."""
    store: Path = Path("audit.db")
    encoder: str = DEFAULT_ENCODER
    """Sentence encoder that similarity is measured with."""
    device: str = "auto"
    precision: Literal["float32", "bf16"] = "float32"
    width: int = Field(64, ge=1)
    """Attempts alive at once; no effect on outcomes."""
    refuse_warnings: bool = False
    """Whether a trust warning ends the audit before any attack."""
    allow_pickle: bool = False
    trust_remote_code: bool = False

    @classmethod
    def make(cls, **options: Any) -> Specification:  # noqa: ANN401
        """Return the specification with the given options.

        Raises:
            WeaklinkError: An option is unknown or its value is not allowed.
        """
        try:
            return cls(**options)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            raise WeaklinkError(
                f"Option {name} = {first['input']!r} is not allowed: {first['msg']}.",
                "See `weaklink audit --help`.",
            ) from error
