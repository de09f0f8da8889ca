import base64
import hashlib
import re
import unicodedata
from dataclasses import replace

import pytest

from tests.report.parsed_page import Page
from tests.report.planted import (
    figures_of,
    hostile,
    planted_audit,
    planted_campaign,
    planted_outcomes,
)
from weaklink.report import write_report
from weaklink.report.charts.all_charts import all_charts
from weaklink.report.page.page import campaign_page
from weaklink.report.tables.all_tables import all_tables

HOSTILE = [
    "</script><script>alert(1)</script><!-- ]]> <svg onload=alert(2)> &lt;b&gt;",
    "\"'` onmouseover=\"alert(3)\" style='color:red' {{ 7 * 7 }} {% raw %}",
    "</style></title></text></svg><img src=x onerror=alert(4)><![CDATA[ <?php ?>",
    "\u202egnp\u2066 \u200b\u2028\u2029 \x1b[31m\x00\x07\r\n\t \ufffe \ue000 👩\u200d🚀",
    "w" * 20_000,
]
SECTIONS = [
    "answer", "warnings", "rq2", "rq3", "queries", "quality", "models", "chains", "outcomes",
    "methods", "definitions", "reproduce",
]  # fmt: skip
COMMAND = "weaklink audit --upstream=up -- down"


def page_of(study, found=None, *, drawn=False, **rest):
    """Return the page; without its charts, which take most of the time."""
    found = found or figures_of(study)
    charts = all_charts(study, found) if drawn else {}
    return campaign_page(study, found, all_tables(study, found), charts, **rest)


@pytest.fixture(scope="module")
def study():
    return planted_audit()


@pytest.fixture(scope="module")
def found(study):
    return figures_of(study)


@pytest.fixture(scope="module")
def html(study, found):
    return page_of(study, found, drawn=True, command=COMMAND)


@pytest.fixture(scope="module")
def harmless_shape():
    return shape(page_of(hostile("harmless"), drawn=True))


def shape(html):
    """Return the shape without marks of changed words: those depend on the words."""
    return [element for element in Page(html).shape if element[0] not in {"del", "ins"}]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_data_adds_no_element_and_no_attribute(text, harmless_shape):
    html = page_of(hostile(text), drawn=True)
    html.encode()
    assert shape(html) == harmless_shape
    hidden = {character for character in html if unicodedata.category(character) in {"Cc", "Cf"}}
    assert hidden <= {"\n"}


def test_the_page_asks_the_network_for_nothing(html):
    links = {
        value
        for _, attributes in Page(html).elements
        for name, value in attributes.items()
        if name in {"src", "href", "xlink:href", "action", "srcset", "data", "poster"}
    }
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"@import|url\(", html)


def test_only_the_page_s_own_style_and_script_may_run(html):
    page = Page(html)
    policy = next(
        attributes["content"]
        for _, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag, attributes, text in page.raw:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        is_data = attributes.get("type") == "text/plain"
        assert (f"{tag}-src 'sha256-{digest}'" in policy) != is_data
    assert not any(
        name.startswith("on") or name == "style"
        for _, attributes in page.elements
        for name in attributes
    )


def test_the_sections_stand_in_order(html):
    ids = [attributes.get("id") for tag, attributes in Page(html).elements if tag == "section"]
    assert ids == SECTIONS


def test_every_link_of_the_page_leads_somewhere(html):
    elements = Page(html).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    places = {
        (a.get("href") or a["xlink:href"])[1:].partition("?")[0]
        for tag, a in elements
        if tag == "a"
    }
    assert places <= set(ids)


def test_tables_and_charts_can_be_heard(html):
    elements = Page(html).elements
    tags = [tag for tag, _ in elements]
    assert tags.count("caption") == tags.count("table") == 10
    assert all("scope" in attributes for tag, attributes in elements if tag == "th")
    groups = [a["aria-label"] for _, a in elements if a.get("role") == "group"]
    described = [said for said in groups if said.startswith("Chart. ")]
    assert len(described) == tags.count("figure") == 9
    assert all(description.startswith("Chart. ") for description in described)


def test_keys_with_their_defaults_are_folded(study, found):
    said = {"samples": 5, "seed": 71, "bounds": {"min_similarity": 0.5, "max_words_changed": 1.0}}
    record = study.record.model_copy(
        update={"specification": said, "changed": ("samples", "bounds.min_similarity")}
    )
    html = page_of(replace(study, record=record), found)
    _, _, card = html.partition('<span class="kind">specification</span>')
    card, folded = card.partition("</article>")[0].split("<details")
    assert re.findall(r"<dt>(.*?)</dt>", card) == ["samples", "bounds.min_similarity", "digest"]
    assert re.findall(r"<dt>(.*?)</dt>", folded) == ["seed", "bounds.max_words_changed"]
    assert "2 keys with their defaults" in folded


def test_the_page_says_what_was_attacked_and_how(html, study):
    campaign = study.campaigns[1]
    said = set(Page(html).texts["dd"])
    for record in (*campaign.victims, *campaign.attacks, campaign.data):
        assert record.fingerprint in said
    assert {"2000 for each sample", "any label but the model's own prediction", "0.84"} <= said
    for attack in campaign.attacks:
        assert attack.paper in html


def test_warnings_come_before_the_figures_and_errors_are_counted(html):
    assert "Read this first" in html
    assert html.index("saturated-probabilities") < html.index('class="charts"')
    assert "Attempts that ended in an error: " in html


def test_no_warnings_is_said_plainly(found):
    campaign = planted_campaign()
    victims = tuple(v.model_copy(update={"warnings": ()}) for v in campaign.victims)
    study = planted_audit(campaign.model_copy(update={"victims": victims}))
    scenarios = tuple(
        one.model_copy(update={"statuses": {"succeeded": 100}}) for one in found.scenarios
    )
    html = page_of(study, found.model_copy(update={"scenarios": scenarios}))
    assert "No warnings" in html
    assert "Read this first" not in html


def test_a_single_model_has_no_section_on_a_chain():
    campaign = planted_campaign()
    alone = campaign.victims[1].model_copy(update={"role": "single"})
    html = page_of(planted_audit(campaign.model_copy(update={"victims": (alone,)})))
    ids = [attributes.get("id") for tag, attributes in Page(html).elements if tag == "section"]
    assert ids == [section for section in SECTIONS if section not in {"rq3", "chains"}]
    assert "upstream" not in "".join(Page(html).texts["td"])


def test_a_campaign_without_any_outcome_still_has_a_page():
    study = planted_audit(outcomes=[])
    html = page_of(study)
    assert "No attack has given a figure yet." in html
    assert "Attempts not made yet: " in html
    assert str(len(study.campaigns[1].data.sample_ids)) in html


def test_nothing_that_only_many_models_have_is_shown(html):
    for said in ("Figure 6", "Figure 8", "RQ2", "Beside the paper", "What was selected"):
        assert said not in html


def test_the_command_that_was_given_is_shown(html, study, found):
    assert COMMAND in html
    assert "resumes the campaign" not in page_of(study, found)


def test_a_page_with_a_part_of_the_outcomes_says_so(study, found):
    html = page_of(study, found, most=40)
    assert "The list holds 40 of 1,200 outcomes" in html
    assert "The list holds" not in page_of(study, found)


def test_the_same_campaign_gives_the_same_file(study, found, html, tmp_path):
    study = planted_audit(outcomes=planted_outcomes(planted_campaign())[::-1])
    write_report(tmp_path / "report.html", study, found, command=COMMAND)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    made = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.sub(r'(?<="weaklink-digest" content=")\w+', "", made) == html


def test_the_script_sets_text_and_never_markup(html):
    (script,) = [text for tag, a, text in Page(html).raw if tag == "script" and "type" not in a]
    assert "textContent" in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|write\(|eval|Function", script)


def test_papers_lead_to_their_pages_and_other_addresses_nowhere():
    campaign = planted_campaign()
    papers = (
        "Jin 2020, https://arxiv.org/abs/1907.11932.",
        "https://evil.example/x",
        f"https://arxiv.org/{HOSTILE[1]}",
    )
    attacks = [
        attack.model_copy(update={"paper": paper})
        for attack, paper in zip(campaign.attacks, papers, strict=False)
    ]
    study = planted_audit(campaign.model_copy(update={"attacks": tuple(attacks)}))
    outside = [
        attributes["href"]
        for tag, attributes in Page(page_of(study)).elements
        if tag == "a" and not attributes["href"].startswith(("#", "https://huggingface.co/"))
    ]
    assert outside == ["https://arxiv.org/abs/1907.11932"]
