"""HTML for notebooks, without styles or scripts: every value is made visible and escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from weaklink.text.display import visible


def paragraphs(sentences: Iterable[str]) -> Markup:
    """Return each sentence as a paragraph.

    >>> print(paragraphs(["a <b>"]))
    <p>a &lt;b&gt;</p>
    """
    return Markup().join(_tag("p", sentence) for sentence in sentences)


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """Return a table.

    Args:
        caption: What stands above it.
        headings: Of each column.
        rows: A cell for each column.
    """
    head = Markup().join(_tag("th", heading) for heading in headings)
    body = Markup().join(
        _wrapped("tr", Markup().join(_tag("td", cell) for cell in row)) for row in rows
    )
    inner = _tag("caption", caption) + _wrapped("thead", _wrapped("tr", head))
    return _wrapped("table", inner + _wrapped("tbody", body))


def block(*parts: Markup) -> str:
    """Return parts as one block."""
    return str(_wrapped("div", Markup().join(parts)))


def _tag(name: str, text: str) -> Markup:
    return _wrapped(name, Markup.escape(visible(text)))


def _wrapped(name: str, inner: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(name), inner)  # noqa: S704 - our own tags
