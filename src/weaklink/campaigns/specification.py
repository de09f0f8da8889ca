"""What an audit is asked to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from weaklink.engine import Settings
from weaklink.measures import Bounds


class Specification(Settings):
    """Everything that an audit needs to know. Every field but the first has a default.

    Names are those of the command line's options; see ``weaklink audit --help``.
    """

    downstream: str
    """Hub id (``owner/model@revision``), local folder, or ``package.module:function``."""
    upstream: str | None = None
    """What the downstream was fine-tuned from, likewise; None: no chain is measured."""
    data: str = "rotten_tomatoes"
    """Built-in data set, or a CSV, TSV, JSON Lines or Parquet file."""
    text_column: str | None = None
    label_column: str | None = None
    replay: Path | None = None
    """Stored vulnerable samples to try in the place of data and attacks."""
    store: Path = Path("audit.db")
    bounds: Bounds = Bounds()
    """Within which an adversarial text is valid; no effect on outcomes."""
    refuse_warnings: bool = False
    """Whether a trust warning ends the audit before any attack."""

    @classmethod
    def make(cls, **options: Any) -> Specification:  # noqa: ANN401
        """Return the specification with the given options.

        Raises:
            WeaklinkError: An option is unknown or its value is not allowed.
        """
        return cls.checked(options, "Option", "See `weaklink audit --help`.")
