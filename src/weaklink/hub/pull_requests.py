"""Pull requests to repositories of the Hub."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import Literal

from huggingface_hub import CommitOperationAdd, HfApi

from weaklink.errors import WeaklinkError
from weaklink.guards.deadline import OutOfTime, within
from weaklink.guards.hub_client import check_hub_answers
from weaklink.hub.client import HubClient, Unreachable
from weaklink.version import __version__

_MOST = 200_000
"""Bytes of a file: some three thousand tasks. YAML of a megabyte can take a minute to read."""
DEADLINE = 120.0
"""Seconds in which a pull request is opened."""
_THERE, _MISSING = 200, 404


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of the Hub.

    Attributes:
        id: ``owner/name``.
        kind: What it holds.
    """

    id: str
    kind: Literal["model", "dataset"]

    @property
    def path(self) -> str:
        """Its path on the Hub."""
        return f"datasets/{self.id}" if self.kind == "dataset" else self.id


def token_of_environment() -> str:
    """Return the token that may open pull requests.

    Raises:
        WeaklinkError: ``HF_TOKEN`` is not set.
    """
    token = os.environ.get("HF_TOKEN", "").strip()
    if not token:
        raise WeaklinkError(
            "HF_TOKEN is not set.", "Set it to a token that may open pull requests on the Hub."
        )
    return token


def read_file(repository: Repository, path: str, client: HubClient) -> str | None:
    """Return a text file of a repository; None where it has none.

    Raises:
        WeaklinkError: There is no such repository, or it cannot be read.
    """
    address = f"{client.endpoint}/{repository.path}/resolve/main/{path}"
    try:
        reply = client.get(address, limit=_MOST)
    except Unreachable as error:
        raise WeaklinkError(f"The Hub cannot be asked: {error}.", "Check the network.") from error
    if reply.status == _THERE and not reply.cut:
        return reply.body.decode("utf-8", errors="replace")
    if reply.status == _MISSING and reply.headers.get("x-error-code") == "EntryNotFound":
        return None
    raise WeaklinkError(
        f"The Hub does not hand out {path} of the {repository.kind} {repository.id} (status "
        f"{reply.status}).",
        "Check that it exists; a data set for a benchmark is made with `hf repos create`.",
    )


def open_pull_request(
    repository: Repository, path: str, text: str, title: str, description: str, token: str
) -> str:
    """Open a pull request that writes one text file, and return its address.

    Raises:
        WeaklinkError: The Hub refuses it.
    """
    check_hub_answers()
    api = HfApi(library_name="weaklink", library_version=__version__)
    opening = partial(
        api.create_commit,
        repository.id,
        [CommitOperationAdd(path, text.encode())],
        commit_message=title,
        commit_description=description,
        repo_type=repository.kind,
        create_pr=True,
        token=token,
    )
    try:
        made = within(DEADLINE, opening)
    except Exception as error:  # noqa: BLE001 - the library raises anything where an answer is odd
        raise WeaklinkError(
            f"The Hub opened no pull request to {repository.id}: {_told(error, token)}",
            "Check the repository, and that HF_TOKEN may open pull requests.",
        ) from None
    return made.pr_url or made.commit_url


def _told(error: Exception, token: str) -> str:
    """Return what went wrong in one line without the token."""
    if isinstance(error, OutOfTime):
        return f"it takes more than {DEADLINE:g} seconds"
    return " ".join(str(error).replace(token, "***").split())[:500]
