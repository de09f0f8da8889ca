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
    from weaklink.victims.remote.spending import spending_lines

    for line in spending_lines(spec.remote(answers_of(spec, folder, alone=alone))):
        console.print(visible(line), markup=False, highlight=False, soft_wrap=True)
