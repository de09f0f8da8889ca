"""SCPN from the command line, with an LLM as its paraphraser."""

import json

import pytest

from tests.lineage.fake_llm import FakeLlm, answer
from weaklink.store import open_store

AUDIT = ("audit", "toy:classify", "--data", "data.csv", "--attacks", "scpn", "--samples", 4,
         "--runtime", "torch")  # fmt: skip


@pytest.fixture
def llm(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path / "cache"))
    said = json.dumps({"paraphrase": "this bad bad film is bad"})
    server = FakeLlm(answer(said))
    yield "--paraphraser", "llm:fake", "--base-url", server.url
    server.close()


def test_an_llm_paraphrases_for_an_audit_which_is_resumed_for_nothing(cli, llm, tmp_path):
    result = cli(*AUDIT, *llm, "-P", "scpn.min_similarity=0", "--json", "-")
    assert result.status == 0, result.err
    with open_store("audit.db") as store:
        (attack,) = store.campaigns()[0].campaign.attacks
        assert attack.parameters["paraphraser"] == "llm:fake"
        outcomes = list(store.outcomes())
    assert {o.status for o in outcomes} <= {"succeeded", "failed"}
    assert any("this bad bad film" in (o.adversarial_text or "") for o in outcomes)
    assert b"sk-secret" not in (tmp_path / "audit.db").read_bytes()
    assert "Attacking" not in cli(*AUDIT, *llm, "-P", "scpn.min_similarity=0").err


def test_an_llm_paraphrases_one_text(cli, llm):
    arguments = ("attack", "toy:classify", "a good film", "--attack", "scpn", "--json")
    result = cli(*arguments, *llm, "-P", "scpn.min_similarity=0")
    assert result.status == 0, result.err
    assert json.loads(result.out)["status"] == "succeeded"


def test_another_paraphraser_is_another_campaign(cli, llm):
    assert cli(*AUDIT, *llm).status == 0
    named = ("--paraphraser", "llm:other", *llm[2:])
    assert "Attacking toy:classify (4)" in cli(*AUDIT, *named).err


def test_an_unknown_paraphraser_is_refused_before_any_attack(cli):
    result = cli(*AUDIT, "--paraphraser", "parrot")
    assert result.status == 1
    assert "'parrot' is not a paraphraser" in result.err


@pytest.mark.parametrize("name", ["scpn", "gan"])
def test_the_attack_is_shown(cli, name):
    shown = json.loads(cli("attacks", "show", name, "--json").out)
    assert shown["uses"] == [name, "encoder"]
    assert name in cli("attacks", "list").out
