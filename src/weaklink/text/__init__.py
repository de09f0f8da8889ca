"""Words with an exact round trip, edits, part of speech."""

from weaklink.text.words import Edit, Words

__all__ = ["Edit", "Words"]
