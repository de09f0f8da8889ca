"""What is written as ``base_model``: an id, an address of the Hub, or neither."""

from __future__ import annotations

from weaklink.lineage.cards.mentions import hub_model
from weaklink.lineage.catalogue import ID, PATH

_WORDS = frozenset(
    {"true", "false", "yes", "no", "none", "null", "na", "unknown", "other", "custom"}
)


def base_id(written: str) -> str | None:
    """Return the id that a declared base is written as, or None where it can be none.

    >>> base_id("https://huggingface.co/ann/lion/tree/main"), base_id("ann/lion@main")
    ('ann/lion', 'ann/lion')
    >>> base_id("output/checkpoint-500"), base_id("./lion"), base_id("true")
    (None, None, None)
    """
    text = written.strip(" \t\"'/")
    if "://" in text or text.lower().startswith(
        ("huggingface.co/", "www.huggingface.co/", "hf.co/")
    ):
        return hub_model(text if "://" in text else f"https://{text}")
    name = text.partition("@")[0]
    if written.strip(" \t\"'").startswith(("/", ".", "~")) or PATH.search(name):
        return None
    return name if ID.fullmatch(name) and name.lower() not in _WORDS else None
