"""Runs under way, while a campaign writes its store."""

import re
from importlib.resources import files

import httpx
import numpy as np
import pytest

from tests.examples import a_campaign, a_study, an_outcome
from weaklink.campaigns.python.sources import runs_in
from weaklink.cli.commands.runs.site import found_runs
from weaklink.cli.viewer.following import Follower
from weaklink.cli.viewer.viewing import Viewer
from weaklink.measures import figures as measured
from weaklink.measures.runs.under_way import under_way
from weaklink.measures.statistics.anytime import interval
from weaklink.report.site.progress import progress_page, run_under_way
from weaklink.store import Status, open_store

from .viewer_server import serving

SAMPLES = 20
CAMPAIGN = a_campaign(
    victims=(("up", "upstream"), ("down", "downstream")), attacks=("pwws", "gan"), samples=SAMPLES
)
SHOWN = "document.querySelector('.runs').textContent"


def outcomes(victim, attack, first, last, fell=0, **changes):
    """Return outcomes on some samples, as many of them successes as asked."""
    return [
        an_outcome(i, victim=victim, attack=attack, success=i < first + fell, **changes)
        for i in range(first, last)
    ]


@pytest.fixture
def place(tmp_path):
    """A store whose campaign has no outcome yet."""
    record = a_study(CAMPAIGN, []).record
    with open_store(tmp_path / "audit.db") as store:
        number = store.add_campaign(CAMPAIGN)
        entry = record.campaigns[0].model_copy(update={"campaign": number})
        store.put_record(record.model_copy(update={"campaigns": (entry,)}))
    return tmp_path / "audit.db"


def write(place, *parts):
    with open_store(place) as store:
        store.put_all([one for part in parts for one in part])


def study_in(place):
    (found,) = runs_in([str(place)])
    return found.study


def test_rates_so_far_say_that_they_are_of_evasion(place):
    campaign = CAMPAIGN.model_copy(update={"source": "positive"})
    study = a_study(campaign, outcomes("down", "pwws", 0, 8, 3))
    assert "evasion rate: of the samples that the model gives positive" in (
        progress_page([run_under_way("run", study, under_way(study))])
    )
    plain = a_study(CAMPAIGN, outcomes("down", "pwws", 0, 8, 3))
    assert "evasion" not in progress_page([run_under_way("run", plain, under_way(plain))])


def test_a_rate_so_far_is_of_the_attempts_so_far_and_errors_count_nowhere(place):
    assert under_way(study_in(place)).rates == []
    write(place, outcomes("down", "pwws", 0, 8, 3), outcomes("down", "gan", 0, 2))
    write(place, outcomes("down", "gan", 2, 4, status=Status.ERROR))
    write(place, outcomes("up", "pwws", 0, SAMPLES, 5), outcomes("up", "gan", 0, SAMPLES))
    known = under_way(study_in(place))
    assert (known.done, known.asked, known.models) == (8 + 2 + 2 * SAMPLES, 4 * SAMPLES, (1, 2))
    told = {one.attack: one.figure for one in known.rates if one.model == "down"}
    assert [one.model for one in known.rates] == ["down", "down"]
    assert (told["pwws"].value, told["pwws"].n, told["gan"].n) == (3 / 8, 8, 2)
    low, high = interval(np.array(3 * [1.0] + 5 * [0.0]))
    assert (told["pwws"].low, told["pwws"].high) == (low, high)


def test_outcomes_in_memory_are_counted_as_those_of_a_store(place):
    made = [*outcomes("down", "pwws", 0, 8, 3), *outcomes("up", "gan", 0, 2, status=Status.ERROR)]
    write(place, made)
    kept = a_study(CAMPAIGN, made)
    victim = made[0].key.victim_fingerprint
    assert kept.outcomes.done() == study_in(place).outcomes.done() == {victim: 8}
    assert under_way(kept) == under_way(study_in(place))


def test_what_is_known_is_not_read_again(place):
    write(place, outcomes("down", "pwws", 0, 8, 3))
    known = under_way(study_in(place))
    assert under_way(study_in(place), known) is known
    write(place, outcomes("down", "pwws", 8, 9))
    assert under_way(study_in(place), known).done == known.done + 1


def test_the_time_left_and_silence_are_told(place):
    class Clock:
        now = 0.0

    follower = Follower(lambda: found_runs([str(place)]), lambda: Clock.now)
    follower.begin(dict(found_runs([str(place)])))

    def looked_at(now):
        Clock.now = now
        (found,) = follower.look()
        return found.pace

    write(place, outcomes("down", "pwws", 0, 8, 3))
    assert looked_at(0) == ""
    write(place, outcomes("down", "pwws", 8, 16))
    assert looked_at(10) == "about 1 min 20 s left"
    assert looked_at(200) == "no new outcome for 3 min 10 s"


def test_a_run_that_begins_later_is_found_and_one_that_is_complete_stays_until_the_next_load(place):
    now = [0.0]
    follower = Follower(lambda: found_runs([str(place)]), lambda: now[0])
    assert follower.look() == []
    now[0] = 21.0
    assert [one.title for one in follower.look()] == ["audit of down"]
    write(place, *(outcomes(v, a, 0, SAMPLES) for v in ("up", "down") for a in ("pwws", "gan")))
    (found,) = follower.look()
    assert (found.whole, found.said) == (True, "audit of down: all attempts are made.")
    follower.begin(dict(found_runs([str(place)])))
    assert follower.look() == []


def front_of(viewer, folder):
    viewer.answer("/", "")
    return (folder / "index.html").read_text()


def test_a_front_page_waits_for_no_figures_of_a_run_under_way(place, tmp_path, monkeypatch):
    worked_out, work_out = [], measured.results

    def results(study, *options):
        worked_out.append(study.outcomes.count())
        return work_out(study, *options)

    monkeypatch.setattr("weaklink.measures.figures.results", results)
    monkeypatch.setattr("weaklink.report.drawing.all_charts", lambda *_: {})
    # As if the store were read-only
    monkeypatch.setattr("weaklink.campaigns.figures.keep_figures", lambda *_: None)
    write(place, outcomes("down", "pwws", 0, 8, 3))
    viewer = Viewer(tmp_path, lambda: found_runs([str(place)]))
    front = front_of(viewer, tmp_path)
    assert "8 of 80 outcomes (10 %)" in front
    assert "No model has a rank yet." in front
    ((slug, _),) = found_runs([str(place)])
    for _ in range(2):
        viewer.answer(f"/runs/{slug}.html", "")
    assert worked_out == [8]
    write(place, outcomes("up", "pwws", 0, SAMPLES))
    assert '<a href="models/down-' in front_of(viewer, tmp_path)
    assert worked_out == [8]
    write(place, outcomes("down", "pwws", 8, SAMPLES))
    write(place, *(outcomes(v, "gan", 0, SAMPLES) for v in ("up", "down")))
    for _ in range(2):
        front_of(viewer, tmp_path)
        assert worked_out == [8, 4 * SAMPLES]


@pytest.fixture
def followed(place, tmp_path):
    """The address of a viewer of the runs in a store."""
    viewer = Viewer(tmp_path / "site", lambda: found_runs([str(place)]))
    viewer.renew()
    with serving(tmp_path / "site", viewer) as address:
        yield address


def test_a_page_follows_a_campaign_without_being_loaded_again(browser, place, followed):
    browser.events.clear()
    browser.open(followed)
    browser.until("document.querySelector('.runs')")
    assert "0 of 80 outcomes (0 %)" in browser.evaluate(SHOWN)
    browser.evaluate("window.stays = true; document.querySelector('.runs a').focus()")
    write(place, outcomes("down", "pwws", 0, 8, 3))
    browser.until(SHOWN + ".includes('8 of 80 outcomes (10 %)')")
    assert "pwws, 8 of 20 samples" in browser.evaluate(SHOWN)
    assert "3 of 8" in browser.evaluate(SHOWN)
    assert browser.evaluate("window.stays && document.activeElement.textContent") == "audit of down"
    said = browser.evaluate("document.querySelector('.said[role=status]').textContent")
    assert said == "audit of down: 10 % of the attempts are made."
    browser.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8") + ";0")
    found = browser.evaluate(
        "axe.run('.live').then((found) => found.violations.map((one) => one.id))"
    )
    assert found == []
    assert browser.evaluate("document.documentElement.scrollWidth") == 375
    asked = [e for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    assert all(e["params"]["request"]["url"].startswith(followed) for e in asked)
    assert [e for e in browser.events if e["method"] == "Runtime.exceptionThrown"] == []
    browser.open("about:blank")  # or else it asks on during other tests
    alone = httpx.get(f"{followed}progress.html").text
    assert "8 of 80 outcomes (10 %)" in alone
    assert 'content="default-src &#39;none&#39;; connect-src &#39;self&#39;' in alone
    assert re.findall(r"<(?!script>|/script>)[^>]*\son\w+=", alone) == []
