"""Progress on the terminal: the phase, the rate and the time left."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
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
from weaklink.text.spans import span

_LONGEST = 300
"""Characters of a phase that are shown."""
_PACE_SECONDS = 180.0
"""What the time left is estimated from: attempts end in bursts, and machines are busy at times."""
_SILENCE = 30.0
"""Seconds between lines where there is no terminal."""


class _Rate(ProgressColumn):
    """Steps a second, or a minute where that is less than one."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed or task.total is None:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed >= 1 else f"{speed * 60:.1f}/min")


class _BarsWithLines(Bars):
    """Bars with lines below them."""

    lines: Sequence[str] = ()

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return the bars, then the lines."""
        yield from super().get_renderables()
        yield from (Text(line) for line in self.lines)


class Terminal:
    """Shows one bar for each phase on standard error; the bars of ended phases stay.

    Use it as a context manager. Where standard error is not a terminal, it writes one line for each
    phase instead, and how far it is every half minute.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars = _BarsWithLines(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            get_time=time.monotonic,
            speed_estimate_period=_PACE_SECONDS,
        )
        self._task: TaskID | None = None
        self._said = time.monotonic()

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
            self._console.print(
                phase if total is None else f"{phase} ({total})", markup=False, highlight=False
            )

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bars.advance(self._task, steps)
            if not self._console.is_terminal and self._is_due():
                known = self._bars.lines
                for line in (_line(self._bars.tasks[self._task], left=not known), *known):
                    self._print(line)

    def tell(self, line: str) -> None:
        """Write a line above the bars."""
        self._print(line)

    def show(self, lines: Sequence[str]) -> None:
        """Show lines below the bars; without a terminal, every half minute at most."""
        self._bars.lines = [visible(line[:_LONGEST]) for line in lines]
        if not self._console.is_terminal and self._is_due():
            for line in lines:
                self._print(line)

    def _is_due(self) -> bool:
        """Return whether half a minute has passed since this was last true."""
        due = time.monotonic() - self._said >= _SILENCE
        if due:
            self._said = time.monotonic()
        return due

    def _print(self, line: str) -> None:
        self._console.print(visible(line[:_LONGEST]), markup=False, highlight=False, soft_wrap=True)

    def _end(self) -> None:
        if self._task is not None:
            done = self._bars.tasks[self._task].completed
            self._bars.update(self._task, total=max(1, done), completed=max(1, done))
            self._task = None


def _line(task: Task, *, left: bool) -> str:
    """Return how far a phase is, as a line, with the time left if that is asked for."""
    if not task.total:
        return f"{task.description}: {task.completed:,.0f}"
    done = f"{task.description}: {task.completed:,.0f} of {task.total:,.0f}"
    if not left or task.time_remaining is None:
        return done
    return f"{done}, {span(task.time_remaining)} left"
