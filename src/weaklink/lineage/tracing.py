"""The ancestry of one model, read from the Hub now: its card, then its ancestors' cards.

Only metadata and README.md are asked for, which the Hub does not count as downloads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from weaklink.files import user_path
from weaklink.hub.cards import fetch_card
from weaklink.hub.client import HubClient
from weaklink.hub.record import is_hub_id
from weaklink.hub.single_model import fetch_row
from weaklink.lineage.cards.bases import base_id
from weaklink.lineage.cards.card import read_card
from weaklink.lineage.cards.extract import believed, read_evidence
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence, Relation

MOST = 12
"""Models of a chain that are looked at."""

_DECLARED = 1.0
_HEAD = "ForSequenceClassification"


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One model of a chain, and what it was made from.

    Attributes:
        model: Its id on the Hub, or its folder.
        architecture: The class that its configuration names; None where unknown.
        there: Whether it could be looked at.
        evidence: Why its first upstream is believed to be one; None where none is known.
        others: Further upstreams, as of a merge.
    """

    model: str
    architecture: str | None
    there: bool
    evidence: Evidence | None
    others: tuple[str, ...] = ()

    @property
    def classifies(self) -> bool:
        """Whether it is there and names a classification head, or names nothing."""
        return self.there and (self.architecture is None or _HEAD in self.architecture)


def trace(model: str, client: HubClient) -> tuple[Ancestor, ...]:
    """Follow a model's first upstream, and that one's, until nothing more is known.

    Args:
        model: A Hub id (a revision is left aside) or a local folder with a README.md.
        client: Asks the Hub.

    Returns:
        The model first, then its upstream, and so on to the root.

    Raises:
        WeaklinkError: The Hub cannot be asked at all.
    """
    return tuple(follow(model, client))


def follow(model: str, client: HubClient) -> Iterator[Ancestor]:
    """Yield what ``trace`` returns, one model after the other, as each is looked at."""
    seen = set[str]()
    following: str | None = model
    while following is not None and following.lower() not in seen and len(seen) < MOST:
        seen.add(following.lower())
        found = _look_at(following, client)
        yield found
        following = found.evidence.upstream if found.evidence else None


def _look_at(model: str, client: HubClient) -> Ancestor:
    folder = user_path(model)
    if folder.is_dir():
        return _ancestor(model, folder.name, _architecture(folder), _text(folder / "README.md"))
    repository = model.partition("@")[0]
    row = fetch_row(client, repository) if is_hub_id(repository) else None
    if row is None:
        return Ancestor(model, None, there=False, evidence=None)
    card = fetch_card(client, row["id"], row["sha"])
    name = model if "@" in model else row["id"]
    return _ancestor(name, row["id"], row["architecture"], card.text or "")


def _ancestor(model: str, name: str, architecture: str | None, text: str) -> Ancestor:
    card = read_card(text)
    catalogue = Catalogue([name])
    declared = [base for written in card.base_models if (base := base_id(written))]
    relation = card.relation or ("merge" if len(declared) > 1 else "finetune")
    found = [
        Evidence(
            upstream=catalogue.resolve(base),
            relation=cast("Relation", relation),
            kind="base_model",
            method="base_model",
            confidence=_DECLARED,
            quote=f"base_model: {base}",
        )
        for base in declared
    ] or believed(read_evidence(card, name, catalogue))
    others = tuple(e.upstream for e in found[1:] if e.upstream)
    return Ancestor(
        model, architecture, there=True, evidence=next(iter(found), None), others=others
    )


def _architecture(folder: Path) -> str | None:
    try:
        named = json.loads(_text(folder / "config.json")).get("architectures")
    except (ValueError, AttributeError):
        return None
    return named[0] if isinstance(named, list) and named else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
