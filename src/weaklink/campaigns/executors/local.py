"""Makes outcomes in this process, one victim after the other.

Several processes may do so with one store: each takes the blocks that no other one has.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from weaklink.campaigns.blocks.one_bar import OneBar
from weaklink.campaigns.executors.attacking import Attacker
from weaklink.campaigns.executors.task import Fail, Stop, Task, never, pending

_WAIT_SECONDS = 1.0


@dataclass
class LocalExecutor:
    """See ``Executor``.

    Attributes:
        attacker: Makes the outcomes.
        progress: Is told how far each victim is.
    """

    attacker: Attacker
    progress: OneBar
    _made: int = 0

    def run(self, tasks: Sequence[Task], fail: Fail, stop: Stop = never) -> int:
        """See ``Executor``."""
        self._made, store = 0, self.attacker.store
        waiting = [task for task in tasks if pending(store, task)]
        while waiting and not stop():
            before = self._made
            waiting = [task for task in waiting if self._attack(task, fail, stop)]
            if waiting and self._made == before:
                self.progress.begin("Waiting for other processes")
                time.sleep(_WAIT_SECONDS)
                waiting = [task for task in waiting if pending(store, task)]
        return self._made

    def close(self) -> None:
        """See ``Executor``. What was loaded may serve other stages."""

    def _attack(self, task: Task, fail: Fail, stop: Stop) -> bool:
        """Attack one victim, and return whether other processes were at work on the rest."""

        def begin() -> None:
            left = pending(self.attacker.store, task)
            self.progress.begin(f"Attacking {task.victim}", left)

        return self.attacker.attack(task, begin, self._count, fail, stop)

    def _count(self) -> None:
        self._made += 1
        self.progress.step()
