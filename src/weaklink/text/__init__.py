"""Words with an exact round trip, edits, part of speech."""

from weaklink.text.case import match_case
from weaklink.text.sentences import sentences
from weaklink.text.words import Edit, Words

__all__ = ["Edit", "Words", "match_case", "sentences"]
