"""One Hub record (of the listing, of bulk data, in any year's spelling) as a row of ``MODELS``."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from weaklink.hub.languages import LANGUAGES

Row = dict[str, Any]

_ID = re.compile(r"(?!.*\.\.)[\w.-]{1,256}(/[\w.-]{1,256})?", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{7,64}")
_LONGEST = 2_000
_MOST_TEXTS = 5_000
"""Longer texts of a record count as absent, and so do further ones in a list."""
_RELATIONS = ("finetune", "adapter", "quantized", "merge")


def is_hub_id(text: object) -> bool:
    """Say whether the text can be a model's id: ``name`` or ``owner/name``, no path tricks."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def row_of(record: dict[str, Any]) -> Row | None:
    """Return the record as a row of ``MODELS``, or None where its id is not a Hub id.

    Values of a wrong type count as absent: bulk data and old records are not clean. The card's
    digest is left to whoever has the card.
    """
    model_id = _first(record, "id", "modelId", "model_id")
    if not is_hub_id(model_id):
        return None
    tags = _texts(record.get("tags"))
    card = _mapping(_first(record, "cardData", "card_data"))
    config = _mapping(record.get("config"))
    bases, relation = _bases(record, card, tags)
    gated = _gated(record.get("gated"))
    return {
        "id": model_id,
        "sha": _sha(record.get("sha")),
        "created": _time(_first(record, "createdAt", "created_at")),
        "modified": _time(_first(record, "lastModified", "last_modified")),
        "downloads": _count(_first(record, "downloads", "downloads_30d")),
        "downloads_all_time": _count(_first(record, "downloadsAllTime", "downloads_all_time")),
        "likes": _count(record.get("likes")),
        "tags": tags,
        "pipeline": _text(record.get("pipeline_tag")),
        "library": _text(record.get("library_name")),
        "architecture": next(iter(_texts(config.get("architectures"))), None),
        "model_type": _text(config.get("model_type")),
        "name_or_path": _text(config.get("_name_or_path")),
        "base_models": bases,
        "base_model_relation": relation,
        "datasets": _unique(_texts(card.get("datasets")) + _tagged(tags, "dataset:")),
        "languages": _languages(card, tags),
        "licence": next(iter(_texts(card.get("license")) + _tagged(tags, "license:")), None),
        "gated": gated,
        "has_card": _has_card(record, card),
        "card_digest": None,
        "status": "gated" if gated else "ok",
        "renamed_to": None,
    }


def digest_of(text: str) -> str:
    """Return the SHA-256 of the card's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _bases(record: Row, card: Row, tags: list[str]) -> tuple[list[str], str | None]:
    """Return the declared base models and their relation; the card's own word on it comes first."""
    inferred = _mapping(_first(record, "baseModels", "base_models"))
    named = [_text(_mapping(model).get("id")) for model in _list(inferred.get("models"))]
    bases = _texts(card.get("base_model")) + [name for name in named if name]
    relations = [card.get("base_model_relation"), inferred.get("relation")]
    for tag in _tagged(tags, "base_model:"):
        relation, _, name = tag.rpartition(":")
        bases.append(name)
        relations.append(relation)
    return _unique(bases), next((word for word in relations if word in _RELATIONS), None)


def _languages(card: Row, tags: list[str]) -> list[str]:
    declared = ["no" if word is False else word for word in _list(card.get("language"))]
    if languages := _unique(_texts(declared)):
        return languages
    return [tag for tag in tags if tag in LANGUAGES]


def _has_card(record: Row, card: Row) -> bool | None:
    stated = record.get("has_card")
    if isinstance(stated, bool):
        return stated
    files = _first(record, "siblings", "files")
    if isinstance(files, list):
        names = (file.get("rfilename") if isinstance(file, dict) else file for file in files)
        return "README.md" in names
    return True if card or _text(card_text(record)) else None


def card_text(record: dict[str, Any]) -> str | None:
    """Return the card that the record itself carries, if any."""
    text = _first(record, "card_text", "card")
    return text if isinstance(text, str) else None


def _first(record: Row, *names: str) -> Any:  # noqa: ANN401 - a value of foreign JSON
    return next((record[name] for name in names if record.get(name) is not None), None)


def _mapping(value: object) -> Row:
    """Return a mapping that came as one or as JSON text; anything else is empty."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]


def _texts(value: object) -> list[str]:
    return [text for item in _list(value)[:_MOST_TEXTS] if (text := _text(item))]


def _text(value: object) -> str | None:
    """Return a text that any file can hold: lone surrogates are replaced."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    return value.encode(errors="replace").decode().strip() or None


def _sha(value: object) -> str | None:
    return value if isinstance(value, str) and _SHA.fullmatch(value) else None


def _tagged(tags: list[str], prefix: str) -> list[str]:
    return [tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)]


def _unique(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 <= value < 2**63 else None


def _gated(value: object) -> str | None:
    word = str(value).lower()
    return word if word in {"auto", "manual"} else None


def _time(value: object) -> datetime | None:
    """Return the time in UTC without a zone, as ``MODELS`` keeps it."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    except OverflowError:  # on the first or last day that there is
        return None
