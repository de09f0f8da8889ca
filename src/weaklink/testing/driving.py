"""Driving an attack by hand: no engine, no model, no mocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from weaklink.attacks import Ask, Steps

T = TypeVar("T")
Answers = Mapping[type[Any], Callable[[Any], Any]]


def drive(steps: Steps[T], answers: Answers) -> tuple[T, list[Ask]]:
    """Answer every ask of ``steps`` and return how they end, and all that was asked.

    Args:
        steps: What an attack's ``run`` returns.
        answers: For each kind of ask, a function from the ask to its reply.

    Raises:
        KeyError: An ask is of a kind that ``answers`` does not have.
    """
    asked: list[Ask] = []
    reply: Any = None
    while True:
        try:
            ask = steps.send(reply)
        except StopIteration as stop:
            result: T = stop.value
            return result, asked
        asked.append(ask)
        reply = answers[type(ask)](ask)
