"""All that a card says about where its model came from, best evidence first."""

from __future__ import annotations


from collections.abc import Iterable, Iterator
from dataclasses import replace

from weaklink.lineage.cards import Block, Card
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.code import read_code
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.mentions import Finder
from weaklink.lineage.rules import matches
from weaklink.lineage.sentences import Sentence, sentences

QUOTE = 300
BELIEVED = 0.75
OTHER_TYPE = 0.6

_TRUST = {
    "link": 1.0,
    "id": 1.0,
    "name": 0.99,
    "family": 0.96,
    "family+name": 0.9,
    "misspelt": 0.9,
    "open": 0.5,
}


def read_evidence(card: Card, downstream: str, catalogue: Catalogue) -> list[Evidence]:
    """Return the evidence in the text of a card, the most trusted first.

    Args:
        card: The card.
        downstream: The id of the model that the card describes.
        catalogue: What names mean.
    """
    finder, own = Finder(catalogue, downstream), catalogue.resolve(downstream)
    evidence = [e for block in card.blocks for e in _read(block, finder, own)]
    weighed = [_weighed(e, own, catalogue) for e in evidence if e.upstream != own]
    return sorted(weighed, key=lambda e: -e.confidence)


def believed(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the one upstream that sorted evidence speaks for, or all of a merge.

    Nothing, if the best evidence leaves the model open or is not trusted enough.
    """
    ranked = list(evidence)
    if not ranked or ranked[0].upstream is None or ranked[0].confidence < BELIEVED:
        return []
    if ranked[0].relation != "merge":
        return ranked[:1]
    merged = {e.upstream: e for e in reversed(ranked) if e.relation == "merge" and e.upstream}
    return sorted(merged.values(), key=lambda e: -e.confidence)


def _read(block: Block, finder: Finder, own: str) -> Iterator[Evidence]:
    if block.kind == "code":
        yield from read_code(block.text, finder)
        return
    for sentence in sentences(block, finder, own):
        yield from _told(sentence)


def _told(sentence: Sentence) -> Iterator[Evidence]:
    for rule, slot in matches(sentence.slotted):
        mention = sentence.mentions[slot]
        yield Evidence(
            upstream=mention.model,
            relation=rule.relation,
            kind=rule.kind,
            method=f"{rule.name}/{mention.how}",
            confidence=rule.confidence * _TRUST[mention.how],
            quote=sentence.text[:QUOTE],
        )


def _weighed(evidence: Evidence, own: str, catalogue: Catalogue) -> Evidence:
    """Trust less what would turn one architecture into another."""
    if evidence.upstream is None or evidence.relation == "distill":
        return evidence
    types = {catalogue.type(own), catalogue.type(evidence.upstream)} - {None}
    if len(types) < 2 or evidence.kind == "framework":
        return evidence
    return replace(evidence, confidence=evidence.confidence * OTHER_TYPE)
