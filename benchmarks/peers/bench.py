"""weaklink, TextAttack and OpenAttack on one victim, the same samples and the same resources.

    python benchmarks/peers/bench.py MODEL [--samples 100] [--rounds 3] [--data rotten_tomatoes]

Each tool runs in an environment and a process of its own, in turns, and every ratio is taken
within a round. The README says what is shared, what is patched in a peer, and why.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments import environment, packages
from table import markdown, ratios

from resources import encoder_folder, write_resources
from weaklink.resources.cache import digest_of_file, digest_of_folder
from weaklink.resources.datasets import load_split

HERE = Path(__file__).parent
WARM_UP = 3
STOCK_LENGTH = 512


@dataclass(frozen=True)
class Entrant:
    """A tool as it is run, with what of a job is its own."""

    name: str
    tool: str
    attacks: tuple[str, ...]
    settings: dict[str, Any]


def entrants() -> list[Entrant]:
    """Everything that runs in a round, in this order."""
    published = ("pwws", "textfooler", "textbugger", "hotflip")
    rules = ("textattack-pwws", "openattack-textfooler")
    dynamic = {"padding": "dynamic", "batch": 64}
    return [
        *(
            Entrant(f"weaklink {name}", "weaklink", (*published, *rules), settings)
            for name, settings in {
                "torch": {"runtime": "torch", "precision": "float32"},
                "auto": {"runtime": "auto", "precision": "float32"},
                "bf16": {"runtime": "torch", "precision": "bf16"},
            }.items()
        ),
        Entrant("TextAttack at its best", "textattack", published[:3], dynamic),
        Entrant("TextAttack stock", "textattack", published[:3], {"padding": "stock", "batch": 32}),
        Entrant("OpenAttack at its best", "openattack", published, {"batch": 64}),
        Entrant("OpenAttack stock", "openattack", published, {"batch": 8}),
    ]


def run(entrant: Entrant, job: dict[str, Any], python: Path, environment: dict[str, str]) -> Any:
    """Run one job in a process of its own and return its results, or what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        given, taken = Path(folder, "job.json"), Path(folder, "results.json")
        given.write_text(json.dumps(job | entrant.settings))
        worker = HERE / "workers" / f"{entrant.tool}_worker.py"
        done = subprocess.run(
            [python, worker, given, taken],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return {"error": done.stderr[-2000:]}
        return json.loads(taken.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", default="rotten_tomatoes")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--attacks", nargs="+")
    parser.add_argument("--only", nargs="+", help="names of entrants")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="environments, resources")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    split = load_split(options.data)
    drawn = [
        {"id": sample.id, "text": sample.text, "label": sample.label}
        for sample in split.draw(options.samples + WARM_UP, seed=0).samples
    ]
    pythons = {"weaklink": Path(sys.executable)}
    for peer in ("textattack", "openattack"):
        pythons[peer] = environment(peer, options.work.absolute() / "environments")
    resources = options.work.absolute() / "resources"
    write_resources(resources, [sample["text"] for sample in drawn])
    base = {
        "model": str(options.model.absolute()),
        "encoder": str(encoder_folder()),
        "resources": str(resources),
        "data": options.data,
        "threads": options.threads,
        "length": STOCK_LENGTH,
        "warm_up": drawn[:WARM_UP],
        "samples": drawn[WARM_UP:],
    }
    variables = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": str(options.threads),
        "PYTHONHASHSEED": "0",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONPATH": os.pathsep.join([str(HERE / "stubs"), str(HERE / "workers")]),
    }
    chosen = [e for e in entrants() if not options.only or e.name in options.only]
    found = []
    for number in range(options.rounds):
        for entrant in chosen:
            for attack in entrant.attacks:
                if options.attacks and attack not in options.attacks:
                    continue
                job = base | {"attack": attack}
                result = run(entrant, job, pythons[entrant.tool], variables)
                found.append({"round": number, "entrant": entrant.name, "attack": attack} | result)
                seconds = result.get("seconds")
                print(number, entrant.name, attack, seconds or result["error"], flush=True)
    record = {
        "benchmark": f"peers {options.data}",
        "samples": options.samples,
        "rounds": options.rounds,
        "ratios": ratios([run for run in found if "error" not in run]),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "threads": options.threads,
        "data": {"name": options.data, "texts": drawn},
        "resources": digest_of_folder(resources),
        "model": digest_of_file(options.model / "model.safetensors"),
        "packages": {tool: packages(python) for tool, python in pythons.items()},
        "runs": found,
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{options.data}.json").write_text(json.dumps(record, indent=1))
    (options.out / f"{options.data}.md").write_text(markdown(record))
    print(markdown(record))


if __name__ == "__main__":
    main()
