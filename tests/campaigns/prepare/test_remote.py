"""Audits and studies of models behind servers: what is asked, what is kept, what is said."""

import re
import signal
from collections import Counter

import polars as pl
import pytest

from tests.campaigns.studies.killable_study import Death
from tests.campaigns.studies.small_study import specification
from tests.campaigns.toys import Words
from tests.engine.work import toy_models
from tests.victims.remote.servers import TOY, Server, hub, llm, tei
from weaklink.attacks.registry import installed
from weaklink.campaigns import Specification, run_study
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.prepare.attacks import configured_attacks
from weaklink.campaigns.prepare.remote import guided_attacks, left_out
from weaklink.campaigns.run import run as run_specification
from weaklink.campaigns.specification import read_specification
from weaklink.errors import WeaklinkError
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.store import Status, open_store
from weaklink.store.studies import read_study
from weaklink.testing.attacks import SUBSTITUTES
from weaklink.victims.remote.victim import PROBE

KEY = "sk-very-secret"


@pytest.fixture
def audit(tmp_path, data, monkeypatch):
    """Run an audit with toy models and words; return its store's outcomes and record."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    monkeypatch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))

    def audit(downstream, upstream=None, *, progress=None, **options):
        options = {
            "data": str(data), "samples": 4, "language_model": None, "references": (),
            "store": tmp_path / "audit.db", **options,
        }  # fmt: skip
        spec = Specification.of_audit(downstream, upstream, **options)
        with open_store(spec.store) as store:
            told = progress or Silent()
            record = run_specification(spec, store, told, strict=True, models=models).record
            campaigns = {one.id: one.campaign for one in store.campaigns()}
            victims = campaigns[record.campaigns[0].campaign].victims
            return list(store.outcomes()), record, victims

    return audit


class Shown(Silent):
    """Keeps what was shown."""

    def __init__(self):
        self.lines = []

    def show(self, lines):
        self.lines.append([*lines])


def test_the_cost_so_far_is_shown_while_a_campaign_goes_block_by_block(audit):
    shown = Shown()
    with Server(hub) as server:
        name = f"hf:owner/toy@{server.address}"
        audit(name, attacks=("pwws",), max_minutes=60, price_request=0.25, progress=shown)
    costs = [line for lines in shown.lines for line in lines if "requests so far" in line]
    assert costs
    assert len(costs) == len(shown.lines)
    for line in costs:
        requests, cost = re.fullmatch(r"hf:.*: (\d+) requests so far, cost ([\d.]+)", line).groups()
        assert float(cost) == int(requests) / 4 > 0


def test_a_link_of_remote_models_is_audited_with_text_transfer(audit, tmp_path):
    with Server(tei) as upstream, Server(hub) as downstream:
        names = f"hf:owner/toy@{downstream.address}", f"tei:{upstream.address}"
        outcomes, record, victims = audit(*names, repetitions=1)
        attacked = [one for one in outcomes if not one.attack.startswith("replay")]
        asked = {one.attack for one in attacked}
        assert asked == {"textfooler", "pwws", "textbugger", "scpn", "gan"}
        assert {one.status for one in outcomes} <= {Status.SUCCEEDED, Status.FAILED}
        assert len(record.replays) == 5
        found = {one.victim: one for one in attacked if one.attack == "pwws"}
        toy = [one.adversarial_text for one in attacked
               if one.attack == "pwws" and one.victim == names[0]]  # fmt: skip
        assert toy == [one.adversarial_text for one in attacked
                       if one.attack == "pwws" and one.victim == names[1]]  # fmt: skip
        assert set(found) == set(names)
        for victim in victims:
            assert [one.check for one in victim.warnings if "left" in one.check]
            assert victim.details["answers"] == "a probability for each label"
            assert victim.details["asked twice"].startswith("4 texts, 0 got")
        before = upstream.requests, downstream.texts.total()
        audit(*names, repetitions=1)
        assert (upstream.requests, downstream.texts.total()) == (before[0] + 1, before[1])
    assert (tmp_path / "audit.db.answers").is_file()


def test_a_model_that_answers_a_label_alone_is_attacked_with_what_that_allows(audit, tmp_path):
    with Server(llm(probabilities=False)) as server:
        options = {"base_url": f"{server.address}/v1", "attacks": ("pwws", "textbugger", "scpn")}
        outcomes, _, (victim,) = audit("llm:toy", **options, repetitions=1)
        won = {one.attack for one in outcomes if one.status is Status.SUCCEEDED}
        assert won >= {"pwws", "textbugger"}
        assert all(one.error is None for one in outcomes)
        (warning,) = [one for one in victim.warnings if one.check == "labels-only"]
        for name in options["attacks"]:
            assert f"{name} {installed()[name].on_labels}" in warning.message
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


PAIRED = """
url = "{address}"
batch = 8
[each]
text = "{{first}}"
text_pair = "{{second}}"
[request]
inputs = "{{texts}}"
[response]
answers = "@"
scores = "@"
"""


@pytest.mark.parametrize(
    ("kind", "attacked"),
    [("hf", "hypothesis"), ("tei", "premise"), ("http", "hypothesis"), ("llm", "premise")],
)
def test_a_server_is_audited_on_pairs(audit, tmp_path, kind, attacked):
    texts = [f"a {word} film, {adverb}" for word in ("good", "bad")
             for adverb in ("indeed", "twice", "really", "slow", "if slow", "perhaps")]  # fmt: skip
    frame = pl.DataFrame({attacked: texts}).with_row_index("row")
    other = {"premise": "hypothesis", "hypothesis": "premise"}[attacked]
    frame.select(
        attacked, pl.format("the plot {}", "row").alias(other), label=pl.col("row") < len(texts) / 2
    ).write_csv(tmp_path / "pairs.csv")
    options = {
        "data": str(tmp_path / "pairs.csv"), "text_column": "premise", "label_column": "label",
        "pair_column": "hypothesis", "attack_segment": attacked, "attacks": ("pwws",),
    }  # fmt: skip
    with Server({"llm": llm(), "tei": tei}.get(kind, hub)) as server:
        (tmp_path / "map.toml").write_text(PAIRED.format(address=server.address))
        name = {
            "hf": f"hf:owner/toy@{server.address}", "tei": f"tei:{server.address}",
            "http": f"http:{tmp_path / 'map.toml'}", "llm": f"llm:toy@{server.address}/v1",
        }[kind]  # fmt: skip
        outcomes, _, (victim,) = audit(name, **options)
        asked, requests = server.texts.copy(), server.requests
        audit(name, **options)
        assert (server.texts, server.requests) == (asked, requests + (kind == "tei"))
    assert all(one.error is None for one in outcomes)
    assert not [one for one in victim.warnings if one.check == "segment-not-read"]
    won = [one for one in outcomes if one.status is Status.SUCCEEDED]
    assert won
    for one in won:
        texts = [f"{one.text_before or ''} {text} {one.text_after or ''}".strip()
                 for text in (one.original_text, one.adversarial_text)]  # fmt: skip
        labels = [TOY.labels[i] for i in TOY.forward(texts).argmax(axis=1)]
        assert labels == [one.original_label, one.adversarial_label]
        assert len({*labels}) == 2
    if kind == "llm":
        assert "First text: {first}" in victim.details["prompt"]


def test_when_the_budget_is_spent_the_run_ends_and_goes_on_with_more(audit):
    with Server(hub) as server:
        name = f"hf:owner/toy@{server.address}"
        with pytest.raises(WeaklinkError, match="budget for remote models is spent: 30 requests"):
            audit(name, attacks=("pwws",), max_requests=30)
        assert server.requests == 30
        outcomes, _, _ = audit(name, attacks=("pwws",))
        assert len(outcomes) == 4
        assert all(one.error is None for one in outcomes)
        assert max(_asked(server.texts).values()) <= 2


def test_a_study_killed_again_and_again_asks_each_text_once(run, data, tmp_path):
    with Server(hub, every=5) as first, Server(tei) as second:
        chain = [f"tei:{second.address}", f"hf:owner/toy@{first.address}"]
        spec = specification(data, models=[], samples=4, chains=[{"models": chain}])
        for time in (1, 6, 11):
            assert run(tmp_path, spec, Death("outcome", time)) == -signal.SIGKILL
        assert run(tmp_path, spec) == 0
        texts = first.texts, second.texts
    with open_store(tmp_path / "study.db", create=False) as store:
        samples = {one.original_text for one in store.outcomes()}
        assert all(one.status is not Status.ERROR for one in store.outcomes())
    for asked in texts:
        twice = {text for text, count in asked.items() if count == 2}
        assert max(asked.values()) == 2
        assert len(twice) == 4
        assert twice <= samples


def _asked(texts: Counter) -> Counter:
    return Counter({text: count for text, count in texts.items() if text != PROBE})


def test_attacks_that_need_gradients_are_left_out_where_no_model_has_them():
    of = Specification.of_audit
    assert left_out(of("llm:toy")) == ["hotflip"]
    assert left_out(of("llm:toy", "owner/local")) == ["hotflip"]
    assert left_out(of("owner/local")) == []
    white = {"textbugger": {"knowledge": "white-box"}}
    assert left_out(of("tei:http://x", parameters=white)) == ["textbugger", "hotflip"]
    mixed = Specification(models=("llm:toy", "owner/local"))
    assert left_out(mixed) == []
    assert left_out(Specification(models=("llm:a", "llm:b"))) == ["hotflip"]
    made = configured_attacks(of("llm:toy"))
    assert [*guided_attacks(of("llm:toy"), made)] == [one.attack.name for one in made]
    assert "hotflip" not in guided_attacks(of("llm:toy"), made)
    with pytest.raises(WeaklinkError, match="needs gradients"):
        configured_attacks(of("llm:toy", attacks=("hotflip",)))


def test_the_authors_experiment_with_llms_stands_beside_ours(tmp_path, data, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    attacks = ("textfooler", "openattack-pwws", "gan")
    rows = [
        (f"a good film, {attack} {i}", "positive", attack, f"a {word} film, {attack} {i}")
        for attack in attacks
        for i in range(5)
        for word in ("bad" if i % 2 else "fine",)
    ]
    names = ("original_text", "gold_label", "attack", "adversarial_text")
    pl.DataFrame(rows, schema=list(names), orient="row").write_parquet(tmp_path / "stored.parquet")
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    first, second = llm(probabilities=False), llm()
    with Server(first) as upstream, Server(second) as downstream:
        chain = [f"llm:{name}@{server.address}/v1"
                 for name, server in (("up", upstream), ("down", downstream))]  # fmt: skip
        preset = read_specification("qin2024-llm").model_dump() | {
            "replay": tmp_path / "stored.parquet", "chains": [chain], "replay_each": 4,
        }  # fmt: skip
        spec = Specification.model_validate(preset)
        run_study(spec, tmp_path / "study", Silent(), models)
        assert all("positive or a negative sentiment" in body for body in upstream.bodies)
    study = read_study(tmp_path / "study")
    found = {one.key: one for one in results(study, Options(resamples=19)).published}
    flips = Counter()
    for original, _, attack, adversarial in rows:
        before, after = TOY.forward([original, adversarial]).argmax(axis=1)
        first_four = int(original.split()[-1]) < 4
        flips[attack.removeprefix("openattack-")] += int(before != after and first_four)
    assert min(flips.values()) > 0
    for attack in ("textfooler", "pwws", "gan"):
        for side in ("upstream", "downstream"):
            ours = found[f"{side}_{attack}"].ours
            assert (ours.value, ours.n) == (flips[attack] / 4, 4)
        assert found[f"transfer_{attack}"].ours.value == 1.0
    assert found["upstream_textfooler"].paper == 0.4
    assert found["transfer_gan"].paper == 0.8125
    assert found["upstream_scpn"].ours is None
    assert found["llm_upstream"].ours.value == pytest.approx(sum(flips.values()) / 12)
    assert found["llm_upstream"].ours.n == 12
    assert found["llm_transfer"].ours.value == 1.0
    assert "asr_mean" not in found


def test_an_audit_of_a_guard_measures_evasion(audit):
    with Server(hub) as server:
        goal = {"source": "positive", "target": "negative", "attacks": ("pwws",), "samples": 12}
        outcomes, _, (victim,) = audit(f"hf:owner/toy@{server.address}", **goal)
    for outcome in outcomes:
        if outcome.original_label == "positive":
            assert outcome.status in {Status.SUCCEEDED, Status.FAILED}
        else:
            assert outcome.status is Status.SKIPPED
    assert {one.original_label for one in outcomes} == {"positive", "negative"}
    (told,) = [one.message for one in victim.warnings if one.check == "evasion-rates"]
    assert "the model gives positive are attacked, and a success is one that it gives neg" in told
