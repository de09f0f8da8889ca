"""The table of each attack is whole, and docs/reference/attacks.md has it."""

import pydoc
import re
from pathlib import Path

import pytest

from weaklink.attacks.registry import find

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "attacks.md"
SIX = ("textfooler", "pwws", "textbugger", "hotflip", "scpn", "gan")
NAMES = (*SIX, "unicode", *(f"openattack-{name}" for name in SIX))


def table_of(rows):
    """Return rows as a Markdown table; their cells are Markdown already."""
    lines = [[*rows[0]], ["---"] * len(rows[0]), *([*row.values()] for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_stands_in_a_rule_with_its_default(name):
    attack = find(name)
    told = {key for rule in attack.rules for key in re.findall(r"{(\w+)}", rule.ours)}
    assert told == attack.parameters.model_fields.keys() - {"variant"}
    assert all(row["rule"] and row["ours"] for row in attack.table)


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_the_algorithm_and_every_rule(name):
    attack = find(name)
    told = pydoc.render_doc(attack, renderer=pydoc.plaintext)
    assert attack.summary in told
    for row in attack.table:
        heading, *values = row.values()
        place = told.index(f"{heading}:")
        assert all(told.find(value, place) > place for value in values if value)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_the_table(name, request):
    page = PAGE.read_text("utf-8")
    mark = f"<!-- rules of {name} -->\n\n"
    pattern = re.compile(re.escape(mark) + r"((?:\|.*\n)*)")
    table = table_of(find(name).table)
    if request.config.getoption("--update-goldens"):
        tail = "" if pattern.search(page)[1] else "\n"
        page = pattern.sub(lambda _: mark + table + tail, page)
        PAGE.write_text(page, encoding="utf-8")
    assert pattern.search(page)[1] == table, "run pytest --update-goldens"
