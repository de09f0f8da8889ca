"""Trains a network from a corpus and puts it in the cache folder with its manifest."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import torch
from pydantic import BaseModel, ConfigDict, JsonValue
from torch import Tensor

from weaklink.cache import cache_folder, digest_of_parts, make_folder
from weaklink.generators.networks import MANIFEST, Network, built_folder
from weaklink.generators.weights import save_weights
from weaklink.progress import Progress
from weaklink.training.checkpoint import work_folder
from weaklink.training.corpus import Corpus, load_corpus
from weaklink.victims.local.checkpoint import pick_device

_VERSIONS = ("weaklink", "torch", "numpy", "spacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the user says about building.

    Attributes:
        again: Build it although it is there.
        corpus: A file with one sentence a line, instead of the packaged data.
        device: Where to train: ``auto`` or a torch device.
    """

    again: bool = False
    corpus: Path | None = None
    device: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What came of training.

    Attributes:
        tensors: The weights by name.
        metadata: What else is needed to use them.
        settings: Sizes of the network and of its training.
        figures: What was measured on the held-out sentences.
        seconds: Time taken, earlier runs included.
    """

    tensors: Mapping[str, Tensor]
    metadata: dict[str, str]
    settings: dict[str, JsonValue]
    figures: dict[str, JsonValue]
    seconds: float


class Manifest(BaseModel):
    """How a network was trained, and how it came out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Network
    paper: str
    command: str
    """Trains it again."""
    corpus: str
    """Where the sentences are from."""
    corpus_digest: str
    sentences: int
    """How many it learnt from."""
    held_out: int
    """How many were kept apart to measure it."""
    weights: str
    """Digest of the weights' file."""
    seed: int
    settings: dict[str, JsonValue]
    figures: dict[str, JsonValue]
    """What was measured on the held-out sentences."""
    device: str
    threads: int
    minutes: float
    """Time that training took, of all its runs if it was interrupted."""
    peak_memory_mib: int
    versions: dict[str, str]


class NetworkRecipe(Protocol):
    """How one network is trained.

    Attributes:
        name: The network's name.
        paper: Where its method is from.
        seed: What every random choice depends on.
        settings: All else that the weights depend on besides the corpus.
    """

    name: Network
    paper: str
    seed: int
    settings: dict[str, JsonValue]

    def learn(self, corpus: Corpus, work: Path, device: torch.device, progress: Progress) -> Learnt:
        """Train it; ``work`` keeps what an interrupted training goes on from."""


def build_network(recipe: NetworkRecipe, options: BuildOptions, progress: Progress) -> Path:
    """Train a network unless it is there, and return its folder.

    The same command resumes an interrupted training.

    Raises:
        WeaklinkError: The corpus cannot be used.
    """

    def fill(folder: Path) -> None:
        device = pick_device(options.device)
        progress.begin("Reading the corpus")
        corpus = load_corpus(options.corpus)
        root = cache_folder() / f"{recipe.name}-training"
        with work_folder(root, _digest(recipe, corpus)) as work:
            work.mkdir(parents=True, exist_ok=True)
            learnt = recipe.learn(corpus, work, device, progress)
            digest = save_weights(folder, learnt.tensors, learnt.metadata)
            manifest = _manifest(recipe, options, device, corpus, learnt, digest)
            (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", "utf-8")

    return make_folder(built_folder(recipe.name), fill, again=options.again)


def _digest(recipe: NetworkRecipe, corpus: Corpus) -> str:
    settings = (f"{name}={value}" for name, value in sorted(recipe.settings.items()))
    return digest_of_parts([corpus.digest, str(recipe.seed), *settings])


def _manifest(
    recipe: NetworkRecipe,
    options: BuildOptions,
    device: torch.device,
    corpus: Corpus,
    learnt: Learnt,
    digest: str,
) -> Manifest:
    corpus_option = f" --corpus {options.corpus}" if options.corpus else ""
    return Manifest(
        name=recipe.name,
        paper=recipe.paper,
        command=f"weaklink resources build {recipe.name}{corpus_option}",
        corpus=corpus.source,
        corpus_digest=corpus.digest,
        sentences=len(corpus.training),
        held_out=len(corpus.held_out),
        weights=digest,
        seed=recipe.seed,
        settings=learnt.settings,
        figures=learnt.figures,
        device=device.type,
        threads=torch.get_num_threads(),
        minutes=round(learnt.seconds / 60, 1),
        peak_memory_mib=_peak_memory(),
        versions={name: version(name) for name in _VERSIONS},
    )


def _peak_memory() -> int:
    """Return the most memory that this process has held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (2**20 if sys.platform == "darwin" else 2**10)
