"""The client's waiting, and where the token may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient, Pace, Unreachable, stated_wait

from .fake_hub import FakeHub


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"ratelimit": '"api";r=0;t=42'}, 43),
        (429, {"ratelimit": '"api";r=0;t=42', "retry-after": "5"}, 43),
        (429, {"ratelimit": '"api";r=10;t=42', "retry-after": "5"}, 5),
        (503, {"ratelimit": '"api";r=0;t=42', "retry-after": "5"}, 5),
        (500, {}, None),
        (503, {"retry-after": "soon"}, None),
        (503, {"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    ],
)
def test_the_wait_that_headers_ask_for(status, headers, seconds):
    assert stated_wait(status, headers) == seconds


def test_a_date_to_retry_after_is_understood():
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3500 < stated_wait(503, {"retry-after": later}) <= 3600


@pytest.mark.parametrize(("left", "waits"), [(0, 301), (3, 301), (4, 0)])
def test_the_pace_stops_before_the_window_is_used_up(fake_time, left, waits):
    pace = Pace(reserve=3, clock=lambda: fake_time.now, sleep=fake_time.sleep)
    pace.heed({"ratelimit": f'"resolvers";r={left};t=300'})
    pace.wait()
    assert fake_time.now == waits


def test_without_a_stated_wait_the_waits_grow(hub, fake_time):
    hub.faults = {"/api/models": ["500"] * 7}
    with pytest.raises(Unreachable, match="500"):
        fake_time.client().get(f"{hub.address}/api/models", limit=10)
    assert fake_time.slept == [1, 2, 4, 8, 16, 32]


def test_no_address_beyond_the_hub_is_asked(hub, fake_time):
    client = fake_time.client()
    with pytest.raises(WeaklinkError, match="another host"):
        client.get("http://127.0.0.1.evil.invalid/api/models", limit=10)
    with pytest.raises(WeaklinkError, match="another host"):
        client.get(f"{hub.address}.evil.invalid/", limit=10)


def test_the_token_goes_to_the_hub_alone(hub, fake_time, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with FakeHub([]) as elsewhere:
        seen = []
        for server in (hub, elsewhere):
            server.watch_headers = lambda headers: seen.append(headers.get("Authorization"))
        hub.redirect_to = f"{elsewhere.address}/api/models"
        hub.faults = {"/api/models": ["302"]}
        fake_time.client().get(f"{hub.address}/api/models", limit=10)
    assert seen == ["Bearer hf_secret", None]


def test_offline_mode_is_a_clear_error(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    with pytest.raises(WeaklinkError, match="HF_HUB_OFFLINE"):
        HubClient().get(f"{hub.address}/api/models", limit=10)
