"""``weaklink site build`` and ``weaklink view``: any number of campaigns as pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from weaklink.cli.terminal import wide_console

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from weaklink.campaigns.python.sources import FoundRun
    from weaklink.report.site.leaderboard import Run

site_app = typer.Typer(no_args_is_help=True, help="Make a static site of campaigns.")

Sources = Annotated[
    list[str],
    typer.Argument(metavar="STORE|STUDY...", help="Stores of audits, and folders of studies."),
]
_PORT = 8421


@site_app.command("build")
def build(
    sources: Sources,
    *,
    out: Annotated[Path, typer.Option(help="Folder of the site.")] = Path("public"),
) -> None:
    """Write a leaderboard, a page for each model, and each run's report, for any web server."""
    from weaklink.cli.results.outputs import require_writable
    from weaklink.report.site.site import write_site

    require_writable([out])
    written = write_site(out, [*read_runs(sources)])
    _tell(f"Wrote {', '.join(map(str, written))}.")


def view(
    sources: Sources,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Beyond this machine, a token is needed.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = _PORT,
) -> None:
    """Show a leaderboard and reports in the browser. Runs under way are followed live.

    Beyond this machine, the address that is printed carries a token, which is new each time unless
    the variable WEAKLINK_VIEW_TOKEN sets one.
    """
    from tempfile import TemporaryDirectory

    from weaklink.cli.viewer.serving import serve
    from weaklink.cli.viewer.viewing import Viewer

    with TemporaryDirectory(prefix="weaklink-view-") as folder:
        viewer = Viewer(Path(folder), lambda: found_runs(sources))
        viewer.renew()
        serve(
            Path(folder), viewer, lambda address: _tell(f"Open {address} (Ctrl+C ends)."),
            host=host, port=port,
        )  # fmt: skip


def _tell(line: str) -> None:
    wide_console().print(line, markup=False, soft_wrap=True, highlight=False)


def read_runs(sources: Sequence[str]) -> Iterator[Run]:
    """Yield every run of stores and studies, with its figures."""
    from weaklink.report.site.leaderboard import Run

    for slug, found in found_runs(sources):
        yield Run(slug, found.study, found.figures())


def found_runs(sources: Sequence[str]) -> Iterator[tuple[str, FoundRun]]:
    """Yield every run of stores and studies under its name in addresses."""
    from weaklink.campaigns.python.sources import runs_in

    for found in runs_in(sources):
        yield slug_of_run(found.source, found.campaign), found


def slug_of_run(source: str, campaign: int | None) -> str:
    """Return a name for the addresses of a run: of its file, folder or database, and its id."""
    from weaklink.report.site.site import slug_of
    from weaklink.store.databases import is_address, shown

    path = urlsplit(source).path if is_address(source) else source
    return slug_of(f"{Path(path).stem} {campaign or ''}", shown(source))
