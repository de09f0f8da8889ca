import base64
import hashlib
import json
import re
import shlex
import unicodedata

import pytest

from weaklink.measures import summarise
from weaklink.report import write_report
from weaklink.report.page import audit_command, to_html

from .planted import hostile, planted_campaign, planted_outcomes
from .reading import Page

HOSTILE = [
    "</script><script>alert(1)</script><!-- ]]> <svg onload=alert(2)> &lt;b&gt;",
    "\"'` onmouseover=\"alert(3)\" style='color:red' {{ 7 * 7 }} {% raw %}",
    "</style></title></text></svg><img src=x onerror=alert(4)><![CDATA[ <?php ?>",
    "\u202egnp\u2066 \u200b\u2028\u2029 \x1b[31m\x00\x07\r\n\t \ud800 \udfff 👩\u200d🚀",
    "w" * 50_000,
]
SECTIONS = [
    "answer", "warnings", "setup", "rates", "chain", "queries", "quality", "outcomes",
    "definitions", "reproduce",
]  # fmt: skip


@pytest.fixture(scope="module")
def planted():
    campaign = planted_campaign()
    outcomes = planted_outcomes(campaign)
    return summarise(campaign, outcomes), outcomes


@pytest.fixture(scope="module")
def html(planted):
    return to_html(*planted)


@pytest.fixture(scope="module")
def harmless_shape():
    return Page(to_html(*hostile("harmless"))).shape


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_data_adds_no_element_and_no_attribute(text, harmless_shape):
    html = to_html(*hostile(text))
    html.encode()
    assert Page(html).shape == harmless_shape
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
        is_data = attributes.get("type") == "application/json"
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
    assert {a["href"][1:] for tag, a in elements if tag == "a"} <= set(ids)


def test_tables_and_charts_can_be_heard(html):
    elements = Page(html).elements
    tags = [tag for tag, _ in elements]
    assert tags.count("caption") == tags.count("table") == 6
    assert all("scope" in attributes for tag, attributes in elements if tag == "th")
    described = [a["aria-label"] for _, a in elements if a.get("role") == "img"]
    assert len(described) == tags.count("svg") == 7
    assert all(description.startswith("Chart. ") for description in described)


def test_the_page_says_what_was_attacked_and_how(html, planted):
    campaign = planted[0].campaign
    said = set(Page(html).texts["dd"])
    for record in (*campaign.victims, *campaign.attacks, campaign.data):
        assert record.fingerprint in said
    assert {"2000 for each sample", "any label but the model's own prediction", "0.84"} <= said
    for attack in campaign.attacks:
        assert attack.paper in html


def test_warnings_come_before_the_figures_and_errors_are_counted(html):
    assert "Read these warnings first" in html
    assert html.index("saturated-probabilities") < html.index("<svg")
    assert "Attempts that ended in an error: " in html


def test_no_warnings_is_said_plainly(planted):
    summary, outcomes = planted
    victims = tuple(v.model_copy(update={"warnings": ()}) for v in summary.campaign.victims)
    attacks = tuple(
        entry.model_copy(update={"statuses": {"succeeded": 100}}) for entry in summary.attacks
    )
    campaign = summary.campaign.model_copy(update={"victims": victims})
    html = to_html(summary.model_copy(update={"campaign": campaign, "attacks": attacks}), outcomes)
    assert "No warnings" in html
    assert "Read these warnings first" not in html


def test_a_single_model_has_no_section_on_a_chain(planted):
    campaign = planted[0].campaign
    alone = campaign.victims[1].model_copy(update={"role": "single"})
    campaign = campaign.model_copy(update={"victims": (alone,)})
    outcomes = planted_outcomes(campaign)
    html = to_html(summarise(campaign, outcomes), outcomes)
    ids = [attributes.get("id") for tag, attributes in Page(html).elements if tag == "section"]
    assert ids == [section for section in SECTIONS if section != "chain"]
    assert "upstream" not in "".join(Page(html).texts["td"])


def test_a_campaign_without_any_outcome_still_has_a_page(planted):
    campaign = planted[0].campaign
    nothing = planted[0].model_copy(
        update={
            "attacks": tuple(
                entry.model_copy(
                    update={
                        "asr_all": None, "asr_correct": None, "robust_accuracy": None,
                        "asr_all_by_repetition": (), "statuses": {}, "missing": 100,
                        "queries_mean": None, "queries_median": None,
                        "words_changed_mean": None, "similarity_mean": None, "seconds": 0.0,
                    }
                )
                for entry in planted[0].attacks
            ),
            "chain": (),
        }
    )  # fmt: skip
    html = to_html(nothing, [])
    assert "No attack has given a figure yet." in html
    assert "Attempts not made yet: " in html
    assert str(len(campaign.data.sample_ids)) in html


def test_outcomes_stand_in_the_order_of_the_campaign(planted):
    summary, outcomes = planted
    data = Page(to_html(summary, reversed(outcomes))).raw[-2][-1]
    shown = [(o["model"], o["attack"], o["sample"]) for o in json.loads(data)["outcomes"]]
    assert shown == [(o.victim, o.attack, o.key.sample_id) for o in outcomes]


def test_the_command_asks_for_the_same_campaign():
    campaign = planted_campaign().model_copy(update={"target": "a label; rm -rf"})
    words = shlex.split(audit_command(campaign))
    assert words[:3] == ["weaklink", "audit", "models/minilm-rotten-tomatoes-imdb"]
    given = dict(zip(words[3::2], words[4::2], strict=True))
    assert given == {
        "--upstream": "models/minilm-rotten-tomatoes",
        "--data": "rotten_tomatoes",
        "--split": "train",
        "--samples": "100",
        "--attacks": "textfooler,pwws,textbugger,hotflip",
        "--seed": "0",
        "--target": "a label; rm -rf",
        "--max-queries": "2000",
    }


def test_the_same_campaign_gives_the_same_file(planted, html, tmp_path):
    write_report(tmp_path / "report.html", *planted)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == html


def test_the_script_sets_text_and_never_markup(html):
    (script,) = [text for tag, a, text in Page(html).raw if tag == "script" and "type" not in a]
    assert "textContent" in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|write\(|eval|Function", script)
