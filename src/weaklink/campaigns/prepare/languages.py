"""What is different where texts are in another language than English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weaklink.attacks.registry import why_left_out
from weaklink.campaigns.specification import Specification
from weaklink.engine import ConfiguredAttack
from weaklink.generators.paraphrasers.load import NETWORK
from weaklink.lexicons.languages.coverage import coverage_of
from weaklink.lexicons.languages.detect import stated_language
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.models.language_model import DEFAULT_LANGUAGE_MODEL


def language_in(texts: Sequence[str], spec: Specification) -> str:
    """Return the language of texts that a specification states, or else that they seem to be in."""
    return stated_language(spec.language, texts)


def in_language(
    attacks: Sequence[ConfiguredAttack], language: str, spec: Specification
) -> tuple[list[ConfiguredAttack], tuple[str, ...]]:
    """Return the attacks that can be made on texts of a language, and what a reader should know.

    An attack that lacks something is left out: it has no outcomes, so it enters no rate.
    """
    own = spec.paraphraser != NETWORK
    why = {
        one.attack.name: why_left_out(one.attack, language, own_paraphraser=own) for one in attacks
    }
    kept = [one for one in attacks if why[one.attack.name] is None]
    reasons = (reason for reason in why.values() if reason is not None)
    return kept, (*reasons, *_notices(kept, language, spec))


def reads(language_model: str | None, language: str) -> bool:
    """Whether a language model, as settings name it, can tell fluency in a language.

    The packaged one learnt English alone; of any other its user knows.
    """
    return language == ENGLISH or language_model != DEFAULT_LANGUAGE_MODEL


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
