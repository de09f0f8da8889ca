"""TextAttack at its best on any device, in the environment that ``benchmarks/peers`` made."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

PEERS = Path(__file__).parents[1] / "peers"
ENTRANT = "TextAttack at its best"
BATCH_ON_GPU = 512


class TextAttack:
    """Runs it in a process of its own, on the samples that ``throughput`` draws.

    Args:
        work: Where ``benchmarks/peers`` keeps environments and resources.
        model: Any victim.
        samples: How many are attacked.
        device: Where the victim is.
        unseen_by: Folder of a victim whose training texts are not drawn; None: all may be.
    """

    def __init__(
        self,
        work: Path,
        model: Path,
        samples: int,
        device: torch.device,
        unseen_by: Path | None = None,
    ) -> None:
        sys.path.append(str(PEERS))
        from entrants import OTHERS
        from environments import environment
        from resources import write_resources
        from setting import WARM_UP, Setting

        (entrant,) = (entrant for entrant in OTHERS if entrant.name == ENTRANT)
        own = {"device": str(device)} | ({"batch": BATCH_ON_GPU} if device.type == "cuda" else {})
        self._entrant = replace(entrant, settings={**entrant.settings, **own})
        threads = torch.get_num_threads()
        self._setting = Setting(model, "rotten_tomatoes", work.absolute(), threads, unseen_by)
        drawn = self._setting.draw(samples + WARM_UP)
        self._drawn = drawn[samples:] + drawn[:samples]
        self._samples = samples
        self._python = environment("textattack", self._setting.work / "environments")
        write_resources(self._setting.resources, [sample["text"] for sample in drawn])

    def run(self, model: Path, attack: str) -> dict[str, Any]:
        """Return its results, or what went wrong."""
        setting = replace(self._setting, model=model)
        job = setting.job(attack, self._drawn, self._samples)
        found: dict[str, Any] = setting.run(self._entrant, job, {"textattack": self._python})
        return found
