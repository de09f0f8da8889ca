"""The one kind of error that weaklink raises on purpose: what was wrong, and what to do."""

from __future__ import annotations


class WeaklinkError(Exception):
    """Something that the user can mend.

    Args:
        problem: What was wrong, with the offending value, in one sentence.
        remedy: What to do about it, in one sentence; may name a command.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[WeaklinkError], tuple[str, str]]:
        """Say how it is made again in another process."""
        return type(self), (self.problem, self.remedy)
