"""``weaklink doctor``: what this machine has and lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from weaklink.cli.terminal import print_table

if TYPE_CHECKING:
    from weaklink.doctor.health import Health


def doctor(
    *, json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False
) -> None:
    """Show what this machine has, what is missing, and the command that fixes it.

    Exits with status 1 if something is missing that the default audit needs.
    """
    from weaklink.doctor.health import examine

    health = examine()
    if json:
        typer.echo(health.to_json(), nl=False)
    else:
        _show(health, Console())
    if not health.ready:
        raise typer.Exit(1)


def _torch(health: Health) -> str:
    if health.torch is None:
        return "not installed"
    load = "" if health.load is None else f" (load {health.load:.1f})"
    return (
        f"{health.torch}, {health.threads} threads that {health.idle_threads} while they wait{load}"
    )


def _show(health: Health, console: Console) -> None:
    table = Table(show_header=False)
    rows = {
        "weaklink": health.weaklink,
        "python": f"{health.python} on {health.platform}",
        "torch": _torch(health),
        "devices": ", ".join(health.devices),
        "processor": f"{health.processor}, {health.cores} cores",
        "memory": f"{health.memory_free} of {health.memory} GiB free",
        "cache": f"{health.cache} ({health.disk_free} GiB free)",
        "packages": ", ".join(f"{name} {version}" for name, version in health.packages.items()),
    }
    for name, value in rows.items():
        table.add_row(name, value)
    print_table(table, console)
    for lack in health.missing:
        how = "Missing" if lack.needed else "Missing, but not needed by the default audit"
        console.print(f"{how}: {lack.name} ({lack.purpose}).", markup=False)
        console.print(f"    {lack.command}", markup=False, soft_wrap=True)
    if health.ready:
        console.print("Everything that the default audit needs is installed.", style="green")
