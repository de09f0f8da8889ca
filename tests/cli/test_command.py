"""The reproduce line: whatever an audit is asked for is one command, and back."""

import shlex
from os import PathLike
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from weaklink.campaigns import Specification, command_of
from weaklink.campaigns.specification import AuditOptions
from weaklink.campaigns.specification.specification import STUDY_ONLY
from weaklink.cli.from_specification import parse_command
from weaklink.errors import WeaklinkError
from weaklink.measures import Bounds

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
NASTY = st.sampled_from(
    ["-x", "--seed=3", "a b", 'say "no"', "it's", "ä=ö", "--", "$HOME", "naïve\nline", "=", "[red]"]
)
NAMES = NASTY | TEXTS
PATHS = NAMES.map(Path)
COUNTS = st.integers(1, 10**6)
AMOUNTS = st.floats(0, 1e6)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "textfooler": st.fixed_dictionaries(
            {}, optional={"min_word_cosine": st.floats(0.01, 1), "neighbours": COUNTS}
        ),
        "textbugger": st.fixed_dictionaries(
            {}, optional={"knowledge": st.sampled_from(["white-box", "black-box"])}
        ),
        "pwws": st.fixed_dictionaries({}, optional={"named_entities": st.booleans()}),
    },
).map(lambda found: {name: values for name, values in found.items() if values})
OPTIONS = {
    "data": NAMES,
    "split": NAMES,
    "text_column": NAMES,
    "label_column": NAMES,
    "pair_column": NAMES,
    "attack_segment": NAMES,
    "label_names": st.lists(
        st.sampled_from(["0=World", "1=the arts", "a=-b"]), min_size=1, unique=True
    ).map(tuple),
    "language": st.sampled_from(["auto", "en", "zh", "yue"]),
    "samples": COUNTS | st.none(),
    "sampling": st.sampled_from(["random", "first"]),
    "replay": PATHS,
    "replay_each": COUNTS,
    "seed": st.integers(0, 2**63 - 1),
    "unseen": st.booleans(),
    "attacks": st.lists(
        st.sampled_from(["textfooler", "pwws", "all", "openattack", "my-attack"]),
        min_size=1,
        unique=True,
    ).map(tuple),
    "parameters": PARAMETERS,
    "repetitions": COUNTS,
    "source": NAMES,
    "target": NAMES,
    "threshold": st.sampled_from(["INJECTION=0.9", "a=b=0.25", "not safe=1e-05"]),
    "false_alarms": st.floats(0, 0.99),
    "calibrate": PATHS,
    "max_queries": COUNTS,
    "max_minutes": st.floats(0.01, 1e6),
    "until": st.sampled_from(["samples", "decided"]),
    "text_transfer": st.booleans(),
    "references": st.lists(
        st.sampled_from(["auto", "tfidf", "owner/other", "other:classify"]), unique=True
    ).map(tuple),
    "verify_weights": st.booleans(),
    "guard": PATHS | st.none(),
    "hardened_model": PATHS | st.none(),
    "store": PATHS,
    "paraphraser": NAMES,
    "paraphraser_prompt": NAMES,
    "base_url": NAMES.map(lambda name: f"http://localhost/{name}"),
    "llm_prompt": NAMES,
    "llm_labels": st.lists(st.sampled_from(["a", "b c", "(d)"]), min_size=2, unique=True).map(
        tuple
    ),
    "concurrency": COUNTS,
    "request_timeout": AMOUNTS.filter(bool),
    "price_in": AMOUNTS,
    "price_out": AMOUNTS,
    "price_request": AMOUNTS,
    "max_cost": AMOUNTS,
    "max_requests": COUNTS,
    "answers": PATHS,
    "device": NAMES,
    "read_as": NAMES | st.sampled_from([">=0.5", ">=-3"]),
    "function_timeout": AMOUNTS.filter(bool),
    "precision": st.sampled_from(["float32", "bf16"]),
    "runtime": st.sampled_from(["torch", "onnx", "openvino", "auto"]),
    "encoder": NAMES,
    "language_model": NAMES | st.none(),
    "width": COUNTS,
    "refuse_warnings": st.booleans(),
    "allow_pickle": st.booleans(),
    "trust_remote_code": st.booleans(),
    "bounds": st.builds(
        Bounds,
        min_similarity=st.floats(-1, 1),
        max_perplexity_ratio=st.floats(0.1, 100),
        max_words_changed=st.floats(0, 1),
    ),
}


def test_every_option_is_drawn():
    said = Specification.model_fields.keys() - STUDY_ONLY - {"labels"}
    assert set(OPTIONS) == said


@settings(max_examples=300, phases=[Phase.generate])
@given(
    downstream=NAMES,
    upstream=st.none() | NAMES,
    options=st.fixed_dictionaries({}, optional=OPTIONS),
)
def test_a_specification_is_a_command_and_back(downstream, upstream, options):
    if options.get("guard") or options.get("hardened_model"):
        upstream = None
    if "attack_segment" in options:
        options.setdefault("pair_column", "b")
    spec = Specification.of_audit(downstream, upstream, **options)
    line = shlex.join(command_of(spec))
    assert parse_command(shlex.split(line)) == spec


def test_what_is_as_by_default_is_left_out():
    spec = Specification.of_audit("down", "up", samples=7)
    assert command_of(spec) == [
        "weaklink", "audit", "--upstream=up", "--samples=7", "--", "down",
    ]  # fmt: skip


def test_parameters_have_the_types_of_their_attack_however_they_came():
    said = parse_command(["weaklink", "audit", "a", "-P", "textfooler.min_word_cosine=0.5"])
    assert said == Specification.of_audit("a", parameters={"textfooler": {"min_word_cosine": 0.5}})


@pytest.mark.parametrize(
    "changes",
    [
        {"models": ("a", "b")},
        {"models": ("a",), "data": ("sst2", "imdb")},
        {"chains": [["a", "b", "c"]]},
        {"models": ("a",), "labels": {"a": {"x": "positive"}}},
        {"models": ("a",), "parameters": {"mine": {"key": None}}},
        {"models": ("a",), "description": "mine"},
    ],
)
def test_what_no_command_says_is_refused(changes):
    with pytest.raises(WeaklinkError):
        command_of(Specification(**changes))


def test_a_password_never_enters_a_specification():
    with pytest.raises(WeaklinkError, match="password") as error:
        Specification.of_audit("a", base_url="http://me:secret@localhost/v1")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("words", [["ls"], ["weaklink", "audit"], ["weaklink", "audit", "--no"]])
def test_other_words_are_refused(words):
    with pytest.raises(WeaklinkError):
        parse_command(words)


def test_the_keyword_arguments_are_those_of_the_model():
    hints = get_type_hints(AuditOptions)
    fields = Specification.model_fields
    assert set(hints) == fields.keys() - STUDY_ONLY
    types = {name: fields[name].annotation for name in hints}
    wider = {"attacks", "data"}  # that Python may give as objects, see tests/campaigns/test_python
    assert {name: kind for name, kind in hints.items() if name not in wider} == {
        name: kind for name, kind in types.items() if name not in wider
    } | {"store": str | PathLike[str]}


def test_an_unknown_option_is_refused():
    with pytest.raises(WeaklinkError, match="sample"):
        Specification.of_audit("a", sample=3)
    with pytest.raises(WeaklinkError, match="no option chains"):
        Specification.of_audit("a", chains=[["a", "b"]])
    with pytest.raises(WeaklinkError, match="Did you mean samples") as raised:
        Specification.of_audit("a", sampls=3)
    assert all(name in raised.value.remedy for name in AuditOptions.__annotations__)
    with pytest.raises(WeaklinkError, match="Did you mean random"):
        Specification.of_audit("a", sampling="randm")
