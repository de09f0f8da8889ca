import re

import pytest

from weaklink.report import markdown
from weaklink.text import as_markdown

from .planted import figures_of, hostile, planted_audit, planted_campaign, planted_outcomes

HOSTILE = [
    "</td><script>alert(1)</script>",
    "a | b\nc | d",
    "[x](javascript:alert(1)) ![y](http://example.org/z.png) `code` **b** &lt;",
    "\x1b[31m\u202egnp.exe",
]


def tables(made):
    """Yield the rows of each table, cut at the pipes that are not escaped."""
    for block in made.split("\n\n"):
        if block.startswith("| "):
            yield [re.split(r"(?<!\\)\|", line) for line in block.splitlines()]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_stay_text_in_their_cells(text):
    study = hostile(text)
    made = markdown(study, figures_of(study))
    found = list(tables(made))
    assert len(found) == 7
    for rows in found:
        assert len({len(row) for row in rows}) == 1
    assert not re.search(r"(?<!\\)[<>&\[`]", made)
    assert "\x1b" not in made
    assert "\u202e" not in made


@pytest.mark.parametrize("text", [*HOSTILE, "\\", "\\|", "plain"])
def test_an_escaped_text_reads_as_it_was(text):
    assert "\n" not in as_markdown(text)
    shown = re.sub(r"\\([\\`*_{}\[\]<>|~&$])", r"\1", as_markdown(text))
    assert shown.replace("\\n", "\n").startswith(text.split("\n")[0].replace("\x1b", "\\x1b")[:5])


def test_the_section_says_the_answer_first_and_the_meaning_of_each_figure():
    study = planted_audit()
    heading, answer, *rest = markdown(study, figures_of(study)).split("\n\n")
    assert heading == "## Adversarial robustness"
    assert "under attack it is right on" in answer
    for measure in ("asr\\_correct", "asr\\_all", "robust\\_accuracy", "sample transfer"):
        assert f"- **{measure}**: " in rest[-1]


def test_no_warnings_is_said_plainly():
    campaign = planted_campaign()
    victims = tuple(victim.model_copy(update={"warnings": ()}) for victim in campaign.victims)
    campaign = campaign.model_copy(update={"victims": victims})
    study = planted_audit(campaign, [o for o in planted_outcomes(campaign) if o.error is None])
    found = figures_of(study)
    whole = tuple(entry.model_copy(update={"missing": 0}) for entry in found.scenarios)
    made = markdown(study, found.model_copy(update={"scenarios": whole}))
    assert "No trust check raised a warning." in made
