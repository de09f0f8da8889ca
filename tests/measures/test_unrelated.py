"""Transfer against its null: models that share no ancestor fall on the same difficult samples."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from weaklink.campaigns.plan import simulated
from weaklink.measures.links.comparisons import Comparisons
from weaklink.measures.links.lineages import lineages_of
from weaklink.measures.links.unrelated import nulls
from weaklink.measures.statistics.resampling import Resampling
from weaklink.store.record import ChainEntry, ModelEntry, StudyRecord

STUDIES, LINEAGES, ATTACKS, SAMPLES = 80, 8, 3, 60
ALL, ONE = 0, 1


def a_study(draw, *, inherited, lineages=LINEAGES):
    """Return arrays of pairs of models; samples differ in difficulty for all of them.

    Half of the variance of what decides a fall is the sample's; ``inherited`` is the share of the
    other half that the two models of a lineage have in common.
    """
    sizes = (lineages, 2, ATTACKS, SAMPLES, 1)
    sample, of_lineage = draw.normal(size=sizes[2:]), draw.normal(size=(lineages, 1, *sizes[2:]))
    own = inherited**0.5 * of_lineage + (1 - inherited) ** 0.5 * draw.normal(size=sizes)
    limits = norm.ppf(draw.uniform(0.4, 0.9, size=sizes[:3]))[..., None, None]
    fell = (0.5**0.5 * (sample + own) < limits).astype(float).reshape(-1, *sizes[2:])
    return arrays_of(fell)


def arrays_of(fell):
    return simulated.arrays_of([fell])


def compared(arrays):
    """Return the figures over all links, and over the first one."""
    resampling = Resampling([arrays.datasets[0].fell.shape[2]], seed=0, resamples=2)
    side = Comparisons(arrays, resampling, both_correct=False, seed=0)
    return [found for (found,) in side.over([[side.where()], [side.where(links=[0])]])]


@pytest.fixture(scope="module")
def unrelated():
    draw = np.random.default_rng(0)
    return [compared(a_study(draw, inherited=0)) for _ in range(STUDIES)]


@pytest.mark.parametrize("group", [ALL, ONE])
def test_models_that_share_nothing_have_no_lineage_advantage(unrelated, group):
    found = [one[group].lineage_advantage for one in unrelated]
    held = sum(one.low <= 0 <= one.high for one in found)
    assert binomtest(held, STUDIES, 0.95, alternative="less").pvalue > 0.01
    assert np.mean([one.value for one in found]) == pytest.approx(0, abs=0.01)


def test_they_have_an_advantage_over_all_samples(unrelated):
    assert all(one[ALL].sample_advantage_over_all.low > 0 for one in unrelated)


def test_what_is_handed_down_is_found_with_the_power_that_is_stated():
    draw = np.random.default_rng(1)
    found = [compared(a_study(draw, inherited=0.35))[ALL] for _ in range(STUDIES)]
    stated = np.mean([one.lineage_detectable for one in found])
    advantage = np.mean([one.lineage_advantage.value for one in found])
    shown = np.mean([one.lineage_advantage.low > 0 for one in found])
    assert advantage > stated
    assert shown >= 0.8


def with_references(arrays, fell):
    """Return a study with the outcomes of further models of a lineage each."""
    own = max(arrays.lineages) + 1
    apart = replace(arrays_of(fell), links=(), lineages=tuple(own + i for i in range(len(fell))))
    return replace(arrays, references=apart)


def an_audit(draw, *, inherited):
    """Return one link, and a reference model that shares the difficulty of samples only."""
    arrays = a_study(draw, inherited=inherited, lineages=2)
    return simulated.audit_of([arrays.datasets[0].fell])


@pytest.fixture(scope="module")
def audits():
    draw = np.random.default_rng(5)
    return {
        inherited: [compared(an_audit(draw, inherited=inherited))[ONE] for _ in range(STUDIES)]
        for inherited in (0, 0.7)
    }


def test_an_audit_of_models_that_share_nothing_has_no_lineage_advantage(audits):
    found = [one.lineage_advantage for one in audits[0]]
    held = sum(one.low <= 0 <= one.high for one in found)
    assert binomtest(held, STUDIES, 0.95, alternative="less").pvalue > 0.01
    assert np.mean([one.value for one in found]) == pytest.approx(0, abs=0.01)


def test_an_audit_finds_what_is_handed_down(audits):
    assert np.mean([one.lineage_advantage.low > 0 for one in audits[0.7]]) > 0.8


def test_a_reference_is_a_lineage_that_enters_no_other_figure():
    arrays = a_study(np.random.default_rng(0), inherited=0.5, lineages=4)
    fell, alone = arrays.datasets[0].fell, arrays_of(arrays.datasets[0].fell[:2])
    apart = compared(with_references(alone, fell[[2, 4, 6]]))[ONE]
    beside = replace(arrays_of(fell[[0, 1, 2, 4, 6]]), links=alone.links, lineages=(0, 0, 1, 2, 3))
    assert compared(beside)[ONE] == apart
    assert apart.delta == compared(alone)[ONE].delta


def test_one_lineage_has_no_null():
    found = compared(a_study(np.random.default_rng(0), inherited=0, lineages=1))[ALL]
    assert found.null_transfer is found.lineage_advantage is found.lineage_detectable is None
    assert found.sample_advantage_over_all is not None


def test_samples_that_are_equally_hard_for_all_have_the_rate_of_the_downstream():
    fell = np.array([[1, 1, 0, 0], [1, 0, 1, 0]] + [[1, 1, 1, 1]] * 4, dtype=float)
    (found,) = nulls(arrays_of(fell[:, None, :, None]), both_correct=False)
    assert found.transfer.values[0] == 0.5
    assert found.advantage.values[0] == 0


def test_the_influence_of_a_sample_is_what_leaving_it_out_changes():
    arrays = a_study(np.random.default_rng(3), inherited=0.5)
    (found,) = nulls(arrays, both_correct=False)
    errors = (found.advantage.influences**2).sum(axis=1) ** 0.5
    draws = np.random.default_rng(4)
    values = [
        nulls(arrays_of(arrays.datasets[0].fell[:, :, draws.integers(SAMPLES, size=SAMPLES)]),
              both_correct=False)[0].advantage.values
        for _ in range(60)
    ]  # fmt: skip
    assert np.mean(errors / np.std(values, axis=0)) == pytest.approx(1, abs=0.2)


def record_of(models, *chains, **specification):
    return StudyRecord(
        name="x", specification=specification, digest="0", funnel=(), campaigns=(), replays=(),
        failures=(), provenance={},
        models=tuple(ModelEntry(name=name, fingerprint=sign) for name, sign in models.items()),
        chains=tuple(
            ChainEntry(name=f"C{i}", models=names, measured=names[1:], links=())
            for i, names in enumerate(chains)
        ),
    )  # fmt: skip


def test_chains_that_meet_are_one_lineage_though_the_model_they_share_was_not_measured():
    signs = {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "gone": None, "f": "1"}
    record = record_of(signs, ("base", "a", "b"), ("base", "c"), ("other", "d", "gone"))
    of = dict(zip(("a", "b", "c", "d", "e", "f"), lineages_of(record), strict=True))
    assert of["a"] == of["b"] == of["c"] == of["f"]
    assert len({of["a"], of["d"], of["e"]}) == 3
    assert all(one != other for one, other in pairwise((of["c"], of["d"], of["e"])))


def test_models_that_a_study_makes_from_one_base_are_one_lineage():
    steps = [{"name": "a", "base": "encoder"}, {"name": "b", "base": "encoder"}]
    record = record_of({"a": "1", "b": "2", "c": "3"}, finetuned=steps)
    of = lineages_of(record)
    assert of[0] == of[1] != of[2]


def test_a_reference_that_is_a_model_of_the_chain_is_of_its_lineage():
    record = record_of({"a": "1", "b": "2"}, ("base", "a", "b"))
    same = (ModelEntry(name="copy", fingerprint="2"), ModelEntry(name="other", fingerprint="9"))
    a, b, copy, other = lineages_of(record.model_copy(update={"references": same}))
    assert a == b == copy != other
