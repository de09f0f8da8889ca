"""``weaklink hub`` from the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from weaklink.cli.app import app
from weaklink.hub import Snapshot


@pytest.fixture
def run():
    def invoke(*arguments: object):
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke


def test_import(run, tmp_path):
    file = tmp_path / "records.jsonl"
    file.write_text(json.dumps({"id": "ann/a", "card": "# A"}) + "\n")
    done = run("hub", "import", file, "--out", tmp_path / "snapshot", "--date", "2022-02-01")
    assert done.exit_code == 0, done.output
    assert "1 ok" in done.output
    assert Snapshot.open(tmp_path / "snapshot").manifest.started.year == 2022


def test_collect_and_collect_since(run, hub, tmp_path):
    done = run("hub", "collect", "--out", tmp_path / "first", "--limit", 5, "--workers", 2)
    assert done.exit_code == 0, done.output
    first = next((tmp_path / "first").glob("text-classification-*"))
    assert Snapshot.open(first).manifest.models == 5
    hub.requests.clear()
    again = run("hub", "collect", "--out", tmp_path / "second", "--since", first, "--limit", 5)
    assert again.exit_code == 0, again.output
    assert set(hub.card_requests()) == {"bob/gated-401", "bob/gated-403"}


def test_nothing_secret_is_printed_or_kept(run, hub, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    seen = []
    hub.watch_headers = lambda headers: seen.append(headers["Authorization"])
    done = run("hub", "collect", "--out", tmp_path, "--limit", 2)
    assert done.exit_code == 0, done.output
    assert set(seen) == {"Bearer hf_secret"}
    assert "hf_secret" not in done.output
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 3
    assert not any(b"hf_secret" in content for content in written)


@pytest.mark.parametrize("command", ["collect", "import"])
def test_help_names_every_option(run, command):
    assert "--out" in run("hub", command, "--help").output
