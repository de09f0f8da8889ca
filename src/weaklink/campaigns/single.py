"""One attack on one text: to see what an attack does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weaklink.attacks import Attack, Lexicon
from weaklink.attacks.registry import configure, find, why_left_out
from weaklink.campaigns.prepare.resources import load_models
from weaklink.campaigns.prepare.victims import check_gradients, check_target
from weaklink.campaigns.specification import Settings
from weaklink.engine import (
    Assignment,
    ConfiguredAttack,
    LoadedVictim,
    Models,
    Scheduler,
    remember_scores,
)
from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.load import NETWORK
from weaklink.lexicons.entities import EntityTable
from weaklink.lexicons.languages.detect import AUTO, stated_language
from weaklink.store import Outcome, OutcomeKey
from weaklink.text.pairs import holds_boundary
from weaklink.victims import Victim
from weaklink.victims.operating_point import at_threshold
from weaklink.victims.pairs import check_reads


def attack_text(  # noqa: PLR0913 - what an audit is asked, too
    victim: Victim,
    text: str,
    *,
    attack: str | Attack[Any] = "textfooler",
    parameters: Mapping[str, Any] | None = None,
    target: str | None = None,
    max_queries: int | None = None,
    seed: int = 0,
    models: Models | None = None,
    paraphraser: str = NETWORK,
    language: str | None = None,
    threshold: str | None = None,
) -> Outcome:
    """Attack one text, which has no gold label and comes from no data set.

    Named entities are therefore left alone: PWWS draws their replacements from the data.

    Args:
        victim: The victim.
        text: The text.
        attack: The attack, or the name of an installed one.
        parameters: Its parameters, where they differ from the defaults.
        target: Label to aim at; None: any but the victim's own prediction.
        max_queries: Query budget; None: no bound.
        seed: Chooses the draws.
        models: Encoder, tagger and generators; the packaged ones by default.
        paraphraser: The paraphraser among them, as settings name it.
        language: ISO 639-1 code of the text's language; None: told from the text.
        threshold: ``LABEL=PROBABILITY``: a text gets the label from that probability up, only.

    Raises:
        WeaklinkError: The text is blank or a pair, attack, parameters, target, threshold and victim
            do not go together, the victim reads pairs alone, the language is not a language
            code, or the attack lacks something for it.
    """
    if not isinstance(text, str):
        raise WeaklinkError(f"{text!r:.200} is not a text.", "Give a text with at least one word.")
    if not isinstance(attack, str | Attack):
        raise WeaklinkError(
            f"{attack!r:.200} is not an attack.",
            "Give a name, or a function that weaklink.attacks.attack decorates.",
        )
    if not text.strip():
        raise WeaklinkError("The text is blank.", "Give a text with at least one word.")
    if holds_boundary(text):
        raise WeaklinkError(
            "The text holds the noncharacter U+FDD0 or U+FDD1.",
            "Delete it; audit a file to attack pairs of texts.",
        )
    check_reads(victim, "The text", pairs=False)
    victim = at_threshold(victim, threshold)
    found = find(attack) if isinstance(attack, str) else attack
    chosen = ConfiguredAttack(found, configure(found, parameters or {}))
    check_gradients([chosen], victim)
    check_target(target, victim)
    loaded = LoadedVictim(victim, remember_scores(victim), gold=None)
    language = stated_language(language or AUTO, [text])
    own = paraphraser != NETWORK
    if (reason := why_left_out(found, language, own_paraphraser=own)) is not None:
        raise WeaklinkError(reason, "Or choose an attack that covers it, such as textbugger.")
    lexicon = Lexicon(lambda: EntityTable({}), language=language)
    assignment = Assignment(loaded, chosen, lexicon, target, max_queries)
    key = OutcomeKey(victim.fingerprint, "", "", "text", repetition=0, seed=seed)
    models = models or load_models(Settings(), victim.details.get("device", "cpu"))
    services = models.services(loaded.scores, victim, language)
    (outcome,) = Scheduler(services).run([assignment.start(key, text)])
    return outcome
