"""A table as LaTeX, for the booktabs package."""

from __future__ import annotations

import re

from weaklink.report.tables.table import ROWS_SHOWN, Table
from weaklink.text import visible

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "→": r"$\rightarrow$", "−": "$-$", "×": r"$\times$",
}  # fmt: skip
_FOUND = re.compile("|".join(map(re.escape, _SPECIAL)))


def to_latex(table: Table) -> str:
    """Return a ``table`` environment; nothing that came from outside is read as a command.

    A table too long for a page is cut; a comment says so, and that the CSV file has every row.
    """
    align = "".join("l" if column.kind == "text" else "r" for column in table.columns)
    head = " & ".join(escape(column.heading) for column in table.columns)
    lines = [
        r"\begin{table}",
        rf"\caption{{{escape(table.caption)}}}",
        rf"\label{{tab:{table.key.replace('_', '-')}}}",
        rf"\begin{{tabular}}{{{align}}}",
        r"\toprule",
        rf"{head} \\",
        r"\midrule",
        *(
            " & ".join(escape(f"{cell.text} {cell.interval}".strip()) for cell in row) + r" \\"
            for row in table.shown()
        ),
        *(
            [f"% {ROWS_SHOWN} of {len(table.rows)} rows; the CSV file has all."]
            if table.cut
            else []
        ),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    r"""Return ``text`` as LaTeX shows it as it is.

    >>> print(escape("50 % of a_b"))
    50 \% of a\_b
    """
    return _FOUND.sub(lambda match: _SPECIAL[match[0]], visible(text))
