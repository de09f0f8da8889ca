"""Which executor a specification asks for."""

from __future__ import annotations

from weaklink.campaigns.blocks.one_bar import OneBar
from weaklink.campaigns.executors.attacking import Attacker
from weaklink.campaigns.executors.local import LocalExecutor
from weaklink.campaigns.executors.task import Executor
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.specification import Specification
from weaklink.engine import Models
from weaklink.store import Store


def choose_executor(
    spec: Specification,
    store: Store,
    victims: Victims,
    models: Models,
    given: Models | None,
    progress: OneBar,
) -> Executor:
    """Return what makes the outcomes of a campaign.

    Args:
        spec: Says which, and how models run.
        store: Takes the outcomes.
        victims: Loads the victims here.
        models: Encoder, tagger and the like.
        given: The same, if other processes are to use these; None: they load their own.
        progress: Is told how far the work is.
    """
    if spec.executor.kind == "ray":
        from weaklink.campaigns.executors.ray import RayExecutor

        return RayExecutor(spec, store, victims, given, progress)
    return LocalExecutor(Attacker(spec, victims, models, store, progress), progress)
