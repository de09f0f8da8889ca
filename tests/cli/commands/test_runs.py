"""The runs of stores: listed, merged and removed; reports of others are kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.examples import a_campaign, a_study, an_outcome
from weaklink.cli.commands.runs.site import read_runs, slug_of_run
from weaklink.report.about import about
from weaklink.report.folder import keep_report_of_another
from weaklink.store import open_store
from weaklink.store.record import CampaignEntry, ModelEntry, ReplayEntry, Stopped, StudyRecord
from weaklink.store.runs import conflicts, runs_of


def a_record(number, **more):
    return StudyRecord(
        name="audit", specification={}, digest=str(number), models=(ModelEntry(name="v"),),
        chains=(), funnel=(), campaigns=(CampaignEntry(dataset="reviews", campaign=number),),
        replays=(), failures=(), provenance={}, **more,
    )  # fmt: skip


def fill(path, *outcomes, campaigns=(), records=()):
    with open_store(path) as store:
        for one in campaigns:
            store.add_campaign(one)
        for one in records:
            store.put_record(one)
        store.put_all(outcomes)


def keyed(campaign, place=0, **changes):
    """An outcome of one key of a campaign."""
    return replace(an_outcome(**changes), key=campaign.keys()[place])


def cut(campaign, samples):
    data = campaign.data.model_copy(update={"sample_ids": campaign.data.sample_ids[:samples]})
    return campaign.model_copy(update={"data": data})


@pytest.fixture
def campaign():
    return a_campaign()


def test_runs_are_listed_with_their_state(cli, campaign):
    size = campaign.size
    fill("a.db", keyed(campaign), campaigns=[campaign])
    done = cli("runs", "a.db")
    assert f"1 of {size}" in " ".join(done.out.split())
    assert campaign.victims[0].name in done.out
    assert cli("runs", "empty.db").status == 1


def test_a_run_that_stopped_early_stands_for_the_whole_and_replays_for_none(campaign, tmp_path):
    part = cut(campaign, 1)
    replay = campaign.model_copy(update={"seed": 9})
    stopped = Stopped(reason="time", samples=1, asked=len(campaign.data.sample_ids))
    entry = ReplayEntry(
        dataset="reviews", campaign=3, upstream="u", downstream="d", attack="pwws", repetition=0,
        attack_fingerprint="#",
    )  # fmt: skip
    record = a_record(2, stopped=stopped).model_copy(update={"replays": (entry,)})
    fill(tmp_path / "a.db", campaigns=[campaign, part, replay], records=[record])
    with open_store(tmp_path / "a.db") as store:
        (found,) = runs_of(store)
    assert found.id == 2
    assert found.state == f"time was up: 1 of {len(campaign.data.sample_ids)} samples"


def test_a_run_that_went_on_leaves_no_run_of_its_first_samples(campaign, tmp_path):
    texts = [
        one.model_copy(update={"name": f"replay-{one.name}", "fingerprint": f"#{n}"})
        for n, one in enumerate(campaign.attacks)
    ]
    replays = campaign.model_copy(update={"attacks": tuple(texts)})
    others = tuple(one.model_copy(update={"fingerprint": "new"}) for one in texts)
    first = cut(replays, 1).model_copy(update={"attacks": others})
    entry = ReplayEntry(
        dataset="reviews", campaign=3, upstream="u", downstream="d", attack="pwws", repetition=0,
        attack_fingerprint="#",
    )  # fmt: skip
    record = a_record(2).model_copy(update={"replays": (entry,)})
    asked = cut(campaign, 1).model_copy(update={"seed": 3})
    fill(
        tmp_path / "a.db",
        campaigns=[cut(campaign, 1), campaign, replays, first, asked],
        records=[record],
    )
    with open_store(tmp_path / "a.db") as store:
        assert [one.id for one in runs_of(store)] == [2, 5]


def test_a_site_has_each_run_once(campaign, tmp_path):
    others = campaign.data.model_copy(update={"name": "others", "fingerprint": "#others"})
    both = [
        CampaignEntry(dataset=name, campaign=i + 1) for i, name in enumerate(("reviews", "others"))
    ]
    known = [ModelEntry(name=one.name, fingerprint=one.fingerprint) for one in campaign.victims]
    record = a_record(1).model_copy(update={"campaigns": tuple(both), "models": tuple(known)})
    store, other = tmp_path / "a b.db", tmp_path / "ä" / "a b.db"
    other.parent.mkdir()
    campaigns = [campaign, campaign.model_copy(update={"data": others})]
    fill(store, keyed(campaign), campaigns=campaigns, records=[record])
    fill(other, campaigns=campaigns[:1])
    runs = [*read_runs([str(store), f"{tmp_path}/../{tmp_path.name}/a b.db", str(other)])]
    assert [len(run.results.datasets) for run in runs] == [2, 1]
    assert len({run.slug for run in runs}) == 2


def test_a_run_is_named_for_its_database(tmp_path, monkeypatch):
    address = "postgresql://me@/audits?host=/run/pg"
    named = slug_of_run(address, 7)
    assert named.startswith("audits-7-")
    monkeypatch.chdir(tmp_path)
    assert slug_of_run(address, 7) == named
    assert slug_of_run("a.db", 7) == slug_of_run(str(tmp_path / "a.db"), 7)


def test_outcomes_of_one_run(cli, campaign):
    other = campaign.model_copy(update={"seed": 5})
    fill("a.db", keyed(campaign), keyed(other), campaigns=[campaign, other])
    lines = cli("outcomes", "a.db", "--campaign", "2", "--json").out.splitlines()
    assert len(lines) == 1
    assert '"seed":5' in lines[0].replace(" ", "")
    assert cli("outcomes", "a.db", "--campaign", "7").status == 1


def test_a_merge_takes_what_is_new_and_names_what_differs(cli, campaign):
    fill("a.db", keyed(campaign, 0, queries=7), campaigns=[campaign])
    fill("b.db", keyed(campaign, 0, queries=8), keyed(campaign, 1), campaigns=[campaign])
    done = cli("store", "merge", "a.db", "b.db")
    assert done.status == 1
    assert "conflict: " in done.err
    assert "1 conflicts" in done.out
    with open_store("a.db") as store:
        found = [*store.outcomes()]
        assert len(found) == 2
        assert min(one.queries for one in found) == 7
        assert len(store.campaigns()) == 1


def test_a_merge_again_changes_nothing_and_errors_are_no_conflict(cli, campaign, tmp_path):
    fill("a.db", keyed(campaign, 0), campaigns=[campaign])
    fill("b.db", keyed(campaign, 0, success=False, status="error", error="x"), keyed(campaign, 1))
    for _ in range(2):
        assert cli("store", "merge", "a.db", "b.db").status == 0
    with open_store("a.db") as one, open_store("b.db") as other:
        assert conflicts(one, other) == []
        assert len([*one.outcomes()]) == 2


def test_a_run_is_removed_with_its_outcomes_alone(cli, campaign):
    more = cut(campaign, 1)
    apart = campaign.model_copy(update={"seed": 5})
    fill(
        "a.db", keyed(campaign, 0), keyed(campaign, 1), keyed(apart),
        campaigns=[campaign, more, apart], records=[a_record(1), a_record(3)],
    )  # fmt: skip
    assert cli("rm", "a.db", "--campaign", "1").status == 1
    done = cli("rm", "a.db", "--campaign", "1", "--yes")
    assert "with 1 outcomes" in done.out
    with open_store("a.db") as store:
        assert {one.id for one in store.campaigns()} == {2, 3}
        assert len([*store.outcomes()]) == 2
        assert [one.digest for one in store.records()] == ["3"]
    missing = cli("rm", "a.db", "--campaign", "9")
    assert missing.status == 1
    assert "Remove run" not in missing.out
    assert "There is no campaign 9" in missing.err


def test_a_store_is_removed_after_a_question(cli, campaign):
    another = campaign.model_copy(update={"seed": 9})  # of no campaign in the store, as replays are
    fill("a.db", keyed(campaign), keyed(campaign, 1), keyed(another), campaigns=[campaign])
    asked = cli("rm", "a.db")
    assert asked.status == 1
    assert "1 runs and 3 outcomes" in asked.out
    assert Path("a.db").exists()
    assert cli("rm", "a.db", "--yes").status == 0
    assert not [*Path().glob("a.db*")]


def test_help_is_short_too(cli):
    assert cli("runs", "-h").out == cli("runs", "--help").out


@pytest.mark.parametrize(
    "options",
    [("--report", "nowhere/r.html"), ("--json", "nowhere/x.json"), ("--junit", "folder.x")],
)
def test_outputs_are_tried_before_the_run(cli, options):
    Path("folder.x").mkdir()
    done = cli("audit", "toy:classify", "--data", "data.csv", *options)
    assert done.status == 1
    assert options[1] in done.err
    assert not Path("audit.db").exists()


def test_a_report_of_other_models_or_data_is_kept(tmp_path):
    study, page = a_study(a_campaign(), []), tmp_path / "report.html"
    assert keep_report_of_another(page, study) is None
    page.write_text(f'<meta content="{about(study)}">')
    assert keep_report_of_another(page, study) is None
    other = a_study(a_campaign(victims=[("another", "single")]), [])
    assert about(other) != about(study)
    assert keep_report_of_another(page, other) == tmp_path / "report-2.html"
    page.write_text("no report at all")
    assert keep_report_of_another(page, other) == tmp_path / "report-3.html"
    assert "no report" in (tmp_path / "report-3.html").read_text()
    assert not page.exists()


def test_a_page_of_another_store_is_renamed_by_report_too(cli, campaign, undrawn):
    other = a_campaign(victims=[("owner/else-7", "single")])
    fill("a.db", keyed(campaign), campaigns=[campaign])
    fill("b.db", keyed(other), campaigns=[other])
    for store, kept in (("a.db", False), ("a.db", False), ("b.db", True)):
        done = cli("report", store, "--out", "page.html")
        assert done.status == 0
        assert ("it is now page-2.html" in " ".join(done.out.split())) == kept
    assert "owner/else-7" in Path("page.html").read_text()
    assert "owner/else-7" not in Path("page-2.html").read_text()
