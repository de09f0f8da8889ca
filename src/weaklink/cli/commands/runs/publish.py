"""``weaklink publish``: results as the Hub shows them, by pull requests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.options import Source
from weaklink.cli.terminal import wide_console
from weaklink.errors import WeaklinkError
from weaklink.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from weaklink.hub.pull_requests import Repository
    from weaklink.report.exports.benchmark import TaskResult

    Changes = Sequence[tuple[Repository, str, Callable[[str | None], str]]]
    """Repository, path, and what makes the file of what it holds already."""

_TITLE = "Add robust accuracy under attack, measured by weaklink"


def publish(
    source: Source,
    benchmark: Annotated[
        str,
        typer.Option(
            metavar="OWNER/NAME", help="Data set of the Hub whose eval.yaml has the tasks."
        ),
    ],
    *,
    about: Annotated[
        str | None, typer.Option(help="Model or chain, such as C1 (default: the audited model).")
    ] = None,
    repo: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/NAME", help="The model's repository (default: the model's own id)."
        ),
    ] = None,
    campaign: Annotated[
        int | None, typer.Option(help="Id of the campaign in a store (default: the latest).")
    ] = None,
    report: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where the report can be read.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the two files to this folder, too.")
    ] = None,
    open_: Annotated[
        bool,
        typer.Option(
            "--open", help="Open the pull requests, with the token of HF_TOKEN (default: dry run)."
        ),
    ] = False,
) -> None:
    """Publish robust accuracy on the Hub: results for the model, tasks for the benchmark.

    Without --open nothing is sent, and the two files are printed.
    """
    from weaklink.campaigns.figures import figures_of
    from weaklink.cli.commands.report import read_source
    from weaklink.hub.pull_requests import Repository
    from weaklink.measures import Options
    from weaklink.measures.options import stated_bounds
    from weaklink.report.exports import benchmark as made
    from weaklink.report.exports.subject import subject

    study = read_source(source, campaign)
    results = figures_of(study, Options(stated_bounds(study.record)))
    chosen = subject(study, results, about or _only(results.audited))
    model = _repository(repo or chosen.model.name, "Name the model's repository with --repo.")
    data = _repository(benchmark, "Name a data set of the Hub with --benchmark.")
    found = made.task_results(chosen, study, results)

    def tasks(before: str | None) -> str:
        return made.to_tasks(data, found, before)

    def entries(before: str | None) -> str:
        return made.to_eval_results(data, found, results, source=report, before=before)

    changes = [
        (Repository(data, "dataset"), made.TASKS, tasks),
        (Repository(model, "model"), made.result_file(data), entries),
    ]
    if out is not None:
        _write(out, changes)
    if open_:
        _open(changes, found)
    else:
        _show(changes)


def _only(names: tuple[str, ...]) -> str:
    if len(names) != 1:
        raise WeaklinkError(
            "The run has several models.", f"Name one with --about: {', '.join(names)}."
        )
    return names[0]


def _repository(name: str, remedy: str) -> str:
    from weaklink.hub.record import is_hub_id

    repository = name.partition("@")[0]
    if not is_hub_id(repository) or "/" not in repository:
        raise WeaklinkError(f"{name} is not a repository on the Hub.", remedy)
    return repository


def _write(folder: Path, changes: Changes) -> None:
    from weaklink.files import write_atomically

    for _, path, write in changes:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / path, write(None))
        _tell(f"Wrote {folder / path}.")


def _show(changes: Changes) -> None:
    for repository, path, write in changes:
        _tell(f"{path} of the {repository.kind} {repository.id}:\n")
        _tell(write(None))
    _tell("Nothing was sent. --open opens a pull request for each; what the files hold stays.")


def _open(changes: Changes, found: Sequence[TaskResult]) -> None:
    from weaklink.hub.client import HubClient
    from weaklink.hub.pull_requests import open_pull_request, read_file, token_of_environment

    token, client = token_of_environment(), HubClient(retries=2)
    texts = [(where, path, read_file(where, path, client), write) for where, path, write in changes]
    ready = [(where, path, before, write(before)) for where, path, before, write in texts]
    description = "\n".join(f"- `{one.id}`: {one.notes}" for one in found)
    for repository, path, before, text in ready:
        if text == before:
            _tell(f"{path} of {repository.id} says so already.")
            continue
        address = open_pull_request(repository, path, text, _TITLE, description, token)
        _tell(f"Opened {address}")


def _tell(line: str) -> None:
    wide_console().print(
        "\n".join(map(visible, line.split("\n"))), markup=False, soft_wrap=True, highlight=False
    )
