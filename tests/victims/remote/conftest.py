from dataclasses import replace

import pytest

from weaklink.hub.client import Pace
from weaklink.victims.remote.load import load_remote
from weaklink.victims.remote.options import RemoteOptions

KEY = "sk-very-secret"


@pytest.fixture
def waits():
    return []


@pytest.fixture
def load(tmp_path, waits, monkeypatch):
    """Load a remote victim with its answers in one file, and no time lost in waiting."""
    for name in ("OPENAI_API_KEY", "HF_TOKEN", "TEI_API_KEY"):
        monkeypatch.setenv(name, KEY)
    clock = [0.0]

    def sleep(seconds):
        waits.append(seconds)
        clock[0] += seconds

    def load(name, **options):
        pace = Pace(clock=lambda: clock[0], sleep=sleep)
        options = replace(RemoteOptions(answers=tmp_path / "answers.sqlite"), **options)
        return load_remote(name, options, pace)

    return load
