"""What is known of the models and edges of a lineage that is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weaklink.measures import Estimate
from weaklink.measures.results import Verdict


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model.

    Attributes:
        name: Its id or path.
        href: Where its page is, if it has one.
        downloads: How often it was downloaded; None where that is unknown.
        rate: ``asr_all`` against it, where it was measured.
    """

    name: str
    href: str | None = None
    downloads: int | None = None
    rate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class KnownEdge:
    """An edge.

    Attributes:
        upstream: The name of a model.
        downstream: Likewise.
        relation: What was done to the upstream.
        tier: Of its evidence; None where a specification or a person states it.
        method: The rule that found it.
        quote: The words that say so; may be empty.
        delta: ``asr_all`` of the downstream less that of the upstream, where both were measured.
        verdict: What it says.
    """

    upstream: str
    downstream: str
    relation: str
    tier: str | None = None
    method: str = ""
    quote: str = ""
    delta: Estimate | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class KnownLineage:
    """A lineage.

    Attributes:
        models: Those that an edge touches.
        edges: Between them.
        about: Which models these are, in a sentence.
        subject: The model that the lineage is of, if it is of one.
    """

    models: Sequence[KnownModel]
    edges: Sequence[KnownEdge]
    about: str
    subject: str | None = None
