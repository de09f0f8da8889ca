"""``weaklink attacks``: which attacks there are, and what they need."""

from __future__ import annotations

from inspect import getdoc
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from weaklink.cli.terminal import print_table

attacks_app = typer.Typer(no_args_is_help=True, help="List the installed attacks, or show one.")


@attacks_app.command("list")
def list_attacks(
    *, json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False
) -> None:
    """List every installed attack."""
    from weaklink.cli.attack_documents import describe_all

    listed = describe_all()
    if json:
        typer.echo(listed.to_json(), nl=False)
        return
    table = Table()
    for heading in ("attack", "what it does", "needs from the victim", "languages", "repetitions"):
        table.add_column(heading)
    for attack in listed.attacks:
        table.add_row(
            attack.name, attack.summary, attack.needs, attack.languages, str(attack.repetitions)
        )
    console = Console()
    print_table(table, console)
    for name in dict.fromkeys(one.collection for one in listed.attacks if one.collection):
        members = ", ".join(one.name for one in listed.attacks if one.collection == name)
        console.print(f"--attacks {name} runs {members}; --attacks all runs none of them.")


@attacks_app.command("show")
def show_attack(
    name: Annotated[str, typer.Argument(help="Name of the attack.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Show an attack: its paper, what it does, its rules beside the paper's, and its parameters."""
    from weaklink.attacks.registry import find
    from weaklink.cli.attack_documents import describe

    attack = find(name)
    described = describe(attack)
    if json:
        typer.echo(described.to_json(), nl=False)
        return
    console = Console()
    console.print(f"{attack.name}: {attack.paper}", markup=False)
    console.print(f"\n{getdoc(attack.run)}\n", markup=False)
    console.print(f"Needs {described.needs}; uses {', '.join(attack.uses) or 'no resource'}.")
    console.print(f"Languages: {described.languages}.", markup=False)
    if attack.code:
        console.print(f"Code: {attack.code}.", markup=False)
    _print(console, "Rules", [one.model_dump() for one in described.rules])
    _print(console, "Parameters", [one.model_dump() for one in described.parameters])


def _print(console: Console, title: str, rows: list[dict[str, Any]]) -> None:
    """Print rows, if there are any, as a table."""
    if not rows:
        return
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row.values()))
    print_table(table, console)
