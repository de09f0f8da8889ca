"""Campaigns that end before all of their samples are done."""

import json
from collections import Counter

import pytest

import weaklink
from tests.campaigns.test_one_pipeline import LINK, OPTIONS, outcomes_in, work  # noqa: F401 - a fixture
from tests.examples import a_campaign
from weaklink.campaigns.blocks import pace
from weaklink.campaigns.blocks.pace import BlockPace
from weaklink.campaigns.blocks.replayed import EarlyReplays
from weaklink.engine.blocks import in_seeded_order
from weaklink.errors import WeaklinkError
from weaklink.report import notices
from weaklink.report.page.methods import methods
from weaklink.store import open_store
from weaklink.store.record import Stopped
from weaklink.store.runs import runs_of
from weaklink.store.studies import study_of_audit

MORE = OPTIONS | {"samples": 16}
GATE = {"fail_over": ["asr_all=0.6"]}


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by a second whenever somebody looks at it."""

    class Clock:
        now = 0.0

        @classmethod
        def monotonic(cls):
            cls.now += 1
            return cls.now

    monkeypatch.setattr(pace, "time", Clock)
    return Clock


class Told:
    def __init__(self):
        self.lines, self.shown = [], []

    def begin(self, phase, total=None):
        pass

    def advance(self, steps=1):
        pass

    def tell(self, line):
        self.lines.append(line)

    def show(self, lines):
        self.shown.append(list(lines))


def samples_of(store):
    with open_store(store, create=False) as opened:
        return Counter((one.victim, one.key.sample_id) for one in opened.outcomes())


def test_when_the_time_is_up_the_report_is_of_whole_blocks(work, clock):  # noqa: F811
    told = Told()
    result = weaklink.audit(*LINK, store=work / "early.db", max_minutes=1, progress=told, **MORE)
    stopped, figures = result.record.stopped, result.results
    assert stopped.reason == "time"
    assert 0 < stopped.samples < stopped.asked == 16
    assert figures.stopped == stopped
    assert {one.asr_all.n for one in figures.scenarios} == {stopped.samples}
    assert all(one.missing == 0 for one in figures.scenarios)
    assert any(
        one.check == "stopped" and f"{stopped.samples} of 16" in one.message
        for one in notices(result.study, figures)
    )
    assert told.shown[-1][0].startswith(f"{stopped.samples} of 16 samples; stops in")
    assert "succeeds on" in told.shown[-1][1]
    counted = samples_of(work / "early.db")
    both = [sample for name, sample in counted if name == LINK[0] and (LINK[1], sample) in counted]
    assert len(both) >= stopped.samples
    fewer = OPTIONS | {"samples": stopped.samples}
    same = weaklink.audit(*LINK, store=work / "fewer.db", **fewer).results
    for one, other in zip(figures.scenarios, same.scenarios, strict=True):
        assert one.model_copy(update={"seconds": 0}) == other.model_copy(update={"seconds": 0})


def test_the_same_command_goes_on_and_then_all_is_done(work, clock):  # noqa: F811
    first = weaklink.audit(*LINK, store=work / "audit.db", max_minutes=1, **MORE)
    assert first.record.stopped is not None
    assert first.record.inputs == {}
    rest = weaklink.audit(*LINK, store=work / "audit.db", max_minutes=60, **MORE)
    assert rest.record.stopped is None
    weaklink.audit(*LINK, store=work / "whole.db", **MORE)
    made, whole = (
        [one for one in outcomes_in(work / name) if one.attack == "pwws"]
        for name in ("audit.db", "whole.db")
    )
    assert made == whole
    assert study_of_audit(work / "audit.db").record.stopped is None


def test_a_time_that_is_too_short_for_one_sample_is_reported(work, clock):  # noqa: F811
    options = {**MORE, **GATE, "max_minutes": 0.05}
    result = weaklink.audit(*LINK, store=work / "audit.db", **options)
    assert result.record.stopped == Stopped(reason="time", samples=0, asked=16)
    assert {one.asr_all for one in result.results.scenarios} == {None}
    assert {one.state for one in result.judgements} == {"unknown"}
    told = {one.check: one.message for one in notices(result.study, result.results)}
    assert "0 of 16 samples were done" in told["stopped"]
    assert not told.keys() & {"errors", "missing", "fluency"}
    page = result.write_report(work / "report.html").read_text("utf-8")
    assert "No sample was finished in time: 0 of 16." in page.replace("\u00a0", " ")
    rest = weaklink.audit(*LINK, store=work / "audit.db", **MORE)
    assert rest.record.stopped is None
    assert {one.asr_all.n for one in rest.results.scenarios} == {16}


def test_a_time_that_is_too_short_for_one_more_reports_those_that_are_stored(work, clock):  # noqa: F811
    first = weaklink.audit(*LINK, store=work / "audit.db", max_minutes=1, **MORE)
    again = weaklink.audit(*LINK, store=work / "audit.db", max_minutes=0.05, **MORE)
    assert again.record.stopped == first.record.stopped
    assert again.results.scenarios == first.results.scenarios


def test_a_campaign_stops_when_its_gates_are_decided(work, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pace, "BLOCK_SECONDS", 0.0)
    result = weaklink.audit(*LINK, store=work / "audit.db", until="decided", **MORE, **GATE)
    stopped, figures = result.record.stopped, result.results
    assert stopped.reason == "decided"
    assert stopped.samples < 16
    assert figures.intervals == "always-valid"
    assert result.judgements[0].state in ("passed", "failed")
    fixed = weaklink.audit(
        *LINK, store=work / "fixed.db", **OPTIONS | {"samples": stopped.samples}
    ).results
    for one, other in zip(figures.scenarios, fixed.scenarios, strict=True):
        assert one.asr_all.value == other.asr_all.value
        assert one.asr_all.high - one.asr_all.low > other.asr_all.high - other.asr_all.low
    deltas = [each.link_scenarios[0].delta for each in (figures, fixed)]
    assert deltas[0].high - deltas[0].low > deltas[1].high - deltas[1].low
    assert "looked at until its gates were decided" in " ".join(methods(result.study, figures))
    for each in (figures, fixed):
        assert each.overall.asr_all.macro.low <= each.overall.asr_all.macro.value
    wide, narrow = (each.links[0].all for each in (figures, fixed))
    assert wide.delta.value == narrow.delta.value
    assert wide.delta.high - wide.delta.low > narrow.delta.high - narrow.delta.low
    assert wide.delta == figures.link_scenarios[0].delta
    assert figures.overall.asr_all.macro.low < fixed.overall.asr_all.macro.low
    over_all, alone = [one for one in figures.worst if one.model == LINK[0]]
    assert over_all.robust_accuracy == alone.robust_accuracy
    assert over_all.accuracy == alone.accuracy
    told = {one.check: one.message for one in notices(result.study, figures)}
    assert "P-values" in told["looked-at"]
    assert "looked-at" not in {one.check for one in notices(result.study, fixed)}


def test_a_campaign_stops_when_no_sample_that_is_left_can_decide_a_gate(work, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pace, "BLOCK_SECONDS", 0.0)
    gates = ["asr_all=0.5", "delta=0.0"]
    result = weaklink.audit(
        *LINK, store=work / "audit.db", until="decided", fail_over=gates, **OPTIONS
    )
    stopped = result.record.stopped
    assert stopped.reason == "undecidable"
    assert 0 < stopped.samples < stopped.asked
    assert {one.state for one in result.judgements} == {"undecided"}
    assert len(stopped.hopeless) == len(result.judgements)
    told = [one.message for one in notices(result.study, result.results)]
    assert "no further sample could decide" in told[0]
    assert told[1 : 1 + len(stopped.hopeless)] == list(stopped.hopeless)
    found = json.loads(result.results.to_json())["stopped"]
    assert "stays undecided, whatever" in found["hopeless"][0]
    again = weaklink.audit(
        *LINK, store=work / "audit.db", until="decided", fail_over=gates, **OPTIONS
    )
    assert (again.record.stopped, again.asked) == (stopped, 0)


def test_without_until_a_gate_that_is_decided_ends_nothing(work, monkeypatch):  # noqa: F811
    """Its intervals are those of a number of samples that was settled beforehand."""
    monkeypatch.setattr(pace, "BLOCK_SECONDS", 0.0)
    result = weaklink.audit(*LINK, store=work / "audit.db", max_minutes=60, **MORE, **GATE)
    assert result.record.stopped is None
    assert result.results.intervals == "fixed"


def test_without_a_gate_there_is_nothing_to_decide(work):  # noqa: F811
    with pytest.raises(WeaklinkError, match="no gate to decide"):
        weaklink.audit(*LINK, store=work / "audit.db", until="decided", **MORE)


def test_the_seed_orders_samples_of_a_file():
    ids = [f"train:{i}" for i in range(20)]
    orders = [in_seeded_order(ids, seed) for seed in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[2]) == sorted(ids)
    assert orders[0] != ids


def test_blocks_fit_into_the_time_that_is_left(clock):
    known = BlockPace(1.0)
    assert known.fit([0, 0, 6, 6]) == 2
    assert known.fit([6, 6]) == 1
    known.count(6, 60.0)
    known.count(60, 60.0)
    assert known.expected(6) == 6.0
    assert known.fit([6] * 100) == 3
    clock.now = 48.0
    assert known.fit([6] * 100) == 1
    clock.now = 57.0
    assert known.fit([6] * 100) == 0
    assert known.is_up()


def campaigns_of(*sizes):
    return [a_campaign(samples=size) for size in sizes]


def test_texts_are_replayed_a_settled_number_of_samples_at_a_time():
    asked = []

    def replay(parts):
        ids = [part.data.sample_ids for part in parts]
        asked.append([len(one) for one in ids])
        return [(part, [one]) for part, one in zip(parts, ids, strict=True)]

    early = EarlyReplays(replay)
    assert early.of(campaigns_of(7, 3), whole=False) == (0, [])
    assert early.of(campaigns_of(9, 3), whole=False)[0] == 8
    tried, found = early.of(campaigns_of(17, 3), whole=False)
    assert (tried, asked) == (16, [[8, 3], [8, 0]])
    assert [part for _, (part,) in found][0::2] == [
        campaigns_of(17)[0].data.sample_ids[first : first + 8] for first in (0, 8)
    ]
    assert early.of(campaigns_of(17, 3), whole=True)[0] == 17
    assert asked[2:] == [[1, 0]]
    assert len(early.of(campaigns_of(16, 3), whole=True)[1]) == 4
    assert len(asked) == 3


def test_a_gate_on_replayed_texts_is_decided_early(work, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pace, "BLOCK_SECONDS", 0.0)
    gate = {"until": "decided", "fail_over": ["text_transfer=0.02"]}
    result = weaklink.audit(*LINK, store=work / "audit.db", **gate, **MORE)
    stopped = result.record.stopped
    assert stopped.reason == "decided"
    assert stopped.samples < 16
    assert [one.state for one in result.judgements] == ["failed"]
    (found,) = [one.text_transfer for one in result.results.link_scenarios if one.subset == "all"]
    again = weaklink.audit(*LINK, store=work / "audit.db", **gate, **MORE)
    assert (again.record.stopped, again.asked) == (stopped, 0)
    fixed = weaklink.audit(
        *LINK, store=work / "fixed.db", **OPTIONS | {"samples": stopped.samples}
    ).results.link_scenarios[0]
    assert (found.value, found.n) == (fixed.text_transfer.value, fixed.text_transfer.n)
    assert found.low < fixed.text_transfer.low
    with open_store(work / "audit.db") as store:
        (run,) = runs_of(store)
    assert run.state.startswith("gates decided")
    assert "in 1 replays" in " ".join(methods(result.study, result.results))


def test_a_gate_on_replayed_texts_without_replays_is_refused(work):  # noqa: F811
    with pytest.raises(WeaklinkError, match="needs texts that are tried on another model"):
        weaklink.audit(
            *LINK, store=work / "a.db", fail_over=["text_transfer=0.3"], text_transfer=False, **MORE
        )
    assert not (work / "a.db").exists()
