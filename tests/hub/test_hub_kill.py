"""A collection that is killed again and again ends as one that never was."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading

from weaklink.hub import Snapshot

from .fake_hub import small_hub

WORKERS = 2
COMMAND = [
    sys.executable, "-c", "from weaklink.cli.app import main; main()",
    "hub", "collect", "--workers", str(WORKERS), "--out",
]  # fmt: skip


def start(hub, out) -> subprocess.Popen:
    environment = os.environ | {"HF_ENDPOINT": hub.address, "HF_HUB_DISABLE_TELEMETRY": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [*COMMAND, str(out)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def finish(hub, out) -> Snapshot:
    process = start(hub, out)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    return Snapshot.open(next(out.glob("text-classification-*")))


def run_and_kill(hub, out, requests: int) -> bool:
    """Run the command, killing it when it makes its n-th request; return whether it was killed."""
    started = threading.Event()
    left = requests
    lock = threading.Lock()

    def watch(_: str) -> None:
        nonlocal left
        started.wait()
        with lock:
            left -= 1
            if left == 0:
                process.send_signal(signal.SIGKILL)
                process.wait()

    hub.watch = watch
    process = start(hub, out)
    started.set()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_killed_at_random_and_resumed_the_snapshot_is_the_same(tmp_path):
    with small_hub() as hub:
        whole = finish(hub, tmp_path / "whole")
        expected = hub.requests.copy()
        hub.requests.clear()
        chance = random.Random(1)
        kills = 0
        while run_and_kill(hub, tmp_path / "killed", requests=chance.randint(3, 9)):
            kills += 1
        assert kills >= 2
        killed = Snapshot.open(next((tmp_path / "killed").glob("text-classification-*")))
    varying = {"started", "finished"}
    assert killed.manifest.model_dump(exclude=varying) == whole.manifest.model_dump(exclude=varying)
    for name in ("models.parquet", "cards.parquet"):
        assert (killed.folder / name).read_bytes() == (whole.folder / name).read_bytes()
    assert set(hub.requests) == set(expected)
    repeated = hub.requests.total() - expected.total()
    assert repeated <= kills * WORKERS, "only what was under way at a kill is asked for again"
    assert not list((tmp_path / "killed").glob(".*")), "nothing is left over"
