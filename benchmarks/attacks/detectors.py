"""RDE and FGWS on IMDB, beside the figures that their authors publish and the confidence alone.

MiniLM is fine-tuned on reviews, PWWS and TextFooler attack others that it was not trained on, and
the detectors learn as their papers say. What is interrupted goes on where it was. Several
``--train`` make victims of several strengths.

    python -m benchmarks.attacks.detectors FOLDER [--samples 150] [--max-length 128] [--json FILE]
    python -m benchmarks.attacks.detectors FOLDER --data rotten_tomatoes --train 500 1500 6000 ...
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import weaklink
from weaklink.data.datasets import load_split
from weaklink.defences.documents import DetectionReport
from weaklink.defences.evaluate import evaluate
from weaklink.defences.saved import Detector, load_detector
from weaklink.defences.train import DetectorRecipe, train_detector
from weaklink.defences.victim_access import VictimAccess
from weaklink.measures import Estimate
from weaklink.packaged import MINILM
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.store.vulnerable import Attacked, attacked_samples
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe
from weaklink.victims import load_victim

ATTACKS = ("pwws", "textfooler")


class Printed(Silent):
    """Says on standard error which phase has begun, and when."""

    def begin(self, phase: str, total: int | None = None) -> None:
        """A phase begins."""
        print(f"{time.strftime('%H:%M:%S')} {phase} ({total})", file=sys.stderr, flush=True)


def fine_tuned(train: int, options: argparse.Namespace) -> Path:
    """Return the victim of so many texts, fine-tuned if it is not there."""
    out: Path = options.folder / f"minilm-{options.data}-{train}-{options.max_length}"
    if not out.exists():
        recipe = Recipe(max_length=options.max_length)
        made = finetune(
            str(MINILM.require("the encoder")), load_split(options.data), out,
            samples=train, recipe=recipe, progress=Printed(),
        )  # fmt: skip
        print(f"accuracy {made.accuracy:.3f} on {made.held_out}, {made.seconds:.0f} s")
    return out


def attacked(victim: Path, options: argparse.Namespace) -> Path:
    """Attack unseen texts, and return the store."""
    store = victim.with_suffix(".db")
    for attack in options.attacks:
        weaklink.audit(
            str(victim), data=options.data, samples=options.samples, unseen=True, attacks=(attack,),
            repetitions=1, language_model=None, max_queries=options.max_queries, store=store,
        )  # fmt: skip
    return store


def detectors(victim: Path, store: Path, options: argparse.Namespace) -> Iterator[Detector]:
    """Train the detectors; RDE needs no adversarial text, FGWS is tuned on those of some samples.

    Their authors take 8,000 and 24,000 training texts. The confidence learns nothing.
    """
    loaded = load_victim(str(victim))
    learnt = (("confidence", 1), ("rde", options.texts), ("fgws", options.words))
    for method, texts in learnt:
        out = victim.with_name(f"{victim.name}-{method}-{texts}")
        if not out.exists():
            recipe = DetectorRecipe(
                method=method, data=options.data, texts=texts, share=options.share
            )
            train_detector(loaded, out, recipe, store=store, progress=Printed())
        yield load_detector(out, victim=loaded)


def samples_of(victim: Path, store: Path) -> list[Attacked]:
    with open_store(store, create=False) as opened:
        return attacked_samples(opened, load_victim(str(victim)).fingerprint)


def told(victim: Path, samples: Sequence[Attacked]) -> str:
    """Return how many samples a victim gets right, and how sure it is of unaltered texts."""
    read = VictimAccess(load_victim(str(victim))).probabilities
    sure = np.median(read([one.text for one in samples]).max(axis=1))
    right = sum(one.correct is True for one in samples) / len(samples)
    return f"right on {right:.1%}, median probability {sure:.3f}"


def rows(victim: str, report: DetectionReport) -> Iterator[str]:
    """Yield a line of the table for each detector and attack."""
    for one in report.detectors:
        for found in one.by_attack:
            if found.figures is None:
                continue
            figures = found.figures
            given = (f"{one.figure} {one.value:.3f} ({one.setting})" for one in found.published)
            counts = (str(one.samples), str(figures.adversarial))
            found_so = (shown(figures.auroc), shown(figures.f1), "; ".join(given))
            yield f"| {' | '.join((victim, one.method, found.attack, *counts, *found_so))} |"


def shown(found: Estimate) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", default="imdb")
    parser.add_argument("--train", type=int, nargs="+", default=[6000], help="to fine-tune on")
    parser.add_argument("--max-length", type=int, default=128, help="tokens that the victim reads")
    parser.add_argument("--samples", type=int, default=150, help="to attack")
    parser.add_argument("--attacks", nargs="+", default=ATTACKS)
    parser.add_argument("--max-queries", type=int, help="for each (default: no bound)")
    parser.add_argument("--texts", type=int, default=8000, help="that RDE learns from")
    parser.add_argument("--words", type=int, default=20_000, help="texts that FGWS counts words in")
    parser.add_argument("--share", type=float, default=0.3, help="of samples that tune FGWS")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    print("| victim | detector | attack | n | adversarial | AUROC | F1 at 10 % false | published |")
    print("| --- " * 8 + "|")
    for train in options.train:
        victim = fine_tuned(train, options)
        store = attacked(victim, options)
        found = [*detectors(victim, store, options)]
        samples = samples_of(victim, store)
        report = evaluate(found, samples, str(victim), progress=Printed())
        print("\n".join(rows(f"{train} texts, {told(victim, samples)}", report)), flush=True)
        if options.json:
            path = options.json.with_stem(f"{options.json.stem}-{train}")
            path.write_text(report.to_json(), "utf-8")


if __name__ == "__main__":
    main()
