"""``weaklink attacks``: which attacks there are, and what they need."""

from __future__ import annotations

from inspect import getdoc
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

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
    for heading in ("attack", "what it does", "needs from the victim", "repetitions"):
        table.add_column(heading)
    for attack in listed.attacks:
        table.add_row(attack.name, attack.summary, attack.needs, str(attack.repetitions))
    Console().print(table)


@attacks_app.command("show")
def show_attack(
    name: Annotated[str, typer.Argument(help="Name of the attack.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Show an attack: its paper, what it does, its deviations and its parameters."""
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
    table = Table(title="Parameters")
    for heading in ("parameter", "default", "meaning"):
        table.add_column(heading)
    for parameter in described.parameters:
        table.add_row(parameter.name, str(parameter.default), parameter.description)
    console.print(table)
