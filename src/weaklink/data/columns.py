"""The columns of a table: which hold the texts and the labels, and what they hold."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple, TypedDict

import polars as pl

from weaklink.errors import WeaklinkError, guess
from weaklink.text.pairs import Beside, holds_boundary

UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What polars raises about a file or a column that it cannot read."""

_USUAL = {
    "text": ("text", "sentence", "content", "review", "document", "comment", "body", "tweet"),
    "label": ("label", "labels", "sentiment", "class", "category", "target", "polarity", "gold"),
}
"""Usual names of the column for each role."""

_PAIRS = (
    ("premise", "hypothesis"), ("question", "sentence"), ("question", "answer"),
    ("passage", "question"), ("context", "question"), ("query", "passage"), ("query", "document"),
    ("claim", "evidence"), ("headline", "body"), ("text", "text_pair"),
    *((f"{stem}{blank}{ends[0]}", f"{stem}{blank}{ends[1]}")
      for stem, blank, ends in product(
          ("sentence", "text", "question", "document", "sent"), ("", "_"), ("12", "ab"))),
)  # fmt: skip
"""Usual names of two columns of texts that a model reads together."""


class PairColumns(NamedTuple):
    """How the texts of a table are pairs.

    Attributes:
        other: Column of the texts that stand after those of the text column.
        attacked: The one of both columns that is attacked; None: the text column.
    """

    other: str
    attacked: str | None = None


class ColumnOptions(TypedDict):
    """Columns as arguments."""

    text_column: str | None
    label_column: str | None
    pair: PairColumns | None


class Columns(NamedTuple):
    """Which columns of a table are read.

    Attributes:
        text: Of the texts; None: guessed.
        label: Of the labels; None: guessed.
        pair: Where the other text of each row is; None: texts are not pairs.
    """

    text: str | None = None
    label: str | None = None
    pair: PairColumns | None = None

    @property
    def options(self) -> ColumnOptions:
        """The same as arguments of ``load_split``."""
        return {"text_column": self.text, "label_column": self.label, "pair": self.pair}

    @classmethod
    def named(
        cls, text: str | None, label: str | None, pair: str | None, attacked: str | None = None
    ) -> Columns:
        """Return columns by their names, of which ``attacked`` is one of the texts' two.

        Raises:
            WeaklinkError: A column is to be attacked, and there is one of texts alone.
        """
        if pair is None and attacked is not None:
            raise WeaklinkError(
                f"{attacked!r} is to be attacked, and texts are not pairs.",
                "Name the column of the second texts with --pair-column.",
            )
        return cls(text, label, None if pair is None else PairColumns(pair, attacked))


GUESSED = Columns()
"""Of single texts, none of them named."""


class Texts(NamedTuple):
    """The texts of a table.

    Attributes:
        rows: One for each row; of pairs, both segments (``text.pairs``).
        unread: A column that seems to hold the other text of each row; "" if there is none.
    """

    rows: list[str]
    unread: str


def texts_of(
    frame: pl.DataFrame, name: str, text_column: str | None, pair: PairColumns | None
) -> Texts:
    """Return the texts of a table.

    Args:
        frame: The table.
        name: How the user named it.
        text_column: Column of the texts; None: guessed.
        pair: Where the other text of each row is; None: texts are not pairs.

    Raises:
        WeaklinkError: There are no such columns, or two where one was to be guessed.
    """
    if pair is None:
        column, unread = _only_column(frame, name, text_column)
        return Texts(column_of(frame, name, "text", column), unread)
    column = column_name(frame, name, "text", text_column)
    other = column_name(frame, name, "pair", pair.other)
    attacked = pair.attacked or column
    if column == other:
        raise WeaklinkError(
            f"Both texts of each pair would be from the column {column!r}.",
            "Name two columns with --text-column and --pair-column.",
        )
    if attacked not in (column, other):
        raise WeaklinkError(
            f"--attack-segment names {attacked!r}, and the pairs are {column!r} and {other!r}.",
            "Name one of the two.",
        )
    firsts = column_of(frame, name, "text", column)
    seconds = column_of(frame, name, "pair", other)
    both = zip(firsts, seconds, strict=True)
    if attacked == column:
        return Texts([Beside(after=second).whole(first) for first, second in both], "")
    return Texts([Beside(before=first).whole(second) for first, second in both], "")


def _only_column(frame: pl.DataFrame, name: str, asked: str | None) -> tuple[str, str]:
    """Return the column of the texts, and one that seems to hold the other half of each.

    Raises:
        WeaklinkError: It is to be guessed, and there are two.
    """
    folded = {column.casefold(): column for column in frame.columns}
    pairs = [(folded[a], folded[b]) for a, b in _PAIRS if a in folded and b in folded]
    guess = asked or next((folded[one] for one in _USUAL["text"] if one in folded), None)
    pair = next((pair for pair in pairs if guess is None or guess in pair), None)
    if pair is not None and asked is None:
        raise WeaklinkError(
            f"{name} has two columns of texts, {pair[0]} and {pair[1]}, as for a model that reads "
            "pairs.",
            f"Name both with --text-column {pair[0]} and --pair-column {pair[1]}, or one of them "
            "with --text-column for a model that reads one.",
        )
    column = column_name(frame, name, "text", asked)
    return column, "" if pair is None else next(one for one in pair if one != column)


def column_name(frame: pl.DataFrame, name: str, role: str, asked: str | None) -> str:
    """Return the name of the column for a role, ``text``, ``pair`` or ``label``.

    Raises:
        WeaklinkError: There is none.
    """
    folded = {column.casefold(): column for column in frame.columns}
    guesses = [folded[guess] for guess in _USUAL.get(role, ()) if guess in folded]
    column = asked or next(iter(guesses), None)
    if column is None or column not in frame.columns:
        missing = f"column {asked!r}" if asked else f"column that looks like the {role}"
        raise WeaklinkError(
            f"{name} has no {missing}. Its columns are {', '.join(frame.columns)}.",
            f"{guess(asked or '', frame.columns)}Name the column with --{role}-column.",
        )
    return column


def column_of(frame: pl.DataFrame, name: str, role: str, asked: str | None) -> list[str]:
    """Return the column for a role as strings; a row without a text counts as an empty one.

    Raises:
        WeaklinkError: There is none, it holds something else, or a row has no label.
    """
    column = column_name(frame, name, role, asked)
    if frame[column].dtype.is_nested():
        raise WeaklinkError(
            f"the column {column!r} of {name} holds lists or records.",
            f"Name another one with --{role}-column.",
        )
    try:
        found = frame[column]
        values = (found.fill_nan(None) if found.dtype.is_float() else found).cast(pl.String)
    except UNREADABLE as error:
        raise WeaklinkError(
            f"the column {column!r} of {name} holds {frame[column].dtype}, not text.",
            f"Name another one with --{role}-column.",
        ) from error
    if role == "label" and values.null_count():
        row = values.is_null().arg_max()
        raise WeaklinkError(
            f"row {row} of {name} has no label in the column {column!r}.",
            "Fill it in, or delete the row.",
        )
    texts = values.fill_null("").to_list()
    row = next((row for row, text in enumerate(texts) if holds_boundary(text)), None)
    if row is not None:
        raise WeaklinkError(
            f"row {row} of {name} holds the noncharacter U+FDD0 or U+FDD1 in the column "
            f"{column!r}.",
            "Delete it: no text that is meant for interchange holds one.",
        )
    return texts
