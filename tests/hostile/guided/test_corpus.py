"""Every input that failed once is read again."""

from pathlib import Path

import pytest

from tests.hostile.guided.readers import READERS

CORPUS = sorted(path for path in (Path(__file__).parent / "corpus").rglob("*") if path.is_file())


@pytest.mark.timeout(30)
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_past_failure_is_read(path):
    READERS[path.parent.name](path.read_bytes())


def test_each_kind_has_past_failures():
    assert {path.parent.name for path in CORPUS} == set(READERS)
