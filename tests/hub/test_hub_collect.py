"""A collection against a server that answers as the Hub does, faults included."""

from __future__ import annotations

import shutil
from unittest.mock import Mock

import pytest

from weaklink.errors import WeaklinkError
from weaklink.hub import CARDS, MODELS, Snapshot
from weaklink.hub.cards import CARD_BYTES
from weaklink.hub.collect import collect
from weaklink.hub.journal import CollectionJournal
from weaklink.hub.listing import ModelQuery

from .fake_hub import FakeHub, model


@pytest.fixture
def gather(hub, fake_time, tmp_path):
    def run(**options) -> Snapshot:
        since = options.pop("since", None)
        out = tmp_path / str(len(list(tmp_path.iterdir())))
        return collect(
            ModelQuery(**options), out, since=since, workers=2, client=fake_time.client()
        )

    return run


def by_id(frame):
    return {row["id"]: row for row in frame.collect().iter_rows(named=True)}


def test_everything_is_recorded_and_nothing_is_fatal(gather):
    snapshot = gather()
    models, cards = by_id(snapshot.models), by_id(snapshot.cards)
    assert snapshot.models.collect_schema() == MODELS
    assert snapshot.cards.collect_schema() == CARDS
    assert sorted(models) == list(models), "sorted by id"
    assert "eve/other-task" not in models
    assert not any("passwd" in name for name in models)
    statuses = {
        name: (row["status"], cards.get(name, {}).get("status")) for name, row in models.items()
    }
    assert statuses == {
        "ann/fine": ("ok", "ok"),
        "ann/no-card": ("ok", None),
        "bob/gated-401": ("gated", "gated"),
        "bob/gated-403": ("gated", "gated"),
        "bob/huge": ("ok", "cut"),
        "cat/broken-yaml": ("ok", "ok"),
        "cat/latin-1": ("ok", "mended"),
        "dan/deleted": ("deleted", "deleted"),
        "dan/odd": ("ok", "ok"),
        "eve/plain": ("ok", "ok"),
        "gpt2": ("ok", "ok"),
        "old/name": ("renamed", "ok"),
    }
    assert models["old/name"]["renamed_to"] == "new/name"
    assert len(cards["bob/huge"]["text"]) == CARD_BYTES
    assert cards["cat/latin-1"]["text"].startswith("mod\N{REPLACEMENT CHARACTER}le")


def test_no_model_costs_more_than_one_card_request_and_no_configuration_is_fetched(gather, hub):
    gather()
    counts = hub.card_requests()
    assert counts.pop("new/name") == 1, "the redirect's target"
    assert set(counts.values()) == {1}
    assert "ann/no-card" not in counts, "the listing says that it has no README.md"
    assert not any("config.json" in path for path in hub.requests)
    assert {path: n for path, n in hub.requests.items() if "/api/" in path} == {
        "/api/models": 1, "/api/models?4": 1, "/api/models?8": 1, "/api/models?12": 1,
    }  # fmt: skip


def test_rows_carry_what_the_listing_says(gather):
    rows = by_id(gather().models)
    fine = rows["ann/fine"]
    assert fine["base_models"] == ["base/one"]
    assert fine["base_model_relation"] == "finetune"
    assert (fine["licence"], fine["languages"], fine["datasets"]) == (
        "apache-2.0",
        ["no"],
        ["sst2"],
    )
    assert (fine["downloads"], fine["downloads_all_time"], fine["likes"]) == (190, 1900, 19)
    assert fine["architecture"] == "BertForSequenceClassification"
    assert str(fine["created"]) == "2024-05-19 10:00:00"
    assert rows["bob/gated-403"]["gated"] == "auto"
    odd = rows["dan/odd"]
    assert (odd["tags"], odd["downloads"], odd["created"], odd["has_card"]) == (
        [],
        None,
        None,
        None,
    )


def test_faults_are_waited_out_as_the_headers_ask(gather, hub, fake_time):
    clean = gather()
    hub.faults = {
        "/api/models": ["429", "500", "truncated"],
        "/api/models?4": ["503"],
        f"/ann/fine/resolve/{19:040x}/README.md": ["truncated", "429"],
        f"/gpt2/resolve/{6:040x}/README.md": ["500", "500"],
    }
    fake_time.slept.clear()
    hub.requests.clear()
    faulty = gather()
    assert faulty.manifest.digests == clean.manifest.digests
    assert fake_time.slept.count(43) >= 2, "429: until the window's reset and a second more"
    assert 7 in fake_time.slept, "503: Retry-After"
    assert hub.requests["/api/models"] == 4
    counts = hub.card_requests()
    assert (counts["ann/fine"], counts["gpt2"], counts["eve/plain"]) == (3, 3, 1)


def test_a_card_that_never_comes_is_recorded_and_asked_for_again_next_time(gather, hub):
    path = f"/gpt2/resolve/{6:040x}/README.md"
    hub.faults = {path: ["500"] * 7}
    first = gather()
    assert by_id(first.cards)["gpt2"]["status"] == "failed"
    hub.requests.clear()
    second = gather(since=first)
    assert by_id(second.cards)["gpt2"]["status"] == "ok"
    assert hub.requests[path] == 1


def test_a_hub_that_is_down_ends_in_a_clear_error_and_the_same_command_goes_on(
    hub, fake_time, tmp_path
):
    hub.faults = {"/api/models?8": ["500"] * 7}

    def run() -> Snapshot:
        return collect(ModelQuery(), tmp_path, workers=2, client=fake_time.client())

    with pytest.raises(WeaklinkError, match=r"cannot be reached.*resume"):
        run()
    run()
    assert hub.requests["/api/models"] == 1, "the first page is not fetched again"
    assert [path.name[:4] for path in tmp_path.iterdir()] == ["text"]


def test_since_fetches_changed_cards_only_and_finds_what_is_gone(gather, hub):
    first = gather()
    gone = hub.find("eve/plain")
    hub.models.remove(gone)
    hub.models.remove(hub.find("gpt2"))
    hub.models.insert(0, model(28, "openai/gpt2", b"# A canonical id"))
    hub.models.insert(0, model(27, "new/comer", b"# New"))
    hub.renamed["gpt2"] = "openai/gpt2"
    hub.find("cat/latin-1").record["pipeline_tag"] = "fill-mask"
    hub.find("ann/fine").record.update(sha="f" * 40, downloads=7)
    hub.find("ann/fine").card = b"# Changed"
    hub.requests.clear()
    second = gather(since=first)
    rows = by_id(second.models)
    assert rows["eve/plain"]["status"] == "deleted"
    assert (rows["gpt2"]["status"], rows["gpt2"]["renamed_to"]) == ("renamed", "openai/gpt2")
    assert "cat/latin-1" not in rows, "it left the query but still exists"
    assert rows["ann/fine"]["downloads"] == 7
    assert by_id(second.cards)["ann/fine"]["text"] == "# Changed"
    assert by_id(second.cards)["cat/broken-yaml"] == by_id(first.cards)["cat/broken-yaml"]
    fetched = {name for name in hub.card_requests() if name not in {"old/name", "new/name"}}
    assert fetched == {
        "ann/fine", "openai/gpt2", "new/comer", "bob/gated-401", "bob/gated-403",
        "dan/deleted",
    }  # fmt: skip


def test_before_limit_and_no_cards(gather, hub):
    assert set(by_id(gather(before="2024-05-13", cards=False).models)) == {
        "old/name",
        "dan/deleted",
        "eve/plain",
        "gpt2",
    }
    hub.requests.clear()
    assert len(by_id(gather(limit=5, cards=False).models)) == 5
    assert sum(hub.requests.values()) == 2
    assert not hub.card_requests()


def test_a_refused_token_stops_at_once(gather, hub):
    hub.faults = {"/api/models": ["401"]}
    with pytest.raises(WeaklinkError, match="refuses the token"):
        gather()
    assert sum(hub.requests.values()) == 1


def test_killed_between_the_snapshot_and_the_end_the_same_command_still_ends_well(
    hub, fake_time, tmp_path, monkeypatch
):
    def run() -> Snapshot:
        return collect(ModelQuery(), tmp_path, workers=2, client=fake_time.client())

    with monkeypatch.context() as patch:
        patch.setattr("weaklink.hub.collect.discard", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run()
    requests = hub.requests.total()
    assert run().manifest.models == 12
    assert hub.requests.total() == requests


def test_two_processes_do_not_collect_into_one_journal(tmp_path):
    with (
        CollectionJournal.open(tmp_path),
        pytest.raises(WeaklinkError, match="Another process"),
        CollectionJournal.open(tmp_path),
    ):
        pass


def test_a_hub_that_goes_down_among_the_cards_stops_the_collection(
    fake_time, tmp_path, monkeypatch
):
    models = [model(day, f"ann/{day}", b"#") for day in range(1, 29)]
    with FakeHub(models, page=100) as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
        hub.faults = {
            f"/ann/{day}/resolve/{day:040x}/README.md": ["500"] * 7 for day in range(1, 29)
        }
        with pytest.raises(WeaklinkError, match="25 cards in a row failed"):
            collect(ModelQuery(), tmp_path, workers=1, client=fake_time.client(1))


def test_killed_while_its_journal_is_removed_a_collection_is_finished(
    hub, fake_time, tmp_path, monkeypatch
):
    """Half of a journal is not a journal: with it the same command would collect all once more."""

    remove = shutil.rmtree

    def half(folder, **options):
        if not (folder / "journal.sqlite").exists():
            return remove(folder, **options)
        (folder / "journal.sqlite").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", half)
        with pytest.raises(KeyboardInterrupt):
            collect(ModelQuery(), tmp_path, client=fake_time.client())
    (snapshot,) = tmp_path.glob("text-classification-*")
    assert not list(tmp_path.glob(".collecting-*"))
    Snapshot.open(snapshot)
    collect(ModelQuery(), tmp_path, client=fake_time.client())
    assert not list(tmp_path.glob(".*"))
