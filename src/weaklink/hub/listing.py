"""The Hub's listing of models, page by page into the journal.

The address is the one that ``HfApi.list_models`` asks for; the library shows no cursor, so the
``Link`` header is followed here. Configurations come from ``expand``, which cannot be combined with
``full`` or ``cardData=true``; ``baseModels`` is refused by the listing, but tags carry it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from weaklink.errors import WeaklinkError
from weaklink.guards.addresses import public
from weaklink.hub.client import Unreachable
from weaklink.hub.record import Row, row_of
from weaklink.validation import GivenValues

if TYPE_CHECKING:
    from weaklink.hub.client import HubClient
    from weaklink.hub.journal import CollectionJournal

Watch = Callable[[str, int, int | None], None]
"""Told of progress: what is being fetched, how many are done, and of how many if known."""

_EXPAND = (
    "cardData", "config", "createdAt", "downloads", "downloadsAllTime", "gated", "lastModified",
    "library_name", "likes", "pipeline_tag", "sha", "tags",
)  # fmt: skip
_PAGE = 1000
_PAGE_BYTES = 64_000_000
MOST_IDLE = 1_000
"""Pages in a row without a model that was not listed before."""


class ModelQuery(GivenValues):
    """What to collect."""

    task: str | None = "text-classification"
    """The pipeline tag; None for every model of the Hub."""
    before: date | None = None
    """Only models created before this day (UTC)."""
    limit: int | None = None
    """At most so many models, the newest."""
    cards: bool = True
    """Whether to fetch cards."""


def list_models(
    query: ModelQuery, client: HubClient, journal: CollectionJournal, watch: Watch
) -> None:
    """Follow the listing, newest model first, from the page that the journal has come to.

    Raises:
        WeaklinkError: The Hub cannot be reached, or its listing has no end. The journal keeps what
            came.
    """
    asked, shown, idle = set[str](), set[int](), 0
    address = journal.state("next_page", _first_page(query, client.address))
    count = journal.count("models")
    while address and (query.limit is None or count < query.limit):
        watch("models", count, query.limit)
        asked.add(address)
        records, address = _page(client, address)
        page = hash(tuple(str(record.get("id")) for record in records))
        idle = 0 if records and page not in shown else idle + 1
        shown.add(page)
        if address in asked or idle > MOST_IDLE:
            raise WeaklinkError(
                "The Hub's listing has no end: it repeats itself.",
                "Check HF_ENDPOINT. What came is kept, and --limit takes only so many models.",
            )
        rows = [row for row in map(row_of, records) if row and _wanted(query, row)]
        room = None if query.limit is None else query.limit - count
        journal.add_page(islice(rows, room), next_page=address)
        count = journal.count("models")
    watch("models", count, count)


def interrupted(problem: str) -> WeaklinkError:
    """Return the error that says the Hub cannot be reached."""
    return WeaklinkError(
        f"The Hub cannot be reached: {problem}.", "Run the same command again later to resume."
    )


def _first_page(query: ModelQuery, endpoint: str) -> str:
    parameters = [("sort", "createdAt"), ("limit", str(min(_PAGE, query.limit or _PAGE)))]
    if query.task:
        parameters.append(("pipeline_tag", query.task))
    names = (*_EXPAND, "siblings") if query.cards else _EXPAND
    parameters += [("expand", name) for name in names]
    return f"{endpoint}/api/models?{urlencode(parameters)}"


def _page(client: HubClient, address: str) -> tuple[list[Row], str | None]:
    """Return the records of one page and the address of the next."""
    try:
        reply = client.get(address, limit=_PAGE_BYTES)
        records = json.loads(reply.body) if reply.status == 200 else None  # noqa: PLR2004
    except (Unreachable, ValueError, RecursionError) as error:
        raise interrupted(str(error)) from error
    if not isinstance(records, list):
        raise interrupted(f"{public(address)} answered {reply.status}")
    return [record for record in records if isinstance(record, dict)], reply.next_page


def _wanted(query: ModelQuery, row: Row) -> bool:
    created = row["created"]
    return query.before is None or (created is not None and created.date() < query.before)
