"""How torch's threads wait is chosen by the load, before torch is loaded."""

import os

import pytest

from weaklink import idle_threads


@pytest.fixture
def environment(monkeypatch):
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "GOMP_CPU_AFFINITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    return monkeypatch


@pytest.mark.parametrize(("load", "expected"), [(0.3, "spin"), (1.9, "spin"), (2.0, "sleep")])
def test_threads_sleep_where_half_of_the_cores_are_taken(environment, load, expected):
    environment.setattr(os, "getloadavg", lambda: (load, 0, 0))
    idle_threads.choose()
    assert idle_threads.chosen() == expected
    assert os.environ.get("GOMP_SPINCOUNT") == {"spin": None, "sleep": "0"}[expected]
    os.environ.pop("GOMP_SPINCOUNT", None)


def test_what_the_user_has_chosen_stays(environment):
    environment.setattr(os, "getloadavg", lambda: (9.0, 0, 0))
    environment.setenv("OMP_WAIT_POLICY", "active")
    idle_threads.choose()
    assert "GOMP_SPINCOUNT" not in os.environ
    assert idle_threads.chosen() == "spin"


def test_a_system_that_tells_no_load_is_not_busy(environment):
    def refuse():
        raise OSError

    environment.setattr(os, "getloadavg", refuse)
    assert not idle_threads.is_busy()
    assert idle_threads.load() is None
