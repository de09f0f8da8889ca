"""``weaklink attacks``: which attacks there are, and what they need."""

from __future__ import annotations

from inspect import getdoc
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

attacks_app = typer.Typer(no_args_is_help=True, help="List the installed attacks, or show one.")


@attacks_app.command("list")
def list_attacks(
    *, json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False
) -> None:
    """List every installed attack."""
    from json import dumps

    from weaklink.attacks.registry import installed

    described = [_describe(attack) for attack in installed().values()]
    if json:
        typer.echo(dumps(described, indent=2))
        return
    table = Table()
    for heading in ("attack", "what it does", "needs of a victim", "repetitions"):
        table.add_column(heading)
    for attack in described:
        table.add_row(*(str(attack[k]) for k in ("name", "summary", "needs", "repetitions")))
    Console().print(table)


@attacks_app.command("show")
def show_attack(
    name: Annotated[str, typer.Argument(help="Name of the attack.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Show an attack: its paper, what it does and deviates in, and its parameters."""
    from json import dumps

    from weaklink.attacks.registry import find

    attack = find(name)
    described = _describe(attack)
    if json:
        typer.echo(dumps(described, indent=2))
        return
    console = Console()
    console.print(f"{attack.name}: {attack.paper}", markup=False)
    console.print(f"\n{getdoc(attack.run)}\n", markup=False)
    console.print(f"Needs {described['needs']}; uses {', '.join(attack.uses) or 'no resource'}.")
    table = Table(title="Parameters")
    for heading in ("parameter", "default", "meaning"):
        table.add_column(heading)
    for parameter in described["parameters"]:
        table.add_row(parameter["name"], str(parameter["default"]), parameter["description"])
    console.print(table)


def _describe(attack: Any) -> dict[str, Any]:  # noqa: ANN401 - an Attack, imported late
    return {
        "name": attack.name,
        "paper": attack.paper,
        "summary": attack.summary,
        "needs": "probabilities and gradients"
        if attack.parameters().needs_gradients
        else "probabilities",
        "uses": list(attack.uses),
        "repetitions": attack.repetitions,
        "parameters": [
            {"name": key, "default": field.default, "description": field.description}
            for key, field in attack.parameters.model_fields.items()
        ],
    }
