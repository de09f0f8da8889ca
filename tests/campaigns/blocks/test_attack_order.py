"""Which attack of a block is made first."""

import pytest

from tests.campaigns.prepare.test_planned_models import BERT_BASE
from weaklink.attacks.registry import find
from weaklink.campaigns.executors.cost import cheapest_first
from weaklink.campaigns.executors.task import Work
from weaklink.campaigns.prepare.data import PreparedData
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset, Sample
from weaklink.engine import ConfiguredAttack

NAMES = ("gan", "hotflip", "scpn", "textfooler", "pwws", "textbugger", "unicode")


@pytest.fixture
def work():
    samples = tuple(Sample(id=f"s{i}", text="one two three four", label=0) for i in range(2))
    data = Dataset(
        name="d", labels=("a", "b"), samples=samples, fingerprint="f", split="test", source="s"
    )
    attacks = {f"#{n}": ConfiguredAttack(find(n), find(n).parameters()) for n in NAMES}
    return Work(PreparedData(data, None, attacks), attacks, None)


def order(work, folder, **options):
    spec = Specification(name="x", data=("d",), models=(str(folder),), **options)
    return [one.attack.name for one in cheapest_first(work, str(folder), spec, {}).values()]


def test_the_cheapest_attack_on_the_victim_comes_first(work, tmp_path):
    large, small = tmp_path / "large", tmp_path / "small"
    for folder, size in ((large, BERT_BASE), (small, 1000)):
        folder.mkdir()
        with (folder / "model.safetensors").open("wb") as weights:
            weights.truncate(size)
    slow, fast = (order(work, folder) for folder in (large, small))
    assert slow.index("textbugger") < slow.index("pwws") < slow.index("textfooler")
    assert slow.index("scpn") < slow.index("hotflip")
    assert fast.index("hotflip") < fast.index("scpn") < fast.index("gan")
    assert sorted(slow) == sorted(fast) == sorted(NAMES)


def test_a_budget_of_queries_counts(work, tmp_path):
    assert order(work, tmp_path / "x", max_queries=1)[-1] == "hotflip"
    assert order(work, tmp_path / "x")[-1] != "hotflip"
