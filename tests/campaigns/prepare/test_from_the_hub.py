"""From a Hub to a report: collected, traced, selected, fetched by the real client, attacked."""

import json
from collections import Counter

import polars as pl
import pytest

from tests.hub.fake_hub import FakeHub, model
from tests.served import Served
from tests.victims.tiny import save_tiny
from weaklink.store.studies import read_study

BARE = {
    "config": {"architectures": ["BertModel"], "model_type": "bert"}, "pipeline_tag": "fill-mask",
}  # fmt: skip
STUDY = """
name = "fetched"
data = ["data.csv", "missing.csv"]
samples = 6
attacks = ["hotflip"]
max_queries = 20
language_model = "none"

[selection]
snapshot = "snapshot"
lineage = "edges"
"""
AUDIT = (
    "--data", "data.csv", "--samples", 6, "--attacks", "hotflip", "--max-queries", 20,
    "--language-model", "none",
)  # fmt: skip


def listed(number, name, base, *, data=True, **values):
    """Return a model whose metadata names what it was fine-tuned from, and its data."""
    tags = [f"base_model:{base}", f"base_model:finetune:{base}", *["dataset:sst2"] * data]
    card = f"---\nbase_model: {base}\n---\n# {name}\n".encode()
    return model(number, name, card, tags=tags if base else tags[2:], **values)


def models(tmp_path):
    up, down, popular, broken = (tmp_path / name for name in ("up", "down", "popular", "broken"))
    save_tiny(up)
    save_tiny(down, num_hidden_layers=1)
    save_tiny(popular, intermediate_size=16)
    save_tiny(broken)
    (broken / "model.safetensors").write_bytes(b"no weights")
    return [
        listed(1, "me/root", "", **BARE),
        listed(10, "me/up", "me/root", folder=up),
        listed(11, "me/down", "me/up", folder=down),
        listed(12, "me/broken", "me/up", folder=broken),
        listed(13, "me/gated", "me/up", gate=403, gated="auto"),
        listed(14, "me/gone", "me/up"),
        listed(15, "me/silent", "me/up", data=False),
        listed(2, "me/rare", "me/up"),
        listed(16, "me/alone", "me/root"),
        listed(31, "me/popular", "", folder=popular),
    ]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with FakeHub(models(tmp_path_factory.mktemp("models"))) as server:
        yield server


@pytest.fixture(scope="module")
def weaklink(hub, folder):
    """Run commands in a process of its own, whose Hub is the server and whose cache is empty."""
    words = (("good", "positive"), ("bad", "negative"))
    rows = [f"a {word} film number {i},{label}" for i in range(8) for word, label in words]
    (folder / "data.csv").write_text("\n".join(["text,label", *rows]))
    (folder / "study.toml").write_text(STUDY)
    settings = {
        "HF_ENDPOINT": hub.address,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "COLUMNS": "200",
    }
    with Served(settings, folder) as process:
        yield process.command


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def studied(weaklink, hub, folder):
    """What a study printed, of whose models one was deleted since the Hub was collected."""
    weaklink("hub", "collect", "--task", "all", "--out", "snapshots")
    (snapshot,) = (folder / "snapshots").iterdir()
    snapshot.rename(folder / "snapshot")
    weaklink("lineage", "build", "snapshot", "--out", "edges")
    hub.vanished.add("me/gone")
    hub.requests.clear()
    return weaklink("study", "run", "study.toml")


@pytest.fixture(scope="module")
def study(studied, folder):
    return read_study(folder / "study-fetched")


def test_chains_are_selected_and_excluded_with_their_reasons(study):
    assert [(chain.models, chain.measured) for chain in study.record.chains] == [
        (("me/root", "me/up", "me/broken"), ("me/up",)),
        (("me/root", "me/up", "me/down"), ("me/up", "me/down")),
        (("me/root", "me/up", "me/gated"), ("me/up",)),
        (("me/root", "me/up", "me/gone"), ("me/up",)),
    ]
    links = study.record.chains[1].links
    assert [(link.method, link.upstream) for link in links] == [
        ("base_model", "me/root"), ("base_model", "me/up"),
    ]  # fmt: skip
    reasons = {e.models[-1]: e.reason for step in study.record.funnel for e in step.excluded}
    assert reasons == {
        "me/alone": "me/root is a bare encoder (BertModel)",
        "me/silent": "me/silent declares no training data",
        "me/rare": "me/rare has 20 downloads in 30 days",
    }
    kept = [step.kept for step in study.record.funnel]
    dropped = [step.dropped for step in study.record.funnel]
    assert (kept[0], kept[-1], sum(dropped)) == (7, 4, 3)


def test_what_is_on_the_hub_is_fetched_and_attacked(study, hub):
    fingerprints = {m.name: m.fingerprint for m in study.record.models if m.fingerprint}
    assert set(fingerprints) == {"me/up", "me/down", "me/popular"}
    assert len(set(fingerprints.values())) == 3
    attacked = Counter(study.outcomes.frame().filter(attack="hotflip")["victim"])
    assert attacked == dict.fromkeys(fingerprints, 6)
    (replay,) = study.record.replays
    assert (replay.upstream, replay.downstream) == ("me/up", "me/down")
    details = {v.name: v.details for c in study.campaigns.values() for v in c.victims}
    assert details["me/down"]["revision"] == f"{11:040x}"
    fetched = [path for path in hub.requests if path.endswith("/model.safetensors")]
    assert {path.split("/resolve/")[0] for path in fetched} == {
        "/me/up", "/me/down", "/me/popular", "/me/broken",
    }  # fmt: skip


WHY = {
    "missing.csv": "missing.csv",
    "me/gated": "me/gated is gated on the Hub",
    "me/gone": "me/gone is neither a local folder nor a model on the Hub",
    "me/broken": "The weights of me/broken cannot be loaded",
}


def test_what_cannot_be_had_is_said_with_its_reason(study, studied, folder):
    failures = {failure.what: failure.reason for failure in study.record.failures}
    assert set(failures) == set(WHY)
    assert {what for what, reason in failures.items() if WHY[what] not in reason} == set(), failures
    assert "3 of 6 models and 1 of 4 chains measured on 1 data sets." in studied
    assert all(f"missing: {what}: " in studied for what in WHY)
    made = folder / "study-fetched"
    table = pl.read_csv(made / "tables" / "failures.csv")
    assert set(table.to_series(0)) == set(WHY)
    page = (made / "report.html").read_text()
    assert all(reason in page for reason in WHY.values())


def test_an_upstream_that_is_found_on_the_hub_is_fetched_and_audited(weaklink, folder):
    out = weaklink("audit", "me/down", "--upstream", "auto", *AUDIT, "--json", "figures.json")
    shown = out.splitlines()
    assert shown[:6] == [
        "me/down (BertForSequenceClassification)",
        "  finetune of me/up [base_model, 1.00] “base_model: me/up”",
        "me/up (BertForSequenceClassification)",
        "  finetune of me/root [base_model, 1.00] “base_model: me/root”",
        "me/root (BertModel)",
        "Measured: me/up → me/down",
    ]
    figures = json.loads((folder / "figures.json").read_text())
    assert {row["model"] for row in figures["scenarios"]} == {"me/up", "me/down"}
    (link,) = figures["links"]
    assert (link["upstream"], link["downstream"]) == ("me/up", "me/down")
