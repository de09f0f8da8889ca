import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from weaklink.measures import Bounds
from weaklink.report.browser import browser_data, pieces
from weaklink.report.lines import visible_lines
from weaklink.store import Status

from .planted import TRACEBACK, planted_campaign, planted_outcomes

OUTCOMES = planted_outcomes(planted_campaign())
FOUND = next(outcome for outcome in OUTCOMES if outcome.status is Status.SUCCEEDED)
BOUNDS = Bounds(min_similarity=0.9, max_perplexity_ratio=2)
ANYTHING = st.text(st.characters(), max_size=60)


def data_of(*outcomes):
    return json.loads(str(browser_data(outcomes, BOUNDS)))


def side(shown, index):
    return "".join(piece if isinstance(piece, str) else piece[index] for piece in shown)


@given(ANYTHING, ANYTHING)
def test_the_pieces_give_back_both_texts(original, adversarial):
    shown = pieces(original, adversarial)
    assert side(shown, 0) == visible_lines(original)
    assert side(shown, 1) == visible_lines(adversarial)


@given(ANYTHING)
def test_the_data_can_neither_end_its_element_nor_leave_ascii(text):
    outcome = replace(
        FOUND, original_text=text, adversarial_text=text[::-1], error=text, gold_label=text,
        original_label=text, victim=text, attack=text,
    )  # fmt: skip
    data = str(browser_data([outcome], BOUNDS))
    assert data.isascii()
    assert data.isprintable()
    assert not set("<>&") & set(data)
    (record,) = json.loads(data)["outcomes"]
    assert record["error"] == visible_lines(text)


def test_hidden_characters_are_made_visible_and_lines_stay():
    shown = pieces("good\nfilm", "go\u200bod\nfi\u202elm\x1b[31m")
    assert side(shown, 1) == "go\\u200bod\nfi\\u202elm\\x1b[31m"


def test_a_changed_word_is_marked_and_the_rest_is_not():
    assert pieces("A fine film.", "A grand film.") == ["A ", ("fine", "grand"), " film."]


def test_an_original_text_is_written_once():
    data = data_of(*OUTCOMES)
    assert sorted(data["texts"]) == sorted({outcome.original_text for outcome in OUTCOMES})
    assert [data["texts"][record["text"]] for record in data["outcomes"]] == [
        outcome.original_text for outcome in OUTCOMES
    ]


def test_a_success_says_what_it_changed_and_what_it_took():
    outcome = replace(
        FOUND, original_label="positive", adversarial_label="negative", gold_label="positive",
        original_probability=0.912, adversarial_probability=0.31, queries=143, words_changed=3,
        words=18, similarity=0.934, cut=True, original_perplexity=100.0,
        adversarial_perplexity=250.0, notes={"how_faithful": 0.512},
    )  # fmt: skip
    (record,) = data_of(outcome)["outcomes"]
    assert record["facts"] == [
        ["gold label", "positive"],
        ["prediction", "positive → negative"],
        ["p(positive)", "0.91 → 0.31"],
        ["queries", "143"],
        ["words changed", "3 of 18"],
        ["similarity", "0.93"],
        ["perplexity", "100 → 250, 2.50 times"],
        ["out of bounds", "perplexity"],
        ["how faithful", "0.51"],
        ["text", "cut by the model's maximum length"],
    ]


def test_only_successes_are_valid_or_not():
    kept, broken, failed = data_of(
        replace(FOUND, similarity=0.95, adversarial_perplexity=None),
        replace(FOUND, similarity=0.85),
        replace(FOUND, status=Status.FAILED),
    )["outcomes"]
    assert [record["valid"] for record in (kept, broken, failed)] == ["yes", "no", ""]
    assert "out of bounds" not in dict(kept["facts"])
    assert dict(broken["facts"])["out of bounds"].startswith("similarity")


def test_an_error_has_its_traceback_and_no_pieces():
    errors = [outcome for outcome in OUTCOMES if outcome.status is Status.ERROR]
    assert errors
    for record in data_of(*errors)["outcomes"]:
        assert record["status"] == "error"
        assert record["error"] == TRACEBACK
        assert record["pieces"] is None


def test_what_is_not_a_number_is_still_json():
    (record,) = data_of(replace(FOUND, similarity=float("nan")))["outcomes"]
    assert ["similarity", "nan"] in record["facts"]
