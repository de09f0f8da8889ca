"""What remote models have cost, in words."""

from __future__ import annotations

from contextlib import closing

from weaklink.victims.remote.answers import Lost, RemoteAnswers
from weaklink.victims.remote.options import RemoteOptions


def spending_lines(options: RemoteOptions) -> list[str]:
    """Return what each remote model has cost so far; nothing before the first request.

    Args:
        options: Say where the answers are, and the prices.
    """
    if not options.answers_file.is_file():
        return []
    with closing(RemoteAnswers(options.answers_file)) as answers:
        spent_by, lost_by = answers.spent_by(), answers.lost_by()
    lines = []
    for victim, spent in spent_by.items():
        lost = lost_by.get(victim, Lost()).requests
        told = f", {lost:,} of them without an answer, as a run was killed meanwhile"
        tokens = f", {spent.tokens_in:,} tokens in and {spent.tokens_out:,} out"
        cost = f", cost {options.prices.cost(*spent):.4f}"
        lines.append(
            f"{victim}: {spent.requests:,} requests so far{told if lost else ''}"
            f"{tokens if spent.tokens_in else ''}{cost if options.prices.known else ''}"
        )
    return lines
