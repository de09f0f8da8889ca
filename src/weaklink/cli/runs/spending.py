"""What remote models have cost, said at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.text import visible

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from weaklink.campaigns.specification import Specification


def print_spending(console: Console, spec: Specification, folder: Path, *, alone: bool) -> None:
    """Print what each remote model of a run has cost so far, if there is one.

    Args:
        console: Where to.
        spec: The specification.
        folder: That of a study.
        alone: Whether it is an audit.
    """
    from weaklink.campaigns.prepare.remote import answers_of
    from weaklink.victims.remote.answers import Lost, RemoteAnswers

    options = spec.remote(answers_of(spec, folder, alone=alone))
    if not options.answers_file.is_file():
        return
    answers = RemoteAnswers(options.answers_file)
    lost_by = answers.lost_by()
    for victim, spent in answers.spent_by().items():
        lost = lost_by.get(victim, Lost())
        told = f", {lost.requests:,} of them without an answer, as a run was killed meanwhile"
        tokens = f", {spent.tokens_in:,} tokens in and {spent.tokens_out:,} out"
        cost = f", cost {options.prices.cost(*spent):.4f}"
        console.print(
            visible(
                f"{victim}: {spent.requests:,} requests so far{told if lost.requests else ''}"
                f"{tokens if spent.tokens_in else ''}{cost if options.prices.known else ''}"
            ),
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    answers.close()
