"""Processes that each run a study on a Ray cluster, and what they may kill."""

import multiprocessing
import os
import random
import signal
from dataclasses import dataclass, field
from pathlib import Path

from tests.campaigns.studies.small_study import specification
from tests.campaigns.toys import DRIVER, Words
from tests.engine.work import toy_models
from weaklink.campaigns import run_study
from weaklink.campaigns.prepare import data as prepared
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.store.leases import UNDER
from weaklink.testing.attacks import SUBSTITUTES

TOYS = "tests.campaigns.toys"


def spec(data, **changes):
    chain = {"models": [f"{TOYS}:upstream", f"{TOYS}:downstream"]}
    values = {"samples": 18, "repetitions": 5, "models": [f"{TOYS}:single"], "chains": [chain]}
    return specification(data, **(values | changes))


class Drivers:
    """Starts drivers from a process that has imported what they need."""

    def __init__(self):
        self.kind = multiprocessing.get_context("forkserver")
        self.kind.set_forkserver_preload(
            [__name__, "weaklink.campaigns.run", "weaklink.campaigns.defending.learning"]
        )

    def start(self, folder, asked, progress=None, store=None):
        arguments = folder, asked, progress or Silent(), store
        process = self.kind.Process(target=_drive, args=arguments)
        process.start()
        return process

    def run(self, *arguments):
        process = self.start(*arguments)
        process.join()
        return process.exitcode


def _drive(folder, asked, progress, store):
    os.environ[DRIVER] = str(os.getpid())
    prepared.Lexicon = lambda *_, **__: Words(SUBSTITUTES)
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    run_study(asked, folder, progress, models, store=store)
    assert len(getattr(progress, "killed", ())) == getattr(progress, "kills", 0)


@dataclass
class Killing(Silent):
    """Kills some of those that are at work, chosen at random, once outcomes come in."""

    store: str | Path
    kills: int
    killed: set[int] = field(default_factory=set)

    def advance(self, steps=1):
        if len(self.killed) < self.kills:
            with open_store(self.store) as store:
                owners = set(store.leases.owners().values())
            places = {int(owner.partition(UNDER)[0].split()[-2]) for owner in owners}
            alive = sorted(places - self.killed)  # the block of a killed one is its own for a while
            more = min(self.kills - len(self.killed), len(alive))
            for place in random.Random(1).sample(alive, more):
                os.kill(place, signal.SIGKILL)
                self.killed.add(place)


@dataclass
class Dying(Silent):
    """Kills its own process after some outcomes."""

    outcomes: int

    def advance(self, steps=1):
        self.outcomes -= steps
        if self.outcomes <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
