"""What there is to do with one victim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from weaklink.campaigns.prepare.data import PreparedData
from weaklink.engine import ConfiguredAttack
from weaklink.store import Campaign, Store

Stop: TypeAlias = Callable[[], bool]
"""Whether the time is up."""

Fail: TypeAlias = Callable[[str, Exception], None]
"""Records what failed and why, while the rest goes on."""


class Work(NamedTuple):
    """What there is to do with one victim on one data set."""

    data: PreparedData
    attacks: Mapping[str, ConfiguredAttack]
    campaign: Campaign
    """With no other victim in it."""


class Task(NamedTuple):
    """What there is to do with one victim."""

    victim: str
    """Its name."""
    work: Sequence[Work]


def never() -> bool:
    """Do not stop."""
    return False


def pending(store: Store, task: Task) -> int:
    """Return how many outcomes of a task the store does not have yet."""
    return sum(one.campaign.size - len(store.done(one.campaign)) for one in task.work)


class Executor(Protocol):
    """Makes the outcomes of tasks that the store does not have yet."""

    def run(self, tasks: Sequence[Task], fail: Fail, stop: Stop = never) -> int:
        """Make them, and return how many this run made.

        When it returns, every outcome is stored, whoever made it, except those that failed.

        Args:
            tasks: One for each victim.
            fail: Is told of a victim that fails.
            stop: Asked again and again; once it is true, attempts under way are given up.

        Raises:
            WeaklinkError: The store failed.
        """

    def close(self) -> None:
        """Give up what it keeps for the next tasks."""
