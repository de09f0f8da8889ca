"""One attack on one text, of whatever Python calls a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weaklink.attacks import Attack
from weaklink.campaigns.python.errors import in_python
from weaklink.campaigns.python.models import Model, named
from weaklink.campaigns.single import attack_text
from weaklink.campaigns.specification import AUTO, Specification
from weaklink.engine import Models
from weaklink.store import Outcome
from weaklink.victims import load_victim


def attack(  # noqa: PLR0913 - what an audit is asked, too
    model: Model,
    text: str,
    attack: str | Attack[Any] = "textfooler",
    *,
    parameters: Mapping[str, Any] | None = None,
    target: str | None = None,
    max_queries: int | None = None,
    seed: int = 0,
    language: str | None = None,
    models: Models | None = None,
    function_timeout: float | None = None,
    threshold: str | None = None,
) -> Outcome:
    """Try one attack on one text.

    Args:
        model: Hub id, local folder, ``package.module:function``, a function from a list of texts to
            probabilities, a pair of a transformers model and its tokenizer, or a
            text-classification pipeline.
        text: The text.
        attack: The attack, or the name of an installed one.
        parameters: Its parameters, where they differ from the defaults.
        target: Label to aim at; None: any but the model's own prediction.
        max_queries: Query budget; None: no bound.
        seed: Chooses the draws.
        language: ISO 639-1 code of the text's language; None: told from the text, and a few words
            in Latin letters are taken for English.
        models: Encoder, tagger and generators; None: the packaged ones.
        function_timeout: Seconds that a function may take for one list of texts; None: no bound.
        threshold: ``LABEL=PROBABILITY``, as ``INJECTION=0.9``: a text gets the label from that
            probability up, only; None: it gets the most likely label.

    Raises:
        WeaklinkError: An argument is not allowed, the text is blank, model, attack, parameters and
            target do not go together, the attack lacks something for the language, or a function
            took too long.
    """
    with in_python():
        given = Specification.checked(
            {
                "models": ("model",), "target": target, "max_queries": max_queries, "seed": seed,
                "language": language or AUTO, "function_timeout": function_timeout,
                "threshold": threshold,
            },
            "Argument", "See help(weaklink.attack).",
        )  # fmt: skip
        name, make = named(model, set(), given.function_timeout)
        victim = (
            load_victim(name, function_timeout=given.function_timeout) if make is None else make()
        )
        return attack_text(
            victim,
            text,
            attack=attack,
            parameters=parameters,
            target=given.target,
            max_queries=given.max_queries,
            seed=given.seed,
            language=given.language,
            models=models,
            threshold=given.threshold,
        )
