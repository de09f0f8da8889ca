"""A study of toys, to be run in a process of its own and killed."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
from datetime import UTC, datetime
from fnmatch import fnmatch
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tests.campaigns.toys import Words, victim
from tests.engine.work import toy_models
from weaklink.campaigns import run_study
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.specification import Specification
from weaklink.engine.models import Models
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.report import drawing, write_report
from weaklink.store import Outcome, Store
from weaklink.store.studies import Study, read_study
from weaklink.testing.attacks import SUBSTITUTES
from weaklink.training import loop

LATE = (
    "altair",
    "statsmodels.stats.contingency_tables",
    "statsmodels.stats.multitest",
    "statsmodels.stats.proportion",
    "transformers.models.bert.modeling_bert",
)
"""What a study imports when it needs it, imported once for all processes."""


_MOMENT = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


class Death(NamedTuple):
    """Where the process is killed.

    Attributes:
        at: ``outcome``, once one is stored; ``step``, a step of training; else the name of a file
            or folder, as it is about to take its place, only half of it written.
        time: At which of these.
    """

    at: str
    time: int = 1


def study(
    folder: Path, spec: Specification, death: Death | None = None, *, report: bool = False
) -> None:
    """Run the study with words and models that need no files, and be killed where ``death`` is."""
    models = toys()
    if death is not None:
        _await(death)
    run_study(spec, folder, Silent(), models)
    if report:
        write_toy_report(folder, read_study(folder))


def toys() -> Models:
    """Put words that need no files in the place of lexicons, and return models like them.

    Attempts take no time, so that runs can be compared byte by byte.
    """
    put = Store.put
    Store.put = lambda store, outcome: put(store, dataclasses.replace(outcome, seconds=0.0))
    prepared.Lexicon = lambda *_, **__: Words(SUBSTITUTES)
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    return models


def write_toy_report(folder: Path, whole: Study) -> None:
    """Write a report without charts, which take long to draw, with figures of one moment."""
    drawing.all_charts = lambda *_: {}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    write_report(folder, whole, results(whole, Options(resamples=19, created=moment)))


def timeless(path: Path) -> bytes:
    """Return what a file holds, without the minute in which the specification was stored."""
    return _MOMENT.sub(b"then", path.read_bytes())


def _await(death: Death) -> None:
    """Kill the process where ``death`` is."""
    times = count(1)

    def reached(at: str) -> bool:
        return fnmatch(at, death.at) and next(times) == death.time

    put, step, replace, rename = Store.put, loop.take_step, Path.replace, Path.rename

    def put_and_die(store: Store, outcome: Outcome) -> None:
        put(store, outcome)
        if reached("outcome"):
            _die()

    def step_and_die(*arguments: object) -> None:
        step(*arguments)
        if reached("step"):
            _die()

    def die_or(move):
        def moved(partial: Path, target: Path) -> Path:
            if reached(Path(target).name):
                _halve(partial)
                _die()
            return move(partial, target)

        return moved

    Store.put, loop.take_step = put_and_die, step_and_die
    Path.replace, Path.rename = die_or(replace), die_or(rename)


def _halve(path: Path) -> None:
    """Leave the first half of a file's bytes, or of each file in a folder."""
    for file in path.iterdir() if path.is_dir() else [path]:
        os.truncate(file, file.stat().st_size // 2)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


upstream, downstream, single = map(victim, (-1.0, 1.0, 0.2))
