"""All that a card says about where its model came from, best evidence first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from weaklink.lineage.cards.card import CardBlock, ParsedCard
from weaklink.lineage.cards.code import read_code
from weaklink.lineage.cards.mentions import Finder, Mention
from weaklink.lineage.cards.names import read_name
from weaklink.lineage.cards.rules import credible, matches
from weaklink.lineage.cards.sentences import Sentence, sentences
from weaklink.lineage.cards.tables import read_tables
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.families import SIZES
from weaklink.lineage.ids import bare_name, begins, parts

QUOTE = 300
BELIEVED = 0.75
OTHER_TYPE = 0.6
OTHER_SIBLING = 0.8
OTHER_SIZE = 0.6
NAMESAKE = 0.85
BASE_LINK = 0.93

_TRUST = {
    "link": 1.0,
    "id": 1.0,
    "name": 0.99,
    "family": 0.96,
    "family+name": 0.9,
    "misspelt": 0.9,
    "open": 0.5,
}
_BASE_LINK = re.compile(
    r"(?:the |this |a )?(?:pre-?trained|base|original|parent|initial)(?: \w+){0,2}"
    r" (?:model|checkpoint)",
    re.IGNORECASE,
)
_ONE_ARCHITECTURE = frozenset({"roberta", "xlm-roberta", "camembert"})
_LOOSE = ("/name", "/family", "/family+name", "/misspelt")


def read_evidence(card: ParsedCard, downstream: str, catalogue: Catalogue) -> list[Evidence]:
    """Return the evidence in the text of a card, the most trusted first.

    Args:
        card: The card.
        downstream: The id of the model that the card describes.
        catalogue: What names mean.
    """
    finder, own = Finder(catalogue, downstream), catalogue.resolve(downstream)
    evidence = [e for block in card.blocks for e in _read(block, finder, own)]
    evidence += read_tables(card.blocks, finder, own, catalogue)
    named = read_name(downstream, catalogue)
    namesake = named.upstream if named else None
    others = [e for e in evidence if not _is_own(e, own)]
    weighed = [_weighed(e, own, namesake, catalogue) for e in others]
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


def _read(block: CardBlock, finder: Finder, own: str) -> Iterator[Evidence]:
    if block.kind == "code":
        yield from read_code(block.text, finder)
        return
    for sentence in sentences(block, finder, own):
        yield from _told(sentence, own)
        if block.kind != "row":
            yield from _namesakes(sentence, own)


def _is_own(evidence: Evidence, own: str) -> bool:
    """Tell whether evidence names the card's own model; code does under any owner's name."""
    if evidence.kind == "code" and evidence.upstream:
        return bare_name(evidence.upstream) == bare_name(own)
    return evidence.upstream == own


def _told(sentence: Sentence, own: str) -> Iterator[Evidence]:
    for mention in sentence.mentions:
        if mention.how == "link" and _BASE_LINK.fullmatch(mention.written):
            yield Evidence(
                mention.model,
                "finetune",
                "prose",
                "base_link/link",
                BASE_LINK,
                sentence.text[:QUOTE],
            )
    for rule, slot in matches(sentence.slotted):
        mention = sentence.mentions[slot]
        yield Evidence(
            upstream=mention.model,
            relation=rule.relation,
            kind=rule.kind,
            method=f"{rule.name}/{mention.how}",
            confidence=rule.confidence * _TRUST[mention.how] * _agreement(mention, own),
            quote=sentence.text[:QUOTE],
        )


def _agreement(mention: Mention, own: str) -> float:
    """Trust less a link to another size than the downstream's, if only its address says so.

    Cards of several sizes are copies of one another in which the link was forgotten.
    """
    if mention.how != "link" or mention.model is None:
        return 1.0
    sizes = [SIZES.intersection(parts(name)) for name in (mention.model, own, mention.written)]
    return OTHER_SIZE if sizes[0] and sizes[1] and not sizes[0] & (sizes[1] | sizes[2]) else 1.0


def _namesakes(sentence: Sentence, own: str) -> Iterator[Evidence]:
    """Yield the models named on the card whose own name the downstream's begins with."""
    for slot, mention in enumerate(sentence.mentions):
        named = mention.model if mention.how not in ("family+name", "misspelt") else None
        if named and begins(own, named) and credible(sentence.slotted, slot):
            confidence, method = NAMESAKE * _TRUST[mention.how], f"namesake/{mention.how}"
            yield Evidence(named, "finetune", "prose", method, confidence, sentence.text[:QUOTE])


def _sizes_differ(one: str, other: str) -> bool:
    sizes = [SIZES.intersection(parts(name)) for name in (one, other)]
    return all(sizes) and not sizes[0] & sizes[1]


def _same_type(one: str, other: str, catalogue: Catalogue) -> bool:
    return catalogue.type(one) == catalogue.type(other) is not None


def _owner(model_id: str) -> str:
    return model_id.rpartition("/")[0]


def _weighed(evidence: Evidence, own: str, namesake: str | None, catalogue: Catalogue) -> Evidence:
    """Trust less what more likely means another model.

    That is a loose name where the downstream's name holds another model of its owner, or a base of
    the same architecture and another size; "X was trained" of a model of the same owner, which is
    the downstream under an older name; and what would turn one architecture into another.
    """
    confidence, upstream = evidence.confidence, evidence.upstream or own
    if namesake and namesake != evidence.upstream and evidence.method.endswith(_LOOSE):
        if _owner(namesake) == _owner(own):
            confidence *= OTHER_SIBLING
        elif _sizes_differ(namesake, upstream) and _same_type(namesake, upstream, catalogue):
            confidence *= OTHER_SIZE
    if evidence.method.startswith("was_trained") and _owner(upstream) == _owner(own):
        confidence *= OTHER_SIBLING
    types = {catalogue.type(own), catalogue.type(upstream)} - {None}
    alike = len(types) < 2 or types <= _ONE_ARCHITECTURE  # noqa: PLR2004
    if not alike and evidence.relation != "distill" and evidence.kind != "framework":
        confidence *= OTHER_TYPE
    return replace(evidence, confidence=confidence)
