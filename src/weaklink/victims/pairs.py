"""Which victims can be given pairs of texts, and which nothing else.

A victim says so by three attributes, none of which it needs to have: ``reads_pairs`` (False without
it), ``reads_texts`` (True without it), and ``no_pairs``, why it cannot be given pairs.
"""

from __future__ import annotations

from collections.abc import Iterable

from weaklink.errors import WeaklinkError
from weaklink.text.pairs import holds_boundary
from weaklink.victims.protocol import Victim


def check_texts(victim: Victim, texts: Iterable[str]) -> None:
    """Refuse texts that a victim cannot be given, as ``check_reads`` does."""
    for pairs in {holds_boundary(text) for text in texts}:
        check_reads(victim, "The data", pairs=pairs)


def check_reads(victim: Victim, what: str, *, pairs: bool) -> None:
    """Refuse texts of a kind that a victim cannot be given.

    Args:
        victim: The victim.
        what: What holds the texts.
        pairs: Whether they are pairs.

    Raises:
        WeaklinkError: It reads texts of the other kind alone.
    """
    if pairs and not getattr(victim, "reads_pairs", False):
        why = getattr(victim, "no_pairs", "")
        raise WeaklinkError(
            f"{what} holds pairs of texts, and {victim.name} cannot be given pairs"
            f"{f': {why}' * bool(why)}.",
            "Give a transformers model with a fast tokenizer, a function of pairs, or a server "
            "that is asked for pairs; or remove --pair-column.",
        )
    if not pairs and not getattr(victim, "reads_texts", True):
        raise WeaklinkError(
            f"{victim.name} reads pairs of texts, and was given single ones.",
            "Name the column of the second texts with --pair-column.",
        )
