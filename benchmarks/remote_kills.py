"""Kill the audit of a remote model at ten random moments, and count what was asked twice.

A server on loopback answers as Text Embeddings Inference does and fails one request in five. It
tells which texts it answered. The run ends with the number of texts that were asked more often
than the trust check asks them (once more for each sample), and with outcomes that are errors.

    python benchmarks/remote_kills.py [--kills 10] [--samples 20]
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.victims.remote.servers import Server, tei

from weaklink.store import Status, open_store

_PROGRAM = "from weaklink.cli.app import main; main()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    draw = random.Random(asked.seed)  # noqa: S311 - moments of kills
    with TemporaryDirectory() as folder, Server(tei, every=5) as server:
        command = [
            sys.executable, "-c", _PROGRAM, "audit", f"tei:{server.address}",
            "--data", "rotten_tomatoes", "--samples", str(asked.samples),
            "--attacks", "pwws,scpn", "--repetitions", "1",
            "--language-model", "none", "--references", "none",
        ]  # fmt: skip
        kills = 0
        while kills < asked.kills:
            before = server.requests
            process = subprocess.Popen(
                command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            while server.requests < before + draw.randrange(20, 120) and process.poll() is None:
                time.sleep(0.02)
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with open_store(Path(folder) / "audit.db", create=False) as store:
            outcomes = list(store.outcomes())
        samples = {outcome.original_text for outcome in outcomes}
        again = {
            text: count - 1 - (text in samples)
            for text, count in server.texts.items()
            if count > 1 + (text in samples)
        }
        told = {
            "kills": kills,
            "texts": len(server.texts),
            "requests": server.requests,
            "asked_again": sum(again.values()),
            "outcomes": len(outcomes),
            "errors": sum(one.status is Status.ERROR for one in outcomes),
        }
        print(json.dumps(told))


if __name__ == "__main__":
    main()
