"""What a model's name and its configuration say together, where nothing else says anything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weaklink.hub.languages import LANGUAGES
from weaklink.lineage.cards.mentions import ARCHITECTURE
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.families import well_known

CONFIDENCE = 0.78

_LONGEST = 8
_BEFORE = 2
_TELLING = 3
"""Words of a name that must agree with that of a model that is not a well-known base."""
_MANY_LANGUAGES = re.compile(r"multi|xlm|mbert|mdeberta|mt5|mbart|minilmv2|labse", re.IGNORECASE)
_RERUN = re.compile(
    r"(?:v|run|epoch|seed|ep|bs|lr|test|new|old|final|deprecated)?\d*", re.IGNORECASE
)


def infer_from_name(downstream: str, catalogue: Catalogue) -> Evidence | None:
    """Return the base that a model's name holds, if its configuration is of the same type.

    The longest base in the name counts, after up to two other words: a well-known one, or what its
    owner made of it; ``a/b`` of ``a-b-task``; one of the owner's own that has no head for a task;
    or another model that alone bears that name, if its name holds no well-known base. Nothing is
    inferred of a model without such a head, of which a name says only the architecture, nor where
    the rest of the name, or the card's metadata, is of a language that the base is not.
    """
    if catalogue.type(downstream) is None or not catalogue.solves_a_task(downstream):
        return None
    owner, _, name = downstream.rpartition("/")
    words = [m.span() for m in re.finditer(r"[^-_.]+", name)]
    for first, last in _spans(len(words)):
        span = name[words[first][0] : words[last - 1][1]]
        before, after = ([name[a:b].lower() for a, b in w] for w in (words[:first], words[last:]))
        meant = _meant(span, owner, last - first, catalogue, at_start=first == 0)
        upstream = meant or _of_the_base(span, catalogue)
        if upstream is None or upstream == catalogue.resolve(downstream):
            continue
        if _agrees(downstream, upstream, before, after, catalogue):
            return Evidence(upstream, "finetune", "name_and_config", "name+type", CONFIDENCE, name)
        return None
    return None


def _spans(words: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a name, the longest first."""
    for length in range(min(words - 1, _LONGEST), 0, -1):
        for first in range(min(_BEFORE, words - length) + 1):
            yield first, first + length


def _meant(
    span: str, owner: str, length: int, catalogue: Catalogue, *, at_start: bool
) -> str | None:
    if not ARCHITECTURE.search(span):
        return None
    if known := catalogue.base(span) or well_known().means(span):
        return catalogue.resolve(known)
    organisation, _, name = span.partition("-")
    if at_start and name and (named := f"{organisation}/{name}") in catalogue:
        return catalogue.resolve(named)
    model = catalogue.tail(span, owner)
    if model and model.startswith(f"{owner}/"):
        return model if at_start else None
    if model is None or length < _TELLING:
        return None
    base = _base_in(span, catalogue)
    return None if base and catalogue.type(base) == catalogue.type(model) else model


def _base_in(span: str, catalogue: Catalogue) -> str | None:
    """Return the longest well-known base that a name begins with."""
    ends = [m.end() for m in re.finditer(r"[^-_.]+", span)]
    return next((base for end in reversed(ends) if (base := catalogue.base(span[:end]))), None)


def _of_the_base(span: str, catalogue: Catalogue) -> str | None:
    """Return the model of that name by the owner of the base that it begins with."""
    base = _base_in(span, catalogue)
    model = f"{base.rpartition('/')[0]}/{span}" if base else ""
    return catalogue.resolve(model) if model in catalogue else None


def _agrees(
    downstream: str, upstream: str, before: list[str], after: list[str], catalogue: Catalogue
) -> bool:
    if catalogue.type(upstream) != catalogue.type(downstream):
        return False
    owner = downstream.rpartition("/")[0]
    if upstream.startswith(f"{owner}/") and (
        catalogue.solves_a_task(upstream)
        or all(_RERUN.fullmatch(word) for word in (*before, *after))
    ):
        return False
    return _MANY_LANGUAGES.search(upstream) is not None or not _foreign(
        {*after, *catalogue.languages(downstream)} & LANGUAGES,
        {*before, *after} & well_known().qualifiers,
        {*re.split(r"[-_.\s/]+", upstream.lower()), *catalogue.languages(upstream)},
    )


def _foreign(codes: set[str], areas: set[str], own: set[str]) -> bool:
    """Tell whether codes and names of languages, or of areas, are not among the upstream's own.

    Codes before the base do not count: "ms-marco" is not Malay.
    """
    named = (codes | areas) - {"en", "english"}
    return bool(named - own) and not (named & own)
