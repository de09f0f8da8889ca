"""Progress in notebooks: a bar for each phase, and the rates so far below them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from weaklink.progress import Progress, Silent
from weaklink.text import visible

_LONGEST = 300
"""Characters of a line that are shown."""


def default_progress() -> Progress:
    """Return bars in a notebook, and silence elsewhere."""
    return Bars() if is_notebook() else Silent()


def is_notebook() -> bool:
    """Return whether a kernel of Jupyter runs this code."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and "IPKernelApp" in shell.config


class Bars:
    """Shows bars as widgets where ipywidgets is installed, otherwise as text."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._shown: Any = None

    def begin(self, phase: str, total: int | None = None) -> None:
        """End the bar of the phase before, and begin one."""
        self._end()
        self._bar = _tqdm()(total=total, desc=visible(phase[:_LONGEST]), file=sys.stdout)

    def advance(self, steps: int = 1) -> None:
        """Move the bar. It ends with its last step, as nobody says that all phases have ended."""
        if self._bar is not None:
            self._bar.update(steps)
            if self._bar.total is not None and self._bar.n >= self._bar.total:
                self._end()

    def tell(self, line: str) -> None:
        """Print a line."""
        print(visible(line[:_LONGEST]))  # noqa: T201 - what a cell prints is its output

    def show(self, lines: Sequence[str]) -> None:
        """Show lines in one place, which the next ones replace."""
        from IPython.display import display

        text = "\n".join(visible(line[:_LONGEST]) for line in lines)
        if self._shown is None:
            self._shown = display({"text/plain": text}, raw=True, display_id=True)
        else:
            self._shown.update({"text/plain": text}, raw=True)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _tqdm() -> Any:  # noqa: ANN401 - widgets if they can be shown
    return import_module("tqdm.notebook" if find_spec("ipywidgets") else "tqdm").tqdm
