"""How many victims are in memory at a time."""

import gc
from weakref import ref

import pytest

from tests.victims.tiny import save_tiny
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset, Sample
from weaklink.progress import Silent

LABELS = ("negative", "positive")
DATA = Dataset("films", "a file", "test", LABELS, "0" * 64, (Sample("1", "a film", 0),))


@pytest.fixture
def without_collection():
    """Python does not look for cycles by itself, as it seldom does in a long run."""
    gc.disable()
    yield
    gc.enable()


def test_a_victim_is_gone_when_the_next_is_loaded(tmp_path, without_collection):
    names = [save_tiny(tmp_path / name) for name in ("one", "two")]
    victims = Victims(Specification.of_audit(names[0]), {}, Silent())
    first = ref(victims.on(names[0], DATA).victim)
    assert first() is not None
    victims.load(names[1])
    assert first() is None
