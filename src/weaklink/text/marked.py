"""A changed text as HTML, for notebooks."""

from __future__ import annotations

from html import escape

from weaklink.text.changes import changed_words
from weaklink.text.display import visible


def marked_html(original: str, adversarial: str) -> str:
    """Return both texts with what went and what came marked, and everything else escaped.

    >>> marked_html("a <b> film", "a <i> film")
    'a<del> &lt;b&gt; </del><ins> &lt;i&gt; </ins>film'
    """
    parts = []
    for segment in changed_words(original, adversarial):
        before, after = (escape(visible(part)) for part in (segment.original, segment.adversarial))
        parts.append(f"<del>{before}</del><ins>{after}</ins>" if segment.changed else before)
    return "".join(parts)
