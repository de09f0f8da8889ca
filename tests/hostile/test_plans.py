"""Any value in the place of another in a study's file: it is planned, or what is wrong is told."""

import copy
import json
import random
import warnings
from math import inf, nan

import pytest

from tests.cli.conftest import TOY
from tests.victims.tiny import save_tiny
from weaklink.campaigns.plan.planning import plan_study
from weaklink.campaigns.specification import read_specification
from weaklink.cli.study_plan import show_plan
from weaklink.errors import WeaklinkError

from . import ROUNDS

LONG = "x" * 5_000
VALUES = [
    "", " ", "\0", LONG, "/", "..", "~nouser/x", "a,b", "junk.bin", "tiny", "data.csv",
    "toy:classify", "toy:none", "hf:a/b", "llm:m", "http:x.toml", "é→x", "\x1b[31m", "x\ny",
    "a/b@c", "a/b:c", "none", "all", "auto", "tfidf", "zz", "0=a", "=", "a=0.5", -1, 0, 1, 2**62,
    -(2**63), 0.0, 1e308, -1e-300, nan, inf, True, [], [[]], {}, {"a": 1}, [""], ["\0"], [LONG] * 3,
    ["tiny", "tiny"], ["toy:classify"] * 50, {"tiny": {"a": "b"}}, ["text", "imagefolder"],
]  # fmt: skip
STUDY = {
    "name": "s", "data": ["data.csv"], "models": ["toy:classify"], "attacks": ["pwws"],
    "chains": [{"models": ["tiny", "toy:classify"]}], "samples": 3, "references": ["tfidf"],
    "pretrained": [{"name": "e", "data": ["data.csv"], "steps": 1, "seed": 0}],
    "finetuned": [
        {"name": "f", "base": "e", "data": "data.csv", "samples": 20, "max_length": 8, "seed": 0}
    ],
    "hardened": [
        {"name": "h", "base": "f", "data": "data.csv", "defence": "freelb", "attacked": 3,
         "settings": {"ascents": 1}, "attacks": ["pwws"], "learn_on": "f"}
    ],
    "guards": [{"name": "g", "victim": "f", "data": "data.csv", "texts": 20, "method": "rde"}],
    "executor": {"kind": "local", "cpus": 1.0}, "bounds": {"min_similarity": 0.5},
    "parameters": {"pwws": {"named_entities": True}}, "labels": {"toy:classify": {"a": "b"}},
    "language": "en", "seed": 0, "max_queries": 9, "replay_each": 1, "until": "samples",
    "threshold": "positive=0.5", "language_model": "none", "unseen": False, "width": 8,
}  # fmt: skip


def toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def places(value, *at):
    """Yield every place in a study: the keys and the numbers that lead there."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*at, key)
            yield from places(value[key], *at, key)


def changed(at, value):
    study = copy.deepcopy(STUDY)
    inner = study
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return study


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Plan a study in a folder with a model, a function and data; return what is told."""
    save_tiny(tmp_path / "tiny")
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "junk.bin").write_bytes(bytes(range(256)))
    rows = [f"{word} film {i},{word}" for i in range(15) for word in ("good", "bad")]
    (tmp_path / "data.csv").write_text("\n".join(["text,label", *rows]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)

    def run(study):
        lines = (f"{key} = {toml(value)}\n" for key, value in study.items())
        (tmp_path / "x.toml").write_text("".join(lines))
        try:
            spec = read_specification("x.toml")
            show_plan(plan_study(spec, tmp_path / "out", probe=False), tmp_path / "out")
        except (WeaklinkError, OSError) as error:
            return str(error)
        return ""

    return run


def test_any_value_in_any_place_is_planned_or_told(plan):
    """Fuzzing: a value in the place of another, by a fixed seed."""
    draw, told = random.Random(26), set[str]()
    with warnings.catch_warnings(action="error", category=RuntimeWarning):
        assert plan(STUDY) == ""
        for _ in range(40 * ROUNDS):
            told.add(plan(changed(draw.choice(list(places(STUDY))), draw.choice(VALUES))))
    assert "" in told
    assert len(told) > 9


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("samples",), 1),
        (("references",), ["é→x"]),
        (("models",), ["x\ny", "..", LONG[:90]]),
        (("finetuned", 0, "data"), ".."),
        (("hardened", 0, "base"), "g"),
        (("guards", 0, "victim"), "h"),
    ],
    ids=repr,
)
def test_what_was_a_defect_once(plan, at, value):
    with warnings.catch_warnings(action="error", category=RuntimeWarning):
        plan(changed(at, value))
