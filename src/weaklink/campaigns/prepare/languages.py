"""What is different where texts are in another language than English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from weaklink.attacks import Attack
from weaklink.campaigns.specification import Specification
from weaklink.campaigns.specification.specification import AUTO
from weaklink.engine import ConfiguredAttack
from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.load import NETWORK
from weaklink.lexicons.languages.coverage import coverage_of
from weaklink.lexicons.languages.detect import language_of
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.models.language_model import DEFAULT_LANGUAGE_MODEL

_CODE = re.compile(r"[a-z]{2,3}")


def language_in(texts: Sequence[str], spec: Specification) -> str:
    """Return the language of texts that a specification states, or else that they seem to be in."""
    return stated_language(spec.language, texts)


def stated_language(stated: str, texts: Sequence[str]) -> str:
    """Return a language that is stated, or with ``auto`` the one that texts seem to be in.

    Raises:
        WeaklinkError: What is stated is no code.
    """
    if stated == AUTO:
        return language_of(texts)
    if not _CODE.fullmatch(stated):
        raise WeaklinkError(
            f"{stated!r} is no code of a language.", "Give an ISO 639-1 code such as es, or auto."
        )
    return stated


def in_language(
    attacks: Sequence[ConfiguredAttack], language: str, spec: Specification
) -> tuple[list[ConfiguredAttack], tuple[str, ...]]:
    """Return the attacks that can be made on texts of a language, and what a reader should know.

    An attack that lacks something is left out: it has no outcomes, so it enters no rate.
    """
    why = {one.attack.name: why_left_out(one.attack, language, spec.paraphraser) for one in attacks}
    kept = [one for one in attacks if why[one.attack.name] is None]
    reasons = (reason for reason in why.values() if reason is not None)
    return kept, (*reasons, *_notices(kept, language, spec))


def why_left_out(attack: Attack[Any], language: str, paraphraser: str = NETWORK) -> str | None:
    """Return why an attack cannot be made on texts of a language, and the remedy; None if it can.

    Args:
        attack: The attack.
        language: ISO 639-1 code.
        paraphraser: SCPN's, as settings name it; others than the network know more languages.
    """
    if language == ENGLISH:
        return None
    if attack.languages and language not in attack.languages:
        return _said(attack, language, f"its rules are for {', '.join(attack.languages)} alone")
    for resource in attack.uses:
        coverage = coverage_of(resource)
        own = resource == "scpn" and paraphraser != NETWORK
        if coverage is None or resource in attack.optional or own or coverage.covers(language):
            continue
        remedy = coverage.remedy(language)
        reason = f"it needs {coverage.what} of that language, which is not here"
        return " ".join(filter(None, (_said(attack, language, reason), remedy)))
    return None


def reads(language_model: str | None, language: str) -> bool:
    """Whether a language model, as settings name it, can tell fluency in a language.

    The packaged one learnt English alone; of any other its user knows.
    """
    return language == ENGLISH or language_model != DEFAULT_LANGUAGE_MODEL


def _said(attack: Attack[Any], language: str, reason: str) -> str:
    texts = f"the texts are in another language than English ({language})"
    return f"{attack.name} is left out: {texts}, and {reason}."


def _notices(
    attacks: Sequence[ConfiguredAttack], language: str, spec: Specification
) -> Iterator[str]:
    """Yield what the attacks that are made do without, and what measures texts less well."""
    if language == ENGLISH:
        return
    for one in attacks:
        lacks = [
            coverage.what
            for resource in one.attack.optional
            if (coverage := coverage_of(resource)) and not coverage.covers(language)
        ]
        if lacks:
            yield (
                f"{one.attack.name} does without {' and '.join(lacks)}: there is none of the "
                f"texts' language ({language}) here."
            )
    if spec.encoder == DEFAULT_ENCODER:
        yield (
            f"Similarity is measured by {DEFAULT_ENCODER}, which learnt English; bounds on it mean "
            f"little in the texts' language ({language}). Name a multilingual one by --encoder."
        )
    if not reads(spec.language_model, language):
        yield (
            f"Fluency is not measured: {DEFAULT_LANGUAGE_MODEL} learnt English, and the texts are "
            f"in another language ({language}). Name a model that reads it by --language-model."
        )
