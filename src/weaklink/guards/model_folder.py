"""The one boundary around a model's folder: what its files may say, and whatever loading raises.

A configuration may neither name code or files outside of the folder, nor ask for sizes that no
classifier of texts has. Both are checked before a library reads the files.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from weaklink.errors import WeaklinkError
from weaklink.extras import lack_of
from weaklink.guards.tokenizer_file import (
    PANIC,
    TokenizerGaveUp,
    fault_of_tokenizer,
    objects_in,
)

MOST_LABELS = 10_000
MOST_LAYERS = 1_000
MOST_SIZE = 10_000_000
"""Of a vocabulary, a hidden layer, a table of positions and so on."""

_LONGEST_LABEL = 1_000
_CONFIG_BYTES = 10_000_000
_TOKENIZER_BYTES = 64_000_000
_OWN_CONFIG = ("config.json", "*_config.json", "*.index.json", "modules.json", "*_map.json")
_SIZE = re.compile(r"size|num|dim|layer|head|position|embedding|length|width|vocab|rank")
_SAFE_NAME = re.compile(r"[\w.-]+", re.ASCII)


@contextmanager
def loading(what: str, remedy: str) -> Iterator[None]:
    """Turn whatever a library raises while it loads a model into one clear message.

    Only calls of libraries belong inside: an error of weaklink's own would be hidden too.

    Args:
        what: The model, as the user knows it.
        remedy: What to do about it.

    Raises:
        WeaklinkError: Something was raised.
    """
    try:
        yield
    except TokenizerGaveUp as error:
        raise WeaklinkError(f"{what} cannot be loaded: {error.problem}", remedy) from error
    except WeaklinkError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != PANIC:
            raise
        if "trust_remote_code" in str(error):
            raise WeaklinkError(
                f"{what} needs its own code, which weaklink does not run by default.",
                "Read that code, then pass --trust-remote-code if you trust it.",
            ) from error
        if lack := lack_of(error):
            raise WeaklinkError(f"{what} cannot be loaded. {lack.problem}", lack.remedy) from error
        if sys.flags.optimize > 1:
            remedy = "transformers needs its docstrings: run Python without -OO."
        lines = str(error).strip().splitlines()
        reason = lines[0] if lines and not isinstance(error, KeyError) else repr(error)
        raise WeaklinkError(f"{what} cannot be loaded: {reason[:500]}", remedy) from error


def check_folder(
    folder: Path, what: str, *, trust_remote_code: bool = False, nested: bool = False
) -> None:
    """Refuse a folder whose files name code, files elsewhere, or sizes beyond reason.

    Args:
        folder: The model's folder.
        what: The model, as the user knows it.
        trust_remote_code: Whether the configuration may name code.
        nested: Whether the folders within it are read too.

    Raises:
        WeaklinkError: A file is too large, no JSON, or says what it may not.
    """
    try:
        _check_kinds(folder.rglob("*") if nested else folder.glob("*"))
        for path in sorted(folder.rglob("*.json") if nested else folder.glob("*.json")):
            _check_file(path, trusted=trust_remote_code)
    except (_Bad, OSError) as error:
        reason = error.strerror or "unreadable" if isinstance(error, OSError) else str(error)
        raise WeaklinkError(
            f"{what} cannot be loaded: {reason}.",
            "Check that its files are complete and come from someone you trust.",
        ) from error


class _Bad(Exception):  # noqa: N818 - what it says of a file
    """A file says what it may not."""


def _check_kinds(paths: Iterable[Path]) -> None:
    """Refuse pipes and devices, which are read for ever or without an end."""
    for path in paths:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise _Bad(f"{_shown(path)} is not a file")


def _shown(path: Path) -> str:
    return path.name if _SAFE_NAME.fullmatch(path.name) else ascii(path.name)


def _check_file(path: Path, *, trusted: bool) -> None:
    name = _shown(path)
    if not path.is_file():
        raise _Bad(f"{name} is not a file")
    if name == "adapter_config.json":
        raise _Bad("it is an adapter, whose base model lies elsewhere")
    own = any(path.match(pattern) for pattern in _OWN_CONFIG)
    if path.stat().st_size > (_CONFIG_BYTES if own else _TOKENIZER_BYTES):
        raise _Bad(f"{name} is too large ({path.stat().st_size:,} bytes)")
    if name == "tokenizer.json" and (fault := fault_of_tokenizer(_read(path, name))):
        raise _Bad(fault)
    if not own:
        return
    said = _read(path, name)
    if path.name.endswith(".index.json"):
        _check_index(said, name)
    if path.name == "config.json":
        _check_names(said)
        _check_labels(said)
        for key, value in (pair for one in objects_in(said) for pair in one.items()):
            _check_value(key, value, trusted=trusted)


def _read(path: Path, name: str) -> Any:  # noqa: ANN401 - foreign JSON
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise _Bad(f"{name} is not JSON ({type(error).__name__})") from error
    if name == "config.json" and not isinstance(said, dict):
        raise _Bad(f"{name} is not a JSON object")
    return said


def _check_index(said: Any, name: str) -> None:  # noqa: ANN401 - foreign JSON
    """Refuse an index of weights that leads out of the folder."""
    shards = said.get("weight_map") if isinstance(said, dict) else None
    if not isinstance(shards, dict):
        raise _Bad(f"{name} has no map of weights")
    for file in shards.values():
        if not isinstance(file, str) or PurePath(file).name != file or "\\" in file:
            raise _Bad(f"{name} leads out of the folder, to {str(file)[:80]!r}")


def _check_names(said: dict[str, Any]) -> None:
    named = said.get("architectures") or []
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise _Bad("architectures is not a list of names")


def _check_labels(said: dict[str, Any]) -> None:
    names = said.get("id2label")
    if names is not None and not isinstance(names, dict):
        raise _Bad("id2label is not an object")
    for number, label in (names or {}).items():
        if not number.isdecimal() or not isinstance(label, str | int | float | bool):
            raise _Bad("id2label does not map numbers to names")
        if len(str(label)) > _LONGEST_LABEL:
            raise _Bad(f"a label has {len(str(label)):,} characters")
    counted = said.get("num_labels")
    if max(len(names or {}), counted if isinstance(counted, int) else 0) > MOST_LABELS:
        raise _Bad(f"it has more than {MOST_LABELS:,} labels")


def _check_value(key: str, value: Any, *, trusted: bool) -> None:  # noqa: ANN401 - foreign JSON
    """Refuse what names code or weights, or a size beyond reason."""
    plain = key.removeprefix("_").removesuffix("_internal")
    if plain in {"attn_implementation", "experts_implementation"}:
        names = value.values() if isinstance(value, dict) else [value]
        if not trusted and any("/" in str(one) for one in names):
            raise _Bad(f"{plain} names code of the Hub: {str(value)[:80]!r}")
    if key == "quantization_config" and value and not trusted:
        method = value.get("quant_method", "?") if isinstance(value, dict) else "?"
        raise _Bad(
            f"its weights are quantized ({str(method)[:40]!r}), and weaklink has none of the code "
            "that computes with them: give the model that it was quantized from"
        )
    if key == "transformers_weights":
        raise _Bad("its configuration names a file of weights")
    if isinstance(value, int) and _SIZE.search(key):
        most = MOST_LAYERS if "layers" in key else MOST_SIZE
        if value > most:
            raise _Bad(f"{plain[:80]!r} is {value}, more than {most:,}")
