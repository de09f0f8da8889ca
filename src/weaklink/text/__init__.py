"""Words with an exact round trip, edits, changes, case, sentences, passages, safe display."""

from weaklink.text.boundaries import graphemes
from weaklink.text.case import match_case
from weaklink.text.changes import Segment, changed_words, count_changed_words
from weaklink.text.display import as_markdown, markdown_table, unbroken, visible
from weaklink.text.passages import Passages
from weaklink.text.sentences import sentences
from weaklink.text.words import Words

__all__ = [
    "Passages",
    "Segment",
    "Words",
    "as_markdown",
    "changed_words",
    "count_changed_words",
    "graphemes",
    "markdown_table",
    "match_case",
    "sentences",
    "unbroken",
    "visible",
]
