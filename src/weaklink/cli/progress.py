"""Progress on the terminal: the phase, the rate and the time left."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from weaklink.text import visible

_LONGEST = 300
"""Characters of a phase that are shown."""


class _Rate(ProgressColumn):
    """Steps a second, or a minute where that is less than one."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed or task.total is None:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed >= 1 else f"{speed * 60:.1f}/min")


class Terminal:
    """Shows one bar for each phase on standard error; the bars of ended phases stay.

    Use it as a context manager. Where standard error is no terminal, it writes one line for each
    phase instead.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._end()
        self._bars.stop()

    def begin(self, phase: str, total: int | None = None) -> None:
        """Show the phase, and end the one before."""
        self._end()
        phase = visible(phase[:_LONGEST])
        self._task = self._bars.add_task(phase, total=total)
        if not self._console.is_terminal:
            self._console.print(phase if total is None else f"{phase} ({total})", markup=False)

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bars.advance(self._task, steps)

    def _end(self) -> None:
        if self._task is not None:
            done = self._bars.tasks[self._task].completed
            self._bars.update(self._task, total=max(1, done), completed=max(1, done))
            self._task = None
