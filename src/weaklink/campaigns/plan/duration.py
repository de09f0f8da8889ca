"""How long a planned study takes, from the cost of a token and the times of the demo study.

Work is counted in tokens of the packaged encoder (MiniLM), whose speed a probe finds.
"""

from __future__ import annotations

from typing import NamedTuple

from weaklink.campaigns.plan.plan import AttackPlan, Plan, tokens_of


class QueryWork(NamedTuple):
    """What it takes to answer one query of an attack.

    Attributes:
        passes: Passes of the victim over the text; gradients count as several.
        tokens: What encoder and generators do besides, in tokens of the encoder.
    """

    passes: float
    tokens: float


WORK = {
    "textfooler": QueryWork(1.0, 15.0),
    "pwws": QueryWork(1.0, 0.0),
    "textbugger": QueryWork(1.0, 5.0),
    "hotflip": QueryWork(4.0, 0.0),
    "scpn": QueryWork(1.0, 70.0),
    "gan": QueryWork(1.0, 40.0),
}
OTHER_WORK = QueryWork(1.0, 10.0)
"""Of an attack that is not among them."""

TRAINING = 3.0
"""Passes that a text costs in training."""

REPLAYED = 2.0
"""Passes of a replay."""

FLUENCY = 15.0
"""What a token costs the packaged language model, in tokens of the encoder."""

FOUND = 0.5
"""Share of the attempts that may succeed; only their fluency is measured."""

START, EACH_START = 30.0, 6.0
"""Seconds to begin and to report, and to load a model as often as it takes."""

UNCERTAINTY = 2.0
"""How many times shorter or longer the time may be."""


def expected_seconds(plan: Plan) -> tuple[float, float] | None:
    """Return the least and the most seconds that are expected; None if nothing was probed.

    What is stored counts as done, whatever of the study it is.
    """
    if plan.token_seconds is None:
        return None
    left = 1 - min(1.0, plan.stored / max(1, plan.outcomes + plan.replays))
    training = sum(TRAINING * one.tokens * one.cost for one in plan.training)
    starting = START + EACH_START * len(plan.models)
    expected = left * (working_seconds(plan) + starting) + training * plan.token_seconds
    return expected / UNCERTAINTY, expected * UNCERTAINTY


def working_seconds(plan: Plan) -> float:
    """Return the expected seconds of all attacks, replays and fluency; 0 if nothing was probed."""
    return (_attacking(plan) + _replaying(plan) + _fluency(plan)) * (plan.token_seconds or 0.0)


def attempt_work(attack: AttackPlan, words: float, cost: float, most: int | None) -> float:
    """Return what an attempt is expected to take, in tokens of the encoder.

    Args:
        attack: The attack.
        words: How many words of the text the victim reads.
        cost: Time that one token takes the victim, in those of the encoder.
        most: Query budget.
    """
    work = WORK.get(attack.name, OTHER_WORK)
    return attack.queries(words, most) * (work.passes * cost * tokens_of(words) + work.tokens)


def _attacking(plan: Plan) -> float:
    return sum(
        attack.repetitions * attempt_work(attack, words, model.cost, plan.max_queries)
        for data in plan.data
        for model, words in plan.texts(data)
        for attack in plan.attacks_on(data)
    )


def _replaying(plan: Plan) -> float:
    """Each pair's replays cost as much as the mean model."""
    if not plan.text_transfer:
        return 0.0
    passes = sum(
        plan.attempts_on(data) * model.cost * tokens_of(words)
        for data in plan.data
        for model, words in plan.texts(data)
    )
    return REPLAYED * plan.pairs * passes / max(1, len(plan.models))


def _fluency(plan: Plan) -> float:
    """Each original is measured once, and each adversarial text; neither is cut."""
    if not plan.fluency:
        return 0.0
    return FLUENCY * sum(
        (1 + FOUND * plan.attempts_on(data) * len(plan.models)) * tokens_of(count)
        for data in plan.data
        for count in data.words
    )
