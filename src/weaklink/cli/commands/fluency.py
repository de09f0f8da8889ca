"""``weaklink fluency``: measure how fluent the adversarial texts of a store are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from weaklink.cli.options import Device, LanguageModel, StoreArgument
from weaklink.cli.resumable import run_resumably

if TYPE_CHECKING:
    from weaklink.progress import Progress


def fluency(
    store: StoreArgument,
    *,
    language_model: LanguageModel = "SmolLM2-135M-Instruct",
    device: Device = "auto",
) -> None:
    """Measure the perplexity of the texts of every success that has none yet.

    Audits do the same at their end. Figures of another language model are replaced. The packaged
    model reads English, so texts in other languages need another.
    """
    from weaklink.campaigns import measure_fluency
    from weaklink.campaigns.prepare.languages import reads
    from weaklink.models.language_model import find_language_model
    from weaklink.store import open_store

    found = find_language_model(language_model)
    from weaklink.victims.local.checkpoint import pick_device

    chosen = str(pick_device(device))

    def work(progress: Progress) -> int:
        with open_store(store, create=False) as opened:
            campaigns = [one.campaign for one in opened.campaigns()]
            read = [one for one in campaigns if reads(language_model, one.data.language)]
            return measure_fluency(opened, found, progress, campaigns=read, device=chosen)

    measured = run_resumably(work, store)
    said = f"Measured {measured} outcomes. Report: weaklink report {store}"
    Console().print(said, markup=False, highlight=False, soft_wrap=True)
