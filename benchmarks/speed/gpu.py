"""Campaigns on a GPU, beside its raw limit, compiled networks and TextAttack.

    python -m benchmarks.speed.gpu [MODEL] [--device cuda] [--samples 100] [--rounds 3]
        [--json FILE]

The victims have random weights of the sizes of MiniLM, DistilBERT and BERT-base; MODEL takes the
place of MiniLM's. Random weights give narrow margins (``random_victims``): speed is what counts
here, and bf16 changes more outcomes than it would of a trained victim. Campaigns and raw limits
are those of ``throughput``, and ``torch`` is float32. That raw limit pads each batch, copies it to
the GPU and waits for its rows, as a campaign does. ``compiled`` says what is left without that, and
what ``torch.compile`` and CUDA graphs give. Peak memory counts the weights of both precisions.

``--peers WORK`` adds TextAttack at its best on the same device, victims and samples, in the
environment that ``benchmarks/peers`` made in WORK. It counts the queries that its cache does not
answer, weaklink counts all; distinct texts a second are free of that. The JSON file is written
anew after each victim.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from benchmarks.speed.compiled import WAYS, Trial, trials
from benchmarks.speed.figures import ATTACKS, Figures, of, ratios, spread, table
from benchmarks.speed.random_victims import SIZES, make_victim
from benchmarks.speed.textattack_beside import TextAttack
from benchmarks.speed.throughput import Bench, measure

from weaklink.doctor.processor import processor
from weaklink.victims.local.checkpoint import pick_device

ON = ("torch", "bf16")
UNITS = {"count": "samples", "queries": "queries", "distinct": "distinct texts"}


@dataclass
class Findings:
    """What was found for one victim."""

    figures: list[Figures] = field(default_factory=list)
    trials: dict[str, list[Trial]] = field(default_factory=dict)
    textattack: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def limit(self, on: str) -> float:
        """Return the texts a second of the last raw limit."""
        figures = of(self.figures, ATTACKS[-1], on)[-1]
        return figures.distinct / figures.raw_seconds

    def beside(self, attack: str, unit: str) -> list[float]:
        """Return how many times TextAttack's speed ours is, round by round."""
        rounds = zip(of(self.figures, attack, "torch"), self.textattack[attack], strict=True)
        return [
            (getattr(ours, unit) / ours.campaign_seconds) / (theirs[unit] / theirs["seconds"])
            for ours, theirs in rounds
            if "error" not in theirs
        ]

    def ratios(self) -> Iterator[tuple[str, float]]:
        yield from ratios(self.figures, ON).items()
        for on, tried in self.trials.items():
            for trial in tried:
                if not trial.failed:
                    yield f"{on} {trial.way}: over the raw limit", trial.rate / self.limit(on)
        for attack in self.textattack:
            for unit, name in UNITS.items():
                if times := self.beside(attack, unit):
                    yield f"{attack}: {name} a second over TextAttack", statistics.median(times)

    def markdown(self) -> Iterator[str]:
        yield from table(self.figures, ON)
        yield from ("", "|on|network|prepared in s|texts/s|over the raw limit|off by|")
        yield "|---" * 6 + "|"
        for on, tried in self.trials.items():
            for trial in tried:
                yield f"|{on}|{trial.way}|{trial.prepare_seconds:.1f}|{self._result(on, trial)}|"
        for attack in self.textattack:
            for unit, name in UNITS.items():
                times = self.beside(attack, unit)
                shown = spread(times, ".1f") if times else "failed"
                yield f"\n{attack}, {name} a second over TextAttack: {shown}"

    def _result(self, on: str, trial: Trial) -> str:
        if trial.failed:
            return f"failed: {trial.failed}||"
        return f"{trial.rate:.0f}|{trial.rate / self.limit(on):.2f}|{trial.difference:.1e}"


def examine(place: Path, textattack: TextAttack | None, options: argparse.Namespace) -> Findings:
    """Run everything on one victim; each round runs both tools in turns."""
    found = Findings()
    measure(Bench(str(place), 4, options.device, options.width), ON, 1)
    unseen_by = options.model if options.unseen else None
    bench = Bench(str(place), options.samples, options.device, options.width, unseen_by)
    for _ in range(options.rounds):
        found.figures += measure(bench, ON, 1)
        if textattack:
            for attack in ATTACKS:
                found.textattack.setdefault(attack, []).append(textattack.run(place, attack))
    exact = bench.float32.network
    for on in ON:
        network = bench.victim(on)._chosen.network
        found.trials[on] = trials(network, exact, bench.computed, options.ways)
    return found


def record(found: Mapping[str, Findings], machine: str, options: argparse.Namespace) -> str:
    content = {
        "benchmark": f"gpu: {machine}",
        "machine": f"{machine}, torch {torch.__version__}, {torch.get_num_threads()} threads",
        "samples": options.samples,
        "rounds": options.rounds,
        "ratios": {f"{size} {k}": v for size, victim in found.items() for k, v in victim.ratios()},
        "runs": {size: asdict(victim) for size, victim in found.items()},
    }
    return json.dumps(content, indent=1)


def main() -> None:
    options = arguments()
    device = pick_device(options.device)
    machine = processor()
    if device.type == "cuda":
        machine = torch.cuda.get_device_name(device)
    found: dict[str, Findings] = {}
    with tempfile.TemporaryDirectory() as folder:
        places = {size: make_victim(size, Path(folder, size)) for size in options.sizes}
        if options.model:
            places["minilm"] = options.model
        textattack = None
        if options.peers:
            any_place = next(iter(places.values()))
            unseen_by = options.model if options.unseen else None
            textattack = TextAttack(options.peers, any_place, options.samples, device, unseen_by)
        for size, place in places.items():
            print(f"{size}:", flush=True)
            found[size] = examine(place, textattack, options)
            if options.json:
                options.json.write_text(record(found, machine, options))
    print(f"\n{machine}, torch {torch.__version__}, {options.samples} samples")
    for size, victim in found.items():
        print(f"\n### {size}\n", *victim.markdown(), sep="\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path, nargs="?", help="in place of MiniLM's random weights")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--unseen", action="store_true", help="no text the model was trained on")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=SIZES[1:])
    parser.add_argument("--width", type=int, default=64, help="attempts alive at once")
    parser.add_argument(
        "--ways", nargs="*", choices=WAYS, default=WAYS, help="to compute a network"
    )
    parser.add_argument("--peers", type=Path, metavar="WORK", help="add TextAttack")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
