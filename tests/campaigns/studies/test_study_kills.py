"""A study that makes its models, killed while it makes them, records and reports."""

import signal

import pytest

from tests.victims.tiny import save_tiny

from .killable_study import Death, timeless
from .small_study import HERE, specification

DEATHS = [
    Death("step"),
    Death("first-????????"),
    Death("outcome", 10),
    Death("*.parquet", 3),
    Death("report.html"),
]
"""In the order of a study's work."""


@pytest.fixture(scope="module")
def spec(data, tmp_path_factory):
    base = save_tiny(tmp_path_factory.mktemp("base") / "tiny")
    step = {"data": str(data), "samples": 14, "max_length": 16}
    return specification(
        data,
        models=[f"{HERE}:single"],
        chains=[{"models": ["first", "second"]}],
        finetuned=[
            step | {"name": "first", "base": base},
            step | {"name": "second", "base": "first", "seed": 1},
        ],
    )


def files_in(folder):
    """Return record, page, results and tables, without what killed processes half wrote."""
    paths = [*folder.glob("[!.]*.json"), folder / "report.html", *folder.glob("tables/[!.]*")]
    return {str(path.relative_to(folder)): timeless(path) for path in paths}


def test_killed_at_every_point_and_resumed_it_equals_an_uninterrupted_run(run, spec, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run(whole, spec, report=True) == 0
    for death in DEATHS:
        assert run(killed, spec, death, report=True) == -signal.SIGKILL, death
        assert not list((killed / "models").glob(death.at))
    assert run(killed, spec, report=True) == 0
    ours, theirs = files_in(killed), files_in(whole)
    assert set(ours) == set(theirs)
    assert [name for name in theirs if ours[name] != theirs[name]] == []
