"""Where a model's files are: a local folder, or a pinned revision on the Hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingface_hub import (
    get_local_safetensors_metadata,
    get_safetensors_metadata,
    hf_hub_download,
    list_repo_files,
    snapshot_download,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    NotASafetensorsRepoError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id

from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.guards.hub_client import check_hub_answers, why_unreached
from weaklink.guards.model_folder import loading
from weaklink.quiet import quiet

if TYPE_CHECKING:
    from huggingface_hub.utils import SafetensorsRepoMetadata

ADAPTER = "adapter_config.json"
"""The file that makes a folder an adapter, where it has no ``config.json``."""

_REVISION = re.compile(r"[A-Za-z0-9][\w./-]*")
_TEXTUAL = (
    "*.json", "*.txt", "*.model", "README.md", "bpe.codes", "*.tiktoken",
)  # fmt: skip
_PICKLE = ("pytorch_model*.bin",)
_VARIANT = re.compile(r"(?:model|pytorch_model)\.(\w+)\.(?:safetensors|bin)(?:\.index\.json)?")
_TRANSPORT_ERROR: type[Exception] = HfHubHTTPError.__mro__[1]
"""The base error of the HTTP client that huggingface_hub is built on, whichever that is."""


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one model.

    Attributes:
        name: How the user named it.
        folder: Where its files are, or on the Hub, where they will be.
        repository: Its id on the Hub; None for a local folder.
        revision: The commit it is pinned to on the Hub; None for a local folder.
    """

    name: str
    folder: Path
    repository: str | None = None
    revision: str | None = None

    def weights(self) -> SafetensorsRepoMetadata | None:
        """Return the headers of its safetensors weights; None if it has none.

        On the Hub only the headers are read.

        Raises:
            WeaklinkError: The weights are damaged, or the Hub cannot be reached.
        """
        with loading(f"The weights of {self.name}", "Fetch or save the model again."):
            try:
                if self.repository and not list(self.folder.glob("*.safetensors")):
                    with _hub_errors(self.name):
                        return get_safetensors_metadata(self.repository, revision=self.revision)
                return get_local_safetensors_metadata(self.folder)
            except NotASafetensorsRepoError:
                return None

    @property
    def is_adapter(self) -> bool:
        """Whether it holds what was learnt beyond another model, and not that model."""
        return (self.folder / ADAPTER).is_file() and not (self.folder / "config.json").is_file()

    def files(self) -> frozenset[str]:
        """Return the names of its files, those of folders within it too.

        Raises:
            WeaklinkError: The Hub cannot be reached.
        """
        if self.repository is None:
            paths = (path for path in self.folder.rglob("*") if path.is_file())
            return frozenset(path.relative_to(self.folder).as_posix() for path in paths)
        with _hub_errors(self.name):
            return frozenset(list_repo_files(self.repository, revision=self.revision))

    def variant(self) -> str | None:
        """Return what stands in the names of its weights, as ``fp16``, if all have such a name."""
        found = {match[1] for name in self.files() if (match := _VARIANT.fullmatch(name))}
        return min(found, default=None)

    def fetch(self, *, allow_pickle: bool, trust_remote_code: bool) -> None:
        """Bring the files that a victim is made of to ``folder``, where they are not there yet."""
        if self.repository is None:
            return
        weights = ("*.safetensors", *_PICKLE) if allow_pickle else ("*.safetensors",)
        code = ("*.py",) if trust_remote_code else ()
        with _hub_errors(self.name):
            snapshot_download(
                self.repository,
                revision=self.revision,
                allow_patterns=[*_TEXTUAL, *weights, *code],
                ignore_patterns=["*/*"],
            )

    def fetch_nested(self, *patterns: str) -> None:
        """Bring weights, texts of all folders, and what has one of some names to ``folder``."""
        if self.repository is None:
            return
        with _hub_errors(self.name):
            snapshot_download(
                self.repository,
                revision=self.revision,
                allow_patterns=[*_TEXTUAL, *_PICKLE, "*.safetensors", *patterns],
                ignore_patterns=["checkpoint*", "onnx/*", "openvino/*"],
            )

    def fetch_onnx(self, file: str) -> None:
        """Bring an ONNX file, the weights beside it, configuration and tokenizer to ``folder``."""
        if self.repository is None:
            return
        with _hub_errors(self.name):
            for patterns, ignored in ((_TEXTUAL, ["*/*"]), ([file, f"{file}_data"], None)):
                snapshot_download(
                    self.repository,
                    revision=self.revision,
                    allow_patterns=list(patterns),
                    ignore_patterns=ignored,
                )


def locate(name: str) -> Source:
    """Find the model that ``name`` stands for: a local folder or a Hub id with ``@revision``.

    Raises:
        WeaklinkError: There is no such folder, the id is malformed, or the Hub does not have the
            model, does not hand it out, or cannot be reached.
    """
    if (found := find_folder(name)) is not None:
        return found
    repository, _, revision = name.partition("@")
    with _hub_errors(name):
        try:
            config = hf_hub_download(repository, "config.json", revision=revision or None)
        except LocalEntryNotFoundError:
            raise
        except EntryNotFoundError:
            config = hf_hub_download(repository, ADAPTER, revision=revision or None)
    folder = Path(config).parent
    return Source(name, folder, repository, folder.name)


def find_folder(name: str) -> Source | None:
    """Return the local folder that ``name`` stands for; None where it is a Hub id.

    Raises:
        WeaklinkError: There is no such folder, or the id is malformed.
    """
    folder = user_path(name)
    if folder.exists() or name.startswith((".", "/", "~")):
        return Source(name, _readable(folder))
    repository, _, revision = name.partition("@")
    _validate(name, repository, revision)
    return None


def _readable(folder: Path) -> Path:
    if not folder.is_dir():
        raise WeaklinkError(
            f"{folder} is not a folder.", "Give the folder of a saved model, or a Hub id."
        )
    named = "config.json" if not (folder / ADAPTER).is_file() else ADAPTER
    try:
        (folder / named).read_bytes()
    except FileNotFoundError as error:
        raise WeaklinkError(
            f"{folder} has no model: it has no config.json.",
            "Give the folder that save_pretrained wrote to.",
        ) from error
    except OSError as error:
        raise WeaklinkError(
            f"{folder} cannot be read: {error.strerror}.", "Check its permissions."
        ) from error
    return folder


def _validate(name: str, repository: str, revision: str) -> None:
    try:
        validate_repo_id(repository)
    except HFValidationError as error:
        raise WeaklinkError(
            f"{name!r} is neither a local folder nor a Hub id.",
            "Write a Hub id as owner/model or owner/model@revision.",
        ) from error
    if "@" in name and not _REVISION.fullmatch(revision):
        raise WeaklinkError(
            f"{revision!r} is not a revision.", "Give a branch, a tag or a commit after the @."
        )


@contextmanager
def _hub_errors(name: str) -> Iterator[None]:
    """Turn the Hub client's errors into one clear message, and let it refuse hostile answers."""
    check_hub_answers()
    try:
        with quiet("huggingface_hub"):
            yield
    except GatedRepoError as error:
        raise WeaklinkError(
            f"{name} is gated on the Hub.",
            "Accept its terms on its page, and log in with `hf auth login`.",
        ) from error
    except RepositoryNotFoundError as error:
        raise WeaklinkError(
            f"{name} is neither a local folder nor a model on the Hub.",
            "Check the spelling; for a private model, log in with `hf auth login`.",
        ) from error
    except RevisionNotFoundError as error:
        raise WeaklinkError(
            f"{name} names a revision that the Hub does not have.",
            "Give a branch, a tag or a commit of that model.",
        ) from error
    except (LocalEntryNotFoundError, ConnectionError) as error:
        raise _unreachable(name, error) from error
    except EntryNotFoundError as error:
        raise WeaklinkError(
            f"{name} has no config.json on the Hub, so transformers cannot load it.",
            "Choose a model in the transformers format.",
        ) from error
    except _TRANSPORT_ERROR as error:
        raise _unreachable(name, error) from error


def _unreachable(name: str, error: Exception) -> WeaklinkError:
    return WeaklinkError(
        f"{name} is not a local folder, and the Hub cannot be reached{why_unreached(error)}.",
        "Check the network connection, or give the path of a downloaded model.",
    )
