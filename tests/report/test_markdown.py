import re

import pytest

from weaklink.measures import summarise
from weaklink.report import to_markdown
from weaklink.text import as_markdown

from .planted import hostile, planted_campaign, planted_outcomes

HOSTILE = [
    "</td><script>alert(1)</script>",
    "a | b\nc | d",
    "[x](javascript:alert(1)) ![y](http://example.org/z.png) `code` **b** &lt;",
    "\x1b[31m\u202egnp.exe",
]


def tables(markdown):
    """Yield the rows of each table, cut at the pipes that are not escaped."""
    for block in markdown.split("\n\n"):
        if block.startswith("| "):
            yield [re.split(r"(?<!\\)\|", line) for line in block.splitlines()]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_stay_text_in_their_cells(text):
    summary, _ = hostile(text)
    markdown = to_markdown(summary)
    found = list(tables(markdown))
    assert len(found) == 5
    for rows in found:
        assert len({len(row) for row in rows}) == 1
    assert not re.search(r"(?<!\\)[<>&\[`]", markdown)
    assert "\x1b" not in markdown
    assert "\u202e" not in markdown


@pytest.mark.parametrize("text", [*HOSTILE, "\\", "\\|", "plain"])
def test_an_escaped_text_reads_as_it_was(text):
    assert "\n" not in as_markdown(text)
    shown = re.sub(r"\\([\\`*_{}\[\]<>|~&$])", r"\1", as_markdown(text))
    assert shown.replace("\\n", "\n").startswith(text.split("\n")[0].replace("\x1b", "\\x1b")[:5])


def test_the_section_says_the_answer_first_and_the_meaning_of_each_figure():
    campaign = planted_campaign()
    markdown = to_markdown(summarise(campaign, planted_outcomes(campaign)))
    heading, answer, *_ = markdown.split("\n\n")
    assert heading == "## Adversarial robustness"
    assert answer.startswith("The strongest attack on ")
    for measure in ("asr\\_correct", "asr\\_all", "robust\\_accuracy", "transfer\\_rate"):
        assert f"- **{measure}**: " in markdown


def test_no_warnings_is_said_plainly():
    campaign = planted_campaign()
    victims = tuple(victim.model_copy(update={"warnings": ()}) for victim in campaign.victims)
    campaign = campaign.model_copy(update={"victims": victims})
    made = [o for o in planted_outcomes(campaign) if o.error is None]
    summary = summarise(campaign, made)
    whole = tuple(entry.model_copy(update={"missing": 0}) for entry in summary.attacks)
    markdown = to_markdown(summary.model_copy(update={"attacks": whole}))
    assert "No trust check raised a warning." in markdown
