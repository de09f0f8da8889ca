"""Kill every kind of run at random moments, let it go on, and compare it with one that was not.

Every kind of run is killed by ``kill -9`` at moments drawn over the whole length of the run, and is
started again each time until it ends. Then all that it left is compared with what an uninterrupted
run in another folder left: lost and different entries, entries that are there twice, and requests
that a server got again. Only requests under way at a kill may be sent again. Models are toys or
tiny and random, servers are on loopback, and nothing needs a file of others.

    python -m benchmarks.kills [--kills 200] [--jobs 1] [--seed 0] [--kinds ...] [--json FILE]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}

import argparse
import json
import multiprocessing
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from http.server import ThreadingHTTPServer
from itertools import count, takewhile
from multiprocessing.connection import wait
from tempfile import TemporaryDirectory
from threading import Lock
from typing import NamedTuple

import polars as pl
import torch
from huggingface_hub import constants
from tests.campaigns.studies.killable_study import LATE, study, timeless, toys, write_toy_report
from tests.campaigns.studies.small_study import HERE, specification, write_data
from tests.hub.fake_hub import FakeHub, model
from tests.lineage import lineage_snapshots as made
from tests.lineage.fake_llm import FakeLlm, answer
from tests.victims.remote.servers import Server, hub, tei
from tests.victims.tiny import save_tiny

from weaklink.campaigns.run import run
from weaklink.campaigns.specification import Specification
from weaklink.data.splits import Split
from weaklink.hub import Snapshot
from weaklink.hub.collect import collect
from weaklink.hub.listing import ModelQuery
from weaklink.lineage import EdgeTable
from weaklink.lineage.build import build
from weaklink.lineage.llm import LlmReader
from weaklink.llm import Endpoint
from weaklink.progress import Silent
from weaklink.store import Store, open_store
from weaklink.store.studies import study_of_audit
from weaklink.training.checkpoint import Checkpoint
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe
from weaklink.training.hardening.harden import Hardening, harden

PAUSE = 0.005
"""Seconds before each outcome and each answer, so that kills find runs at work."""
WORKERS = 2
CARDS = 40
RECIPE = Recipe(epochs=2, learning_rate=1e-3, batch_size=8, max_length=16, device="cpu")
QUOTE = "What roberta-base had learnt lives on in ours."
CLAIM = {"model": "roberta-base", "relation": "finetune", "quote": QUOTE}

Entries = list[tuple[str, str]]
"""What a run left: names, and digests or values."""


class Served(NamedTuple):
    """Servers of a run: their addresses, and how often each thing was asked of them."""

    addresses: tuple[str, ...] = ()
    asked: tuple[Counter[str], ...] = ()


@contextmanager
def _nobody() -> Iterator[Served]:
    yield Served()


class Kind(NamedTuple):
    """A kind of run.

    Attributes:
        run: Begins it or goes on with it in the current folder, given shared inputs and addresses.
        left: Returns what it left in a folder.
        served: Its servers.
        under_way: Most things asked for at once, which a kill may cause to be asked again.
    """

    run: Callable[[Path, tuple[str, ...]], None]
    left: Callable[[Path], Entries]
    served: Callable[[], AbstractContextManager[Served]] = _nobody
    under_way: int = 0


def _audit(shared: Path, _: tuple[str, ...]) -> None:
    models = toys()
    spec = Specification.of_audit(
        f"{HERE}:downstream", f"{HERE}:upstream", data=str(shared / "data.csv"), samples=12,
        attacks=("pwws", "textbugger", "textfooler"), repetitions=2, language_model=None,
        references=(), store=Path("audit.db"),
    )  # fmt: skip
    with open_store(spec.store) as store:
        run(spec, store, Silent(), strict=True, models=models)
    write_toy_report(Path("report"), study_of_audit(spec.store))


def _study(shared: Path, _: tuple[str, ...]) -> None:
    step = {"data": str(shared / "data.csv"), "samples": 14, "max_length": 16}
    spec = specification(
        shared / "data.csv",
        models=[f"{HERE}:single"],
        chains=[{"models": ["first", "second"]}],
        finetuned=[
            step | {"name": "first", "base": str(shared / "tiny")},
            step | {"name": "second", "base": "first", "seed": 1},
        ],
    )
    study(Path("study"), spec, report=True)


def _replay(shared: Path, _: tuple[str, ...]) -> None:
    spec = Specification(
        replay=shared / "stored.parquet", language_model=None, references=(),
        models=(f"{HERE}:single",),
        chains=({"models": [f"{HERE}:upstream", f"{HERE}:downstream"]},),
    )  # fmt: skip
    study(Path("study"), spec, report=True)


def _remote(shared: Path, addresses: tuple[str, ...]) -> None:
    chain = [f"tei:{addresses[0]}", f"hf:owner/toy@{addresses[1]}"]
    spec = specification(shared / "data.csv", models=[], samples=8, chains=[{"models": chain}])
    study(Path("study"), spec, report=True)


def _opinions(size: int = 120) -> Split:
    draw = random.Random(1)  # noqa: S311 - the same texts each time
    gold = [draw.randrange(2) for _ in range(size)]
    texts = [f"{' '.join(draw.choices(['the', 'a', 'film', 'is'], k=4))} {('bad', 'good')[one]} {i}"
             for i, one in enumerate(gold)]  # fmt: skip
    return Split("opinions", "here", "train", ("negative", "positive"), texts, gold)


def _training(shared: Path, _: tuple[str, ...]) -> None:
    if not Path("model").exists():  # else it was killed when all was done
        finetune(str(shared / "tiny"), _opinions(), Path("model"), recipe=RECIPE)


def _hardening(shared: Path, _: tuple[str, ...]) -> None:
    if not Path("model").exists():
        how = Hardening(defence="freelb", recipe=RECIPE)
        harden(str(shared / "tiny"), _opinions(), Path("model"), how)


def _collection(_: Path, addresses: tuple[str, ...]) -> None:
    constants.ENDPOINT = addresses[0]
    under_way, done = (any(Path().glob(one)) for one in (".collecting-*", "text-classification-*"))
    if under_way or not done:
        collect(ModelQuery(task="text-classification"), Path(), workers=WORKERS)


def _lineage(shared: Path, addresses: tuple[str, ...]) -> None:
    if Path("edges").exists():
        return
    snapshot = Snapshot.open(shared / "snapshot")
    endpoint = Endpoint("fake", addresses[0], "key", timeout=60, retries=0)
    reader = LlmReader(snapshot, endpoint, Path("answers.sqlite"), concurrency=WORKERS)
    build(snapshot, Path("edges"), reader=reader)


def _outcomes_and_files(folder: Path) -> Entries:
    (store,) = [*folder.glob("audit.db"), *folder.glob("study/study.db")]
    with open_store(store, create=False) as opened:
        entries = [(f"outcome {one.key}", repr(one)) for one in opened.outcomes()]
    report = store.parent if store.name == "study.db" else folder / "report"
    shown = [*report.glob("[!.]*.json"), report / "report.html", *report.glob("tables/[!.]*")]
    return entries + [(one.name, timeless(one).decode("utf-8", "replace")) for one in shown]


def _trained(folder: Path) -> Entries:
    entries = [(one.name, _digest(one)) for one in folder.glob("model/[!R]*") if one.is_file()]
    card = (folder / "model/README.md").read_text().splitlines()
    return [*entries, ("card", "\n".join(one for one in card if not one.startswith("| time |")))]


def _collected(folder: Path) -> Entries:
    entries = []
    for one in folder.glob("text-classification-*"):
        snapshot = Snapshot.open(one)
        manifest = snapshot.manifest.model_dump_json(exclude={"started", "finished"})
        tables = {"models": snapshot.models, "cards": snapshot.cards}
        rows = [(f"{table} {row[0]}", repr(row)) for table, frame in tables.items()
                for row in frame.collect().iter_rows()]  # fmt: skip
        entries += [("manifest", manifest), *rows]
    return entries


def _edges(folder: Path) -> Entries:
    table = EdgeTable.open(folder / "edges")
    rows = table.frame.collect().iter_rows(named=True)
    manifest = table.manifest.model_dump_json(exclude={"llm", "created"})
    return [("manifest", manifest)] + [(f"{row['downstream']} {row['upstream']}", repr(row))
                                       for row in rows]  # fmt: skip


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@contextmanager
def _classifiers() -> Iterator[Served]:
    with Server(tei) as first, Server(hub, every=5) as second:
        yield Served((first.address, second.address), (first.texts, second.texts))


@contextmanager
def _a_hub() -> Iterator[Served]:
    models = [model(1 + i % 28, f"a/m{i}", f"# Model {i}".encode()) for i in range(CARDS)]
    with FakeHub(models, page=5, watch=lambda _: time.sleep(PAUSE)) as server:
        yield Served((server.address,), (server.requests,))


@contextmanager
def _an_llm() -> Iterator[Served]:
    asked = Counter[str]()

    def reply(body: dict[str, object]) -> object:
        asked[json.dumps(body["messages"])] += 1
        time.sleep(PAUSE)
        return answer(json.dumps({"upstreams": [CLAIM]}))

    server = FakeLlm(reply)
    try:
        yield Served((server.url,), (asked,))
    finally:
        server.close()


KINDS = {
    "audit": Kind(_audit, _outcomes_and_files),
    "study": Kind(_study, _outcomes_and_files),
    "replay": Kind(_replay, _outcomes_and_files),
    "training": Kind(_training, _trained),
    "hardening": Kind(_hardening, _trained),
    "collection": Kind(_collection, _collected, _a_hub, WORKERS),
    "lineage": Kind(_lineage, _edges, _an_llm, WORKERS),
    "remote": Kind(_remote, _outcomes_and_files, _classifiers, 8 * 4),
}


def write_inputs(shared: Path) -> None:
    """Write what all runs read: data, texts to replay, a tiny model, a snapshot."""
    write_data(shared / "data.csv")
    rows = [(f"a good film, {attack} {i}", "positive", attack, f"a slow film, {attack} {i}")
            for attack in ("pwws", "textfooler") for i in range(40)]  # fmt: skip
    names = ["original_text", "gold_label", "attack", "adversarial_text"]
    pl.DataFrame(rows, schema=names, orient="row").write_parquet(shared / "stored.parquet")
    save_tiny(shared / "tiny")
    cards = {f"a/m{i}": f"# Spam {i}\n\n{QUOTE}" for i in range(CARDS)}
    made.snapshot(shared / "snapshot", [made.model(name) for name in cards], cards)


@dataclass
class Tally:
    """What became of the runs of a kind.

    Attributes:
        kills: Kills while it ran.
        runs: Runs that ended and were compared.
        failed: Runs that ended with an error.
        lost: Entries of the uninterrupted run that were missing.
        doubled: Entries there twice, and requests beyond those under way at a kill.
        different: Entries that differ, or that the uninterrupted run has not.
        entries: Entries that were compared.
        again: Requests sent again.
        seconds: How long the uninterrupted runs took.
        moments: When it was killed, as shares of the uninterrupted run's length.
        named: The entries that were lost or different, and where.
    """

    kills: int = 0
    runs: int = 0
    failed: int = 0
    lost: int = 0
    doubled: int = 0
    different: int = 0
    entries: int = 0
    again: int = 0
    seconds: float = 0.0
    moments: list[float] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another's counts."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def fine(self) -> bool:
        """Whether every run left what an uninterrupted one leaves."""
        return not (self.failed or self.lost or self.doubled or self.different)


@dataclass
class Case:
    """A few kills of one kind, with servers of its own, and an uninterrupted run beside them."""

    name: str
    shared: Path
    root: Path
    draw: random.Random

    def follow(self, kills: int) -> Tally:
        """Kill so many times, run until it ends, and compare."""
        with KINDS[self.name].served() as served:
            self._served, self._folders, tally = served, count(), Tally()
            whole, began = self._folder(), time.monotonic()
            if self._process(whole, None) != 0:
                raise RuntimeError((whole / "said").read_text())
            tally.seconds, wanted = time.monotonic() - began, self._found(whole)
            while True:
                killed = self._run(tally.seconds, kills, tally)
                tally.runs += 1
                self._compare(wanted, killed, tally)
                if tally.kills == kills:
                    return tally

    def _run(self, length: float, kills: int, tally: Tally) -> tuple[Path, int] | None:
        folder, before = self._folder(), tally.kills
        while True:
            share = self.draw.random()
            ended = self._process(folder, share * length if tally.kills < kills else None)
            if ended is not None:
                break
            tally.kills += 1
            tally.moments.append(round(share, 3))
        if ended != 0:
            tally.failed += 1
            print(f"{self.name}: {(folder / 'said').read_text()}", file=sys.stderr)
            return None
        return folder, tally.kills - before

    def _folder(self) -> Path:
        for asked in self._served.asked:
            asked.clear()
        folder = self.root / str(next(self._folders))
        folder.mkdir(parents=True)
        return folder

    def _process(self, folder: Path, moment: float | None) -> int | None:
        """Run in a process of its own; return its status, or None if it was killed."""
        arguments = self.name, self.shared, folder, self._served.addresses
        process = PROCESSES.Process(target=_child, args=arguments)
        with _ONE_AT_A_TIME:
            process.start()
        late = not wait([process.sentinel], moment)
        if late:
            process.kill()
            wait([process.sentinel])
        with _ONE_AT_A_TIME:
            process.join()
        return None if late and process.exitcode == -signal.SIGKILL else process.exitcode

    def _found(self, folder: Path) -> tuple[Entries, Counter[str]]:
        asked = [(f"{i} {what}", n) for i, one in enumerate(self._served.asked)
                 for what, n in one.items()]  # fmt: skip
        return KINDS[self.name].left(folder), Counter(dict(asked))

    def _compare(
        self, wanted: tuple[Entries, Counter[str]], killed: tuple[Path, int] | None, tally: Tally
    ) -> None:
        if killed is None:
            return
        folder, kills = killed
        (theirs, asked), (ours, asked_again) = wanted, self._found(folder)
        left, known = dict(ours), dict(theirs)
        again = (asked_again - asked).total()
        lost = known.keys() - left.keys()
        different = [name for name, value in left.items() if known.get(name) != value]
        tally.entries += len(theirs)
        tally.lost += len(lost)
        tally.different += len(different)
        tally.named += [*lost, *(_where(one, left[one], known.get(one, "")) for one in different)]
        tally.again += again
        tally.doubled += len(ours) - len(left) + max(0, again - kills * KINDS[self.name].under_way)


PROCESSES = multiprocessing.get_context("forkserver")
_ONE_AT_A_TIME = Lock()
"""Starting a process asks all others how they are, whose answers one thread may read."""
PROCESSES.set_forkserver_preload(["__main__", *LATE])


def _child(name: str, shared: Path, folder: Path, addresses: tuple[str, ...]) -> None:
    """Run in a folder, and leave what went wrong in the file ``said``."""
    os.chdir(folder)
    torch.set_num_threads(1)
    put = Store.put
    Store.put = lambda *given: time.sleep(PAUSE) or put(*given)
    Checkpoint.save_if_due = Checkpoint.save
    try:
        KINDS[name].run(shared, addresses)
    except BaseException:
        Path("said").write_text(traceback.format_exc())
        raise


def _where(name: str, ours: str, theirs: str) -> str:
    """Return a name and what stands on both sides where two values begin to differ."""
    equal = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs)))  # noqa: B905
    start = max(0, equal - 40)
    return f"{name}: {ours[start : start + 120]} | {theirs[start : start + 120]}"


def _wait_for_imports() -> None:
    """Start a process that does nothing, so that later ones have what they import."""
    process = PROCESSES.Process(target=time.sleep, args=(0,))
    process.start()
    process.join()


def planned(kinds: Sequence[str], kills: int, each: int = 5) -> list[tuple[str, int]]:
    """Share kills among kinds, and each kind's among cases of at most ``each``."""
    cases = []
    for i, name in enumerate(kinds):
        left = kills // len(kinds) + (i < kills % len(kinds))
        cases += [(name, min(each, left - done)) for done in range(0, left, each)]
    return cases


def main() -> None:
    """Print the table; the status is 1 if a run left anything else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=[*KINDS])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    ThreadingHTTPServer.handle_error = lambda *_: None  # clients that are killed hang up
    tallies = {name: Tally() for name in asked.kinds}
    with TemporaryDirectory() as folder, ThreadPoolExecutor(asked.jobs) as pool:
        shared = Path(folder) / "shared"
        shared.mkdir()
        write_inputs(shared)
        _wait_for_imports()

        def follow(case: tuple[int, tuple[str, int]]) -> tuple[str, Tally]:
            number, (name, kills) = case
            draw = random.Random(f"{asked.seed} {number}")  # noqa: S311 - moments of kills
            return name, Case(name, shared, Path(folder) / str(number), draw).follow(kills)

        for name, tally in pool.map(follow, enumerate(planned(asked.kinds, asked.kills))):
            tallies[name].add(tally)
    columns = ["kills", "runs", "entries", "again", "failed", "lost", "doubled", "different"]
    print(f"| kind | {' | '.join(columns)} |\n| :-- |{' --: |' * len(columns)}")
    for name, tally in tallies.items():
        print(f"| {name} | {' | '.join(f'{getattr(tally, one):,}' for one in columns)} |")
    if asked.json:
        told = {"seed": asked.seed, "kinds": {name: asdict(one) for name, one in tallies.items()}}
        asked.json.write_text(json.dumps(told, indent=2) + "\n")
    sys.exit(0 if all(tally.fine for tally in tallies.values()) else 1)


if __name__ == "__main__":
    main()
