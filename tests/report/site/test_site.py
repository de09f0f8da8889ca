"""A site of several campaigns."""

import json
import re
from dataclasses import replace

from tests.documents import document
from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.report.site import site
from weaklink.report.site.leaderboard import Run, leaderboard
from weaklink.report.site.site import slug_of, write_site
from weaklink.store import Status
from weaklink.victims.operating_point import OperatingPoint

HOSTILE = "<script>alert(1)</script>/\u202eevil"


def a_run(slug, fallen, *, samples=40, attacks=("pwws",)):
    """Return a run of models, of which so many samples fall to the first attack."""
    campaign = a_campaign(
        victims=tuple((name, "single") for name in fallen), attacks=attacks, samples=samples
    )
    outcomes = [
        an_outcome(i, victim=name, attack=attack, success=attack == "pwws" and i < count)
        for name, count in fallen.items()
        for attack in attacks
        for i in range(samples)
    ]
    return Run(slug, a_study(campaign, outcomes), figures(campaign, outcomes))


def planted(slug, fallen, goal=None, **changes):
    """Return a run of one model, on whose samples each attempt ended as given, and its figures."""
    campaign = a_campaign(victims=(("m", "single"),), samples=len(fallen))
    victims = tuple(one.model_copy(update=changes) for one in campaign.victims)
    campaign = campaign.model_copy(update={"victims": victims, "source": goal})
    outcomes = [
        an_outcome(i, victim="m", success=status is Status.SUCCEEDED,
                   correct=status is not Status.SKIPPED, status=status)
        for i, status in enumerate(fallen)
    ]  # fmt: skip
    fingerprint = victims[0].fingerprint
    outcomes = [
        replace(one, key=replace(one.key, victim_fingerprint=fingerprint)) for one in outcomes
    ]
    return Run(slug, a_study(campaign, outcomes), figures(campaign, outcomes))


def ranks(board):
    return {one.model: (one.first, one.last) for one in board.standings}


def test_models_are_ranked_where_samples_tell_them_apart():
    (board,) = leaderboard(
        [a_run("a", {"weak": 38, "strong": 2}), a_run("b", {"weaker": 40})]
    ).boards
    assert [one.model for one in board.standings] == ["strong", "weak", "weaker"]
    assert ranks(board) == {"strong": (1, 1), "weak": (2, 3), "weaker": (2, 3)}
    assert all(
        one.low <= one.robust_accuracy.low and one.robust_accuracy.high <= one.high
        for one in board.standings
    )


def test_other_attacks_are_another_board_and_more_samples_count():
    runs = [
        a_run("few", {"m": 5}, samples=10),
        a_run("many", {"m": 5}, samples=40),
        a_run("other", {"m": 5}, attacks=("pwws", "gan")),
    ]
    first, second = leaderboard(runs).boards
    assert [one.run for one in first.standings] == ["many"]
    assert second.attacks == ("gan", "pwws")


def test_a_guard_that_blocks_hardly_anything_does_not_rank_first():
    fell, held, missed = Status.SUCCEEDED, Status.FAILED, Status.SKIPPED
    runs = [
        planted("blind", [held] * 2 + [missed] * 18, "pos", name="blind", fingerprint="#blind"),
        planted("good", [held] * 12 + [fell] * 8, "pos", name="good", fingerprint="#good"),
    ]
    assert runs[0].results.worst[-1].robust_accuracy.value == 1
    (board,) = leaderboard(runs).boards
    shares = {one.model: one.robust_share for one in board.standings}
    assert board.measure == "robust_share"
    assert [*shares] == ["good", "blind"]
    assert (shares["good"].value, shares["good"].n) == (12 / 20, 20)
    assert (shares["blind"].value, shares["blind"].n) == (2 / 20, 20)


def test_robust_accuracy_is_that_of_the_results_on_every_board(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "write_report", lambda *_: [])
    ended = [Status.FAILED] * 3 + [Status.SUCCEEDED, Status.SKIPPED]
    runs = [planted("goal", ended, "pos"), planted("plain", ended[:4])]
    boards = leaderboard(runs).boards
    assert [one.measure for one in boards] == ["robust_share", "robust_accuracy"]
    for board, run in zip(boards, runs, strict=True):
        (standing,) = board.standings
        assert standing.robust_accuracy == run.results.worst[-1].robust_accuracy
        assert standing.robust_accuracy.value == 3 / 4
    shares = [one.standings[0].robust_share for one in boards]
    assert (shares[0].value, shares[1]) == (3 / 5, None)
    front, _ = write_site(tmp_path, runs)
    headings = re.findall(r'title="([^"]+)">(robust [a-z]+)<', front.read_text())
    assert [name for _, name in headings] == ["robust share", "robust accuracy"]
    assert len({meaning for meaning, _ in headings}) == 2
    page = (tmp_path / "models" / f"{slug_of('m')}.html").read_text()
    assert page.count(">robust share<") == page.count(">robust accuracy<") == 1


def test_a_run_under_way_counts_on_a_board_with_a_goal_once_it_is_complete():
    run = planted("a", [Status.FAILED] * 4, "pos")
    assert leaderboard([run]).boards
    campaign = run.study.campaigns[1]
    some = [an_outcome(0, victim="m", success=False)]
    assert not leaderboard([Run("a", run.study, figures(campaign, some))]).boards


def test_rates_of_evasion_are_called_so_on_the_page_of_a_model(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "write_report", lambda *_: [])
    ended = [Status.FAILED, Status.SUCCEEDED]
    write_site(tmp_path, [planted("a", ended, "pos"), planted("b", ended)])
    page = (tmp_path / "models" / f"{slug_of('m')}.html").read_text()
    assert page.count("from pos to any other label (evasion)") == 1


def test_a_model_at_another_operating_point_has_a_row_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "write_report", lambda *_: [])
    point = OperatingPoint(label="pos", threshold=0.9)
    runs = [
        planted("a", [Status.FAILED] * 4),
        planted("b", [Status.SUCCEEDED] * 3, fingerprint="#at 0.9", operating_point=point),
    ]
    (board,) = leaderboard(runs).boards
    told = [(one.model, one.operating_point, one.run) for one in board.standings]
    assert told == [("m", "", "a"), ("m", str(point), "b")]
    front, _ = write_site(tmp_path, runs)
    page = (tmp_path / "models" / f"{slug_of('m')}.html").read_text()
    assert str(point) in front.read_text()
    assert str(point) in page


def test_hostile_names_are_shown_and_lead_nowhere(tmp_path):
    front, data = write_site(tmp_path, [a_run("a", {HOSTILE: 3, "m": 5})])
    document(data.read_text(), "leaderboard")
    pages = [*tmp_path.rglob("*.html")]
    assert len(pages) == 4
    assert all("<script>alert" not in one.read_text() for one in pages)
    assert f"models/{slug_of(HOSTILE)}.html" in front.read_text()
    assert (tmp_path / "models" / f"{slug_of(HOSTILE)}.html").exists()
    assert json.loads(data.read_text())["boards"][0]["standings"][0]["model"] == HOSTILE
