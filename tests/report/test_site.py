"""A site of several campaigns."""

import json
from threading import Thread

import httpx

from tests.documents import document
from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.cli.runs.serving import serve
from weaklink.report.site.leaderboard import Run, leaderboard
from weaklink.report.site.site import slug_of, write_site

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


def test_hostile_names_are_shown_and_lead_nowhere(tmp_path):
    front, data = write_site(tmp_path, [a_run("a", {HOSTILE: 3, "m": 5})])
    document(data.read_text(), "leaderboard")
    pages = [*tmp_path.rglob("*.html")]
    assert len(pages) == 4
    assert all("<script>alert" not in one.read_text() for one in pages)
    assert f"models/{slug_of(HOSTILE)}.html" in front.read_text()
    assert (tmp_path / "models" / f"{slug_of(HOSTILE)}.html").exists()
    assert json.loads(data.read_text())["boards"][0]["standings"][0]["model"] == HOSTILE


def test_a_page_is_served_to_this_machine_alone(tmp_path):
    (tmp_path / "index.html").write_text("front")
    renewed, addresses = [], []

    def ready(address):
        addresses.append(address)

    Thread(target=serve, args=(tmp_path, 0, lambda: renewed.append(1), ready), daemon=True).start()
    while not addresses:
        pass
    assert httpx.get(addresses[0]).text == "front"
    assert renewed == [1]
    assert httpx.get(addresses[0], headers={"Host": "evil.example"}).status_code == 403
    assert httpx.get(addresses[0] + "missing").status_code == 404
