from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.report.planted import (
    TRACEBACK,
    figures_of,
    planted_audit,
    planted_campaign,
    planted_outcomes,
)
from weaklink.measures import Bounds
from weaklink.report.html import packed
from weaklink.report.page.browser import columns
from weaklink.report.page.edits import edits_of, pieces
from weaklink.report.page.shown_outcomes import chosen_outcomes
from weaklink.report.visible_lines import visible_lines
from weaklink.store import Status

CAMPAIGN = planted_campaign()
OUTCOMES = planted_outcomes(CAMPAIGN)
FOUND = next(outcome for outcome in OUTCOMES if outcome.status is Status.SUCCEEDED)
STUDY = planted_audit(CAMPAIGN, OUTCOMES)
FIGURES = figures_of(STUDY, Bounds(min_similarity=0.9, max_perplexity_ratio=2))
ANYTHING = st.text(st.characters(), max_size=60)
ENCODABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def chosen(*outcomes):
    return chosen_outcomes(planted_audit(CAMPAIGN, outcomes), FIGURES).outcomes


def data_of(*outcomes):
    return columns(chosen(*outcomes), FIGURES)


def facts(outcome):
    """Return what the list says of an outcome beside its columns."""
    data = data_of(outcome)
    return data["more"][data["columns"]["more"][0]]


def side(shown, index):
    return "".join(piece if isinstance(piece, str) else piece[index] for piece in shown)


@given(ANYTHING, ANYTHING)
def test_the_pieces_give_back_both_texts(original, adversarial):
    shown = pieces(original, adversarial)
    assert side(shown, 0) == visible_lines(original)
    assert side(shown, 1) == visible_lines(adversarial)


@given(ENCODABLE)
def test_the_data_can_neither_end_its_element_nor_leave_ascii(text):
    (one,) = chosen(FOUND)
    outcome = replace(
        FOUND, original_text=text, adversarial_text=text[::-1], error=text, gold_label=text,
        original_label=text, notes={text: 1.0},
    )  # fmt: skip
    one = replace(one, outcome=outcome, model=text, dataset=text)
    written = str(packed(columns([one], FIGURES)))
    assert written.isascii()
    assert not set("<>&\"'") & set(written)
    data = columns([one], FIGURES)
    assert data["texts"] == [visible_lines(text)]
    assert data["errors"] == ([visible_lines(text)] if text else [])


def test_hidden_characters_are_made_visible_and_lines_stay():
    shown = pieces("good\nfilm", "go\u200bod\nfi\u202elm\x1b[31m")
    assert side(shown, 1) == "go\\u200bod\nfi\\u202elm\\x1b[31m"


def test_a_changed_word_is_marked_and_the_rest_is_not():
    assert pieces("A fine film.", "A grand film.") == ["A ", ("fine", "grand"), " film."]
    assert edits_of("A fine film.", "A grand film.") == ((2, 6, "grand"),)


def test_an_original_text_is_written_once_and_outcomes_stand_in_the_order_of_the_campaign():
    data = data_of(*reversed(OUTCOMES))
    assert sorted(data["texts"]) == sorted({outcome.original_text for outcome in OUTCOMES})
    assert [data["texts"][place] for place in data["columns"]["text"]] == [
        outcome.original_text for outcome in OUTCOMES
    ]


def test_a_success_says_what_it_changed_and_what_it_took():
    outcome = replace(
        FOUND, original_label="positive", adversarial_label="negative", gold_label="positive",
        original_probability=0.912, adversarial_probability=0.31, queries=143, words_changed=3,
        words=18, similarity=0.934, cut=True, original_perplexity=100.0,
        adversarial_perplexity=250.0, notes={"how_faithful": 0.512},
    )  # fmt: skip
    data = data_of(outcome)
    row = {name: values[0] for name, values in data["columns"].items()}
    labels = data["names"]["label"]
    assert [labels[row[name]] for name in ("gold", "label", "became")] == [
        "positive", "positive", "negative",
    ]  # fmt: skip
    wanted = ("before", "after", "queries", "changed", "words", "similarity")
    assert [row[name] for name in wanted] == [912, 310, 143, 3, 18, 934]
    assert facts(outcome) == (
        ("perplexity", "100 → 250, 2.50 times"),
        ("out of bounds", "perplexity"),
        ("how faithful", "0.51"),
        ("text", "cut by the model's maximum length"),
    )


def test_only_successes_are_valid_or_not():
    kept = replace(FOUND, similarity=0.95, adversarial_perplexity=None)
    broken = replace(FOUND, similarity=0.85)
    failed = replace(FOUND, status=Status.FAILED)
    said = [data_of(outcome)["columns"]["valid"] for outcome in (kept, broken, failed)]
    assert said == [[1], [0], [-1]]
    assert "out of bounds" not in dict(facts(kept))
    assert dict(facts(broken))["out of bounds"].startswith("similarity")


def test_an_error_has_its_traceback_and_no_edits():
    errors = [outcome for outcome in OUTCOMES if outcome.status is Status.ERROR]
    assert errors
    data = data_of(*errors)
    assert data["errors"] == [TRACEBACK]
    assert set(data["columns"]["error"]) == {0}
    assert set(data["columns"]["edits"]) == {-1}


def test_what_is_not_a_number_is_still_json():
    assert data_of(replace(FOUND, similarity=float("nan")))["columns"]["similarity"] == [-1]


def test_too_many_outcomes_are_chosen_evenly_with_successes_first():
    few = chosen_outcomes(STUDY, FIGURES, most=80)
    assert few.total == len(OUTCOMES)
    assert len(few.outcomes) == 80
    groups = {(one.model, one.outcome.attack) for one in few.outcomes}
    assert len(groups) == 8
    for group in groups:
        part = [one for one in few.outcomes if (one.model, one.outcome.attack) == group]
        assert len(part) == 10
        assert all(one.outcome.status is Status.SUCCEEDED for one in part)
    again = chosen_outcomes(planted_audit(CAMPAIGN, OUTCOMES[::-1]), FIGURES, most=80)
    assert again.outcomes == few.outcomes


def test_the_number_of_attacks_a_sample_falls_to_counts_all_outcomes_and_not_those_chosen():
    whole = {
        (one.model, one.outcome.key.sample_id): one.falls
        for one in chosen_outcomes(STUDY, FIGURES).outcomes
    }
    for one in chosen_outcomes(STUDY, FIGURES, most=40).outcomes:
        assert one.falls == whole[one.model, one.outcome.key.sample_id]
