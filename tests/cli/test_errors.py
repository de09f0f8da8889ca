"""Bad input: one clear line, what to do, a status that is not zero, and nothing lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

FILES = {
    "empty.csv": "",
    "header.csv": "text,label\n",
    "columns.csv": "review,stars\nfine,1\nbad,0\n",
    "three.csv": "text,label\nfine,good\nbad,bad\nmeh,neutral\n",
    "blank.csv": 'text,label\n"  ",positive\n"",negative\n',
    "stray.toml": "window = 3\n",
    "broken.toml": "[textfooler\n",
    "text.txt": "hello",
}


def audit(*extra, model="toy:classify", data="data.csv", attacks="pwws"):
    return ("audit", model, "--data", data, "--samples", 2, "--attacks", attacks, *extra)


CASES = {
    "misspelt attack": (audit(attacks="textfoler"), "Did you mean textfooler"),
    "no attack": (audit(attacks=","), "No attack was named"),
    "unknown parameter": (audit("-P", "pwws.colour=red"), "pwws.colour"),
    "parameter without attack": (audit("-P", "window=3"), "not a parameter assignment"),
    "parameter of an idle attack": (audit("-P", "textfooler.window=3"), "does not run"),
    "stray key in TOML": (audit("--parameters", "stray.toml"), "outside any attack's table"),
    "broken TOML": (audit("--parameters", "broken.toml"), "cannot be read"),
    "missing TOML": (audit("--parameters", "nowhere.toml"), "cannot be read"),
    "unknown data": (audit(data="rotten_tomatos"), "rotten_tomatoes"),
    "missing file": (audit(data="nowhere.csv"), "nowhere.csv"),
    "another kind of file": (audit(data="text.txt"), "text.txt"),
    "empty file": (audit(data="empty.csv"), "empty.csv"),
    "header only": (audit(data="header.csv"), "header.csv"),
    "blank texts": (audit(data="blank.csv"), "blank.csv"),
    "no such column": (audit("--text-column", "body"), "body"),
    "misspelt column": (audit("--text-column", "txt"), "Did you mean text?"),
    "misspelt label column": (audit("--label-column", "labl"), "Did you mean label?"),
    "columns to be named": (audit(data="columns.csv"), "column"),
    "more labels than the model's": (audit(data="three.csv"), "knows only"),
    "model as its own upstream": (audit("--upstream", "toy:classify"), "the same model"),
    "unknown module": (audit(model="nowhere:classify"), "cannot be imported"),
    "unknown function": (audit(model="toy:clasify"), "no function clasify"),
    "misspelt function": (audit(model="toy:clasify"), "Did you mean classify?"),
    "folder that is not a model": (audit(model="."), "config"),
    "name that is not a Hub id": (audit(model="a/b/c"), "a/b/c"),
    "no gradients": (audit(attacks="hotflip"), "offers no gradients"),
    "no gradients for these parameters": (
        audit("-P", "textbugger.knowledge=white-box", attacks="textbugger"),
        "offers no gradients",
    ),
    "unknown target": (audit("--target", "sarcastic"), "not a label of toy:classify"),
    "misspelt target": (audit("--target", "labl_1"), "Did you mean LABEL_1?"),
    "misspelt label at a threshold": (
        audit("--threshold", "LABEL1=0.9"),
        "Did you mean LABEL_1?",
    ),
    "misspelt label that is renamed": (audit("--labels", "negatve=bad"), "Did you mean negative?"),
    "misspelt parameter": (
        audit("-P", "pwws.named_entites=false"),
        "Did you mean named_entities? There are:",
    ),
    "misspelt figure": (audit("--fail-over", "asr_corect=0.5"), "Did you mean asr_correct?"),
    "misspelt attack of a bound": (audit("--fail-over", "pwsw.asr_all=0.5"), "Did you mean pwws?"),
    "misspelt preset": (("study", "plan", "dmo"), "Did you mean demo?"),
    "misspelt preset of a file": (("study", "init", "dmo"), "Did you mean demo?"),
    "misspelt kind of document": (("schema", "result"), "Did you mean results?"),
    "misspelt resource": (("resources", "build", "glov"), "Did you mean glove?"),
    "resource that is not built": (("resources", "build", "glove"), "Get it with: pip install"),
    "bound on a chain that is none": (audit("--fail-over", "delta=0.1"), "upstream"),
    "misspelt measure": (audit("--fail-over", "asr_correkt=0.5"), "asr_correkt"),
    "bound that is not a number": (audit("--fail-over", "asr_all=high"), "high"),
    "bound on an attack that is not made": (audit("--fail-over", "gan.asr_all=0.5"), "gan.asr_all"),
    "bound on the wrong side": (audit("--fail-over", "robust_accuracy=0.4"), "fail-over"),
    "store in a folder that is not": (audit("--store", "nowhere/audit.db"), "nowhere"),
    "store that is none": (audit("--store", "text.txt"), "text.txt"),
    "report of no store": (("report", "nowhere.db"), "nowhere.db"),
    "outcomes of no store": (("outcomes", "nowhere.db"), "nowhere.db"),
    "blank text": (("attack", "toy:classify", "  "), "blank"),
    "attack without gradients": (
        ("attack", "toy:classify", "fine", "--attack", "hotflip"),
        "offers no gradients",
    ),
}


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """Let the Hub's client know that there is no network: else it tries again for 20 seconds."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.mark.parametrize("case", CASES)
def test_bad_input_gets_a_clear_line_and_what_to_do(cli, case):
    for name, text in FILES.items():
        Path(name).write_text(text)
    arguments, expected = CASES[case]
    result = cli(*arguments)
    assert result.status == 1
    assert expected in result.err.replace("\n", " ")
    assert "Traceback" not in result.err
    assert result.err[result.err.index("error: ") :].strip().count("\n") >= 1


def test_options_of_the_wrong_kind_are_refused(cli):
    result = cli(*audit("--precision", "int8"))
    assert result.status == 2
    assert "precision" in result.err
    assert "Did you mean" not in result.err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (audit("--precision", "flot32"), "float32"),
        (audit("--undecided", "FIAL"), "fail"),
        (audit("--sampling", "randm"), "random"),
        (("compare", "a", "b", "--figure", "asr_al"), "asr_all"),
        (("study", "run", "demo", "--executor", "rya"), "ray"),
    ],
)
def test_a_misspelt_choice_is_answered_with_the_nearest(cli, words, meant):
    result = cli(*words)
    assert result.status == 2
    told = " ".join(result.err.replace("│", " ").split())
    assert f"Did you mean {meant}?" in told
    assert "Value error" not in told


def test_a_store_from_a_newer_version_is_left_alone(cli):
    assert cli(*audit()).status == 0
    with closing(sqlite3.connect("audit.db")) as database, database:
        database.execute("INSERT INTO weaklink_schema (version) VALUES (99)")
    before = Path("audit.db").read_bytes()
    result = cli(*audit())
    assert result.status == 1
    assert "Upgrade weaklink" in result.err
    assert Path("audit.db").read_bytes() == before


def test_a_victim_that_answers_nonsense_is_an_error_and_no_robustness(cli):
    Path("toy.py").write_text("def classify(texts):\n    return [[0.9, 0.3] for _ in texts]\n")
    result = cli(*audit())
    assert result.status == 1
    assert "toy:classify" in result.err
