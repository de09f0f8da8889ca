"""An adversarial text with its changed words marked, for the terminal."""

from __future__ import annotations

from rich.text import Text

from weaklink.text import changed_words, visible


def mark_changes(original: str, adversarial: str) -> Text:
    """Return the adversarial text, with each change as ``[old → new]``.

    The brackets tell it without colours. Nothing in the texts is read as markup or by the
    terminal.
    """
    marked = Text()
    for segment in changed_words(original, adversarial):
        if segment.changed:
            marked.append("[")
            marked.append(visible(segment.original), style="red strike")
            marked.append(" → ")
            marked.append(visible(segment.adversarial), style="bold green")
            marked.append("]")
        else:
            marked.append(visible(segment.original))
    return marked
