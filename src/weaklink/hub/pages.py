"""Where a model's page on the Hub is."""

from __future__ import annotations

from urllib.parse import quote

from weaklink.hub.record import is_hub_id


def hub_page(model: str) -> str | None:
    """Return the address of a model's page on the Hub; None where the name cannot be an id.

    A revision after ``@`` leads to the files of that revision.

    >>> hub_page("google-bert/bert-base-uncased")
    'https://huggingface.co/google-bert/bert-base-uncased'
    >>> hub_page("javascript:alert(1)") is None
    True
    """
    name, _, revision = model.partition("@")
    if not is_hub_id(name):
        return None
    address = f"https://huggingface.co/{name}"
    return f"{address}/tree/{quote(revision, safe='')}" if revision else address
