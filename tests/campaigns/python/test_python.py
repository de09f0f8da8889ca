"""What Python callers may give in place of names: functions, loaded models, frames and attacks."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import polars as pl
import pytest
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import weaklink
from tests.victims.tiny import save_tiny
from weaklink.attacks import Parameters, Score, attack
from weaklink.campaigns.python.errors import told
from weaklink.campaigns.python.models import named
from weaklink.errors import WeaklinkError
from weaklink.testing import ToyVictim
from weaklink.victims.local.callable import CallableVictim

EXAMPLES = Path(__file__).parents[3] / "examples"
ROWS = {
    "text": [f"a {word} film number {i}" for i in range(4) for word in ("good", "bad <b>")],
    "label": ["positive", "negative"] * 4,
}
OPTIONS = {"samples": 4, "language_model": None}


def classify(texts):
    return ToyVictim({"good": 2.0, "bad": -2.0}).forward(texts)


def weaker(texts):
    return ToyVictim({"good": 0.5, "bad": -0.5}).forward(texts)


@attack(name="spoil", paper="None", parameters=Parameters)
def spoil(words, context):
    """Spoil each word until the label changes."""
    for i in range(len(words)):
        (scores,) = yield Score((str(words.replace(i, "xx")),))
        if context.goal.reached(scores):
            return str(words.replace(i, "xx"))
    return None


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame, pl.LazyFrame])
def test_functions_frames_and_attacks_are_audited(tmp_path, frame):
    result = weaklink.audit(
        classify, weaker, data=frame(ROWS), attacks=[spoil], store=tmp_path / "a.db",
        fail_over=["spoil.asr_all=0.99"], **OPTIONS,
    )  # fmt: skip
    assert result.results.models == ("weaker", "classify")
    assert result.results.attacks == ("spoil",)
    assert result.asked == 4 * 2 + 4
    (judgement,) = result.judgements
    assert judgement.model == "classify"
    assert result.results.judgements == (judgement.entry,)
    assert result.results.gate_state == judgement.state
    assert result.record.inputs == {}
    assert result.record.command == ()


def test_the_same_call_asks_nothing_again(tmp_path):
    options = OPTIONS | {"data": pl.DataFrame(ROWS), "attacks": spoil, "store": tmp_path / "a.db"}
    assert weaklink.audit(classify, **options).asked == 4
    again = weaklink.audit(classify, **options)
    assert again.asked == 0
    shown = again._repr_html_()
    assert shown.startswith("<div><p>")
    assert "<td>spoil</td>" in shown


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    return model, AutoTokenizer.from_pretrained(folder), folder


def test_a_loaded_model_is_the_victim_that_its_folder_is(tiny):
    model, tokenizer, folder = tiny
    of_folder = weaklink.attack(folder, "a good film", spoil)
    pipeline = SimpleNamespace(model=model, tokenizer=tokenizer)
    for given in ((model, tokenizer), pipeline):
        found = weaklink.attack(given, "a good film", spoil)
        assert found.original_probability == of_folder.original_probability
        assert found.queries == of_folder.queries
        assert found.victim == folder.name


def test_names_are_free():
    used = set()
    assert [named(one, used)[0] for one in ("x", classify, classify, weaker)] == [
        "x", "classify", "classify-2", "weaker",
    ]  # fmt: skip


def test_what_cannot_be_attacked_is_told():
    with pytest.raises(WeaklinkError, match="A int is not a model"):
        weaklink.audit(3)
    with pytest.raises(WeaklinkError, match="3 is not an attack"):
        weaklink.audit(classify, attacks=[3])


def test_errors_name_keyword_arguments(tmp_path):
    with pytest.raises(WeaklinkError, match="Name the column with text_column=") as caught:
        weaklink.audit(
            classify, data=pl.DataFrame({"x": ["a"], "label": [0]}), store=tmp_path / "a.db"
        )
    assert "--" not in str(caught.value)
    with pytest.raises(WeaklinkError, match="no option sampels. Did you mean samples") as caught:
        weaklink.audit(classify, sampels=3)
    assert "--" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "Give one with --upstream, or bound another.",
            "Give one with upstream=, or bound another.",
        ),
        ("such as --fail-over asr_correct=0.5.", "such as fail_over= asr_correct=0.5."),
        ("Use --runtime torch, or --device cpu.", "Use runtime='torch', or device='cpu'."),
        ("Run the same command again to resume.", "make the same call again to resume."),
    ],
)
def test_options_become_arguments(line, expected):
    assert told(line) == expected


def test_a_function_without_a_file_is_told_apart_by_its_code():
    def made(code):
        space = {"toy": classify}
        exec(code, space)  # noqa: S102 - as a notebook does
        return CallableVictim(space["f"], "f").fingerprint

    codes = ["def f(texts): return toy(texts)", "def f(texts): return toy(texts[::1])"]
    one, other = map(made, codes)
    assert one == made(codes[0])
    assert one != other


def test_an_outcome_shows_its_change_and_nothing_in_it_is_markup():
    outcome = weaklink.attack(classify, "a <b>good</b> film that is so good", spoil)
    assert "<b>" not in outcome._repr_html_()
    assert "&lt;b&gt;" in outcome._repr_html_()


def test_two_results_are_compared(tmp_path):
    options = OPTIONS | {"data": pl.DataFrame(ROWS), "attacks": [spoil]}
    first = weaklink.audit(classify, store=tmp_path / "a.db", **options)
    second = weaklink.audit(weaker, store=tmp_path / "b.db", **options)
    (change,) = weaklink.compare(first, second).changes
    assert change.models == ("classify", "weaker")
    assert weaklink.compare(tmp_path / "a.db", second.study).changes == (change,)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.ipynb")))
def test_an_example_notebook_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    book = json.loads((EXAMPLES / name).read_text("utf-8"))
    space = {"__name__": "notebook"}
    monkeypatch.setitem(sys.modules, "notebook", SimpleNamespace(**space))
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"<{name}>", "exec"), space)  # noqa: S102
    assert space.keys() & {"result", "outcome"}


def test_one_text_is_attacked_at_an_operating_point():
    bare = weaklink.attack(classify, "a good film", spoil)
    strict = weaklink.attack(classify, "a good film", spoil, threshold="LABEL_1=0.99")
    assert (bare.original_label, strict.original_label) == ("LABEL_1", "LABEL_0")
    for wrong in ("positive", "positive=2", "neither=0.5"):
        with pytest.raises(WeaklinkError, match="LABEL=PROBABILITY|not a label"):
            weaklink.attack(classify, "a good film", spoil, threshold=wrong)


def test_completion_names_what_can_be_imported():
    assert set(weaklink.__all__) <= set(dir(weaklink))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed = -1 is not allowed"),
        ({"seed": "0"}, "seed = '0' is not allowed"),
        ({"seed": 2**63}, "seed = .* is not allowed"),
        ({"max_queries": True}, "max_queries = True is not allowed"),
        ({"max_queries": 0}, "max_queries = 0 is not allowed"),
        ({"target": 1}, "target = 1 is not allowed"),
        ({"function_timeout": "soon"}, "function_timeout = 'soon' is not allowed"),
        ({"function_timeout": float("nan")}, "function_timeout = nan is not allowed"),
        ({"language": "english"}, "language = 'english' is not allowed"),
        ({"threshold": "high"}, "threshold = 'high' is not allowed"),
        ({"parameters": 5}, "Parameter"),
        ({"parameters": {"window": "1"}}, r"window = '1' is not allowed"),
    ],
    ids=repr,
)
def test_an_argument_of_one_attack_that_is_not_allowed_is_told(options, message):
    with pytest.raises(WeaklinkError, match=message):
        weaklink.attack(classify, "a good film", **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"figure": "asr"}, "There is no figure 'asr'"),
        ({"seed": -1}, "The seed -1 is not allowed"),
        ({"seed": True}, "The seed True is not allowed"),
        ({"seed": 1.5}, "The seed 1.5 is not allowed"),
    ],
    ids=repr,
)
def test_an_argument_of_a_comparison_that_is_not_allowed_is_told(options, message):
    with pytest.raises(WeaklinkError, match=message):
        weaklink.compare("audit.db", "audit.db", **options)


LONG = "x" * 5_000


@pytest.mark.parametrize("name", [LONG, "\ud800", f"{LONG}.json"], ids=ascii)
def test_a_name_that_no_file_can_have_is_told(name):
    for read in (weaklink.open_store, weaklink.read_study, lambda one: weaklink.compare(one, one)):
        with pytest.raises(WeaklinkError):
            read(name)
    for options in ({"data": name}, {"store": name}, {"data": "\ud800"}, {"guard": "\udfff"}):
        with pytest.raises(WeaklinkError):
            weaklink.audit(classify, **options)
    with pytest.raises(WeaklinkError):
        weaklink.forecast("m", "up", learn_from=name)


def test_one_source_and_one_gate_need_no_list(tmp_path):
    with pytest.raises(WeaklinkError, match="There is no store at .*none.db"):
        weaklink.forecast("m", "up", learn_from=tmp_path / "none.db")
    with pytest.raises(WeaklinkError, match="not a figure that can be bounded"):
        weaklink.audit(classify, fail_over="none=0.5")


@pytest.mark.parametrize("arguments", [(5,), (None,), (["a"],), ("a film", 5), ("a film", None)])
def test_what_is_no_text_and_no_attack_is_told(arguments):
    with pytest.raises(WeaklinkError, match="is not a text|is not an attack"):
        weaklink.attack(classify, *arguments)
