"""The threat model names tests that exist."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "SECURITY.md").read_text(encoding="utf-8")


def test_every_promise_is_held_by_a_test_that_exists():
    named = re.findall(r"`([\w./]*test_\w+\.py)::(test_\w+)`", PAGE)
    assert len(named) > 20
    for file, test in named:
        assert f"def {test}(" in (HERE / file).read_text(encoding="utf-8"), test
    assert {file for file, _ in named if "/" not in file} == {
        path.name for path in HERE.glob("test_*.py") if path != Path(__file__)
    }
