"""Hostile text of several lines, made visible."""

from __future__ import annotations

from weaklink.text import visible


def visible_lines(text: str) -> str:
    r"""Return ``text`` with every invisible character but the line feed as its Python escape.

    >>> visible_lines("one\ntwo\u202e")
    'one\ntwo\\u202e'
    """
    return text if text.isprintable() else "\n".join(map(visible, text.split("\n")))
