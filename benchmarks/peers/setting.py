"""What all tools share: victim, samples, resources, and an environment for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entrants import Entrant, run
from environments import environment, packages
from resources import encoder_folder, write_resources

from weaklink.cache import digest_of_file, digest_of_folder
from weaklink.data.datasets import load_split
from weaklink.data.training_samples import read_training_samples
from weaklink.doctor.processor import processor
from weaklink.lexicons.stop_words import STOP_WORDS
from weaklink.text import Words
from weaklink.victims import load_victim

HERE = Path(__file__).parent
WARM_UP = 3
LENGTH = 512


@dataclass(frozen=True)
class Setting:
    """One model, one data set, and where the tools and their resources are.

    Args:
        model: Folder of the victim.
        data: Name of the data set.
        work: Keeps environments and resources.
        threads: For every tool.
        unseen_by: Folder of a victim whose training texts are not drawn; None: all may be.
    """

    model: Path
    data: str
    work: Path
    threads: int
    unseen_by: Path | None = None

    def draw(self, samples: int, words: int | None = None) -> list[dict[str, Any]]:
        """Return samples after those of the warm-up, and whether the victim is right on each.

        Args:
            samples: How many, the warm-up's included.
            words: Cut each text to as many words; shorter ones are left out.
        """
        split = load_split(self.data)
        victim = load_victim(str(self.model), device="cpu", max_length=LENGTH)
        seen = read_training_samples(self.unseen_by) if self.unseen_by else frozenset()
        drawn = split.draw(None if words else samples, seed=0, exclude=seen).samples
        cut = [
            (sample, text) for sample in drawn if (text := _cut(sample.text, words)) is not None
        ][:samples]
        labels = victim.forward(victim.encode([text for _, text in cut])).argmax(axis=1)
        return [
            {"id": s.id, "text": text, "label": s.label, "correct": bool(label == s.label)}
            for (s, text), label in zip(cut, labels.tolist(), strict=True)
        ]

    @property
    def resources(self) -> Path:
        return self.work / "resources"

    def job(self, attack: str, drawn: Sequence[dict[str, Any]], count: int) -> dict[str, Any]:
        """Return a job on the first ``count`` samples after those of the warm-up.

        weaklink measures the raw limit after it, unless ``raw_limit`` is set to false: on few
        samples that takes longer than the job.
        """
        return {
            "attack": attack,
            "model": str(self.model.absolute()),
            "encoder": str(encoder_folder()),
            "data": self.data,
            "length": LENGTH,
            "stop_words": sorted(STOP_WORDS),
            "warm_up": drawn[:WARM_UP],
            "samples": drawn[WARM_UP : WARM_UP + count],
            "raw_limit": True,
        }

    def prepare(self, drawn: Sequence[dict[str, Any]]) -> dict[str, Path]:
        """Write the resources, make the environments, and return each tool's Python."""
        write_resources(self.resources, [sample["text"] for sample in drawn])
        environments = self.work / "environments"
        peers = {peer: environment(peer, environments) for peer in ("textattack", "openattack")}
        return {"weaklink": Path(sys.executable), **peers}

    def run(
        self, entrant: Entrant, job: dict[str, Any], pythons: dict[str, Path]
    ) -> dict[str, Any]:
        """Run a job and say how it went."""
        found = run(entrant, job, pythons[entrant.tool], self.resources, self.threads)
        row = {"entrant": entrant.name, "attack": job["attack"], "count": len(job["samples"])}
        print(*row.values(), found.get("seconds") or found["error"], flush=True)
        return row | found

    def describe(self, pythons: dict[str, Path]) -> dict[str, Any]:
        """Return what a reader needs to run the same again."""
        return {
            "machine": f"{processor()}, {os.cpu_count()} cores",
            "threads": self.threads,
            "resources": digest_of_folder(self.resources),
            "model": digest_of_file(self.model / "model.safetensors"),
            "packages": {tool: packages(python) for tool, python in pythons.items()},
        }


def _cut(text: str, words: int | None) -> str | None:
    """Return the first words of a text, or None if it has fewer."""
    if words is None:
        return text
    split = Words.split(text)
    return None if len(split) < words else text[: split.spans()[words - 1][1]]
