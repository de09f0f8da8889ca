"""Every number of a planted study: on paper, and against another working out from its rows."""

import json
import shutil
from fractions import Fraction
from statistics import fmean

import polars as pl
import pytest
from benchmarks.pages.planted_study import STRENGTHS, plant

from tests.oracle.compare import differences
from tests.oracle.facts import read_facts
from tests.oracle.report import check_report
from tests.oracle.results import expected_results, untold
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.report import write_report
from weaklink.store.studies import read_study

FEW = Options(resamples=999)


def wrong(folder, found):
    told = json.loads(found.model_dump_json())
    return [*differences(expected_results(read_facts(folder)), told), *untold(told)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study with gaps, foreign labels and repetitions, and its report."""
    folder = tmp_path_factory.mktemp("gaps")
    plant(folder, models=8, samples=20, repetitions=2)
    study = read_study(folder)
    write_report(folder, study, results(study, FEW))
    return folder


@pytest.fixture(scope="module")
def expected(folder):
    return expected_results(read_facts(folder))


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """One cycle of samples and no gaps: each rate is a strength, moved, over 20."""
    folder = tmp_path_factory.mktemp("paper")
    plant(folder, models=6, samples=20, gaps=False)
    return folder


@pytest.fixture(scope="module")
def on_paper(paper):
    return results(read_study(paper), FEW)


def test_every_number_of_every_file_is_that_of_the_rows(folder):
    assert [*check_report(folder)] == []


def test_every_result_is_that_of_the_rows_where_exchanges_are_drawn(paper, on_paper):
    assert wrong(paper, on_paper) == []


def test_every_result_is_that_of_the_rows_where_every_exchange_is_tried(tmp_path):
    plant(tmp_path, models=8, samples=3, repetitions=3)
    assert wrong(tmp_path, results(read_study(tmp_path), FEW)) == []


@pytest.mark.parametrize(
    ("place", "amount"),
    [
        (("by_model", 0, "rates", "asr_valid", "micro", "value"), 1e-6),
        (("worst", 3, "fallen", 2), 1),
        (("links", 1, "all", "text_advantage_over_all", "n"), 1),
        (("links", 1, "all", "lineage_advantage", "value"), 1e-6),
        (("links", 1, "all", "p_value"), 0.2),
        (("chains", 0, "both_correct", "p_holm"), 1e-6),
        (("link_scenarios", 7, "only_upstream"), 1),
        (("scenarios", 5, "variance"), 1e-6),
        (("scenarios", 5, "characters_changed_mean"), 1e-6),
        (("scenarios", 5, "queries_of_successes", 1), 1),
        (("scenarios", 5, "seconds"), 0.1),
        (("worst", 3, "texts_cut"), 1),
        (("published", 4, "ours", "value"), 1e-6),
        (("scenario_n",), 1),
    ],
)
def test_a_wrong_result_is_told(folder, expected, place, amount):
    found = json.loads((folder / "results.json").read_text())
    *above, last = place
    within = found
    for key in above:
        within = within[key]
    within[last] = amount if within[last] is None else within[last] + amount
    assert [*differences(expected, found), *untold(found)]


def test_rates_on_paper(on_paper):
    strengths, moved = [*STRENGTHS.values()], [0, 1, -2, -1, -4, 2]
    rates = {
        (m, a, d): Fraction(max(0, strength + moved[m] - d), 20)
        for m in range(6) for a, strength in enumerate(strengths) for d in range(4)
    }  # fmt: skip
    for axis, groups in enumerate((on_paper.by_model, on_paper.by_attack, on_paper.by_dataset)):
        for number, group in enumerate(groups):
            of = [rate for place, rate in rates.items() if place[axis] == number]
            assert group.rates.asr_all.macro.value == pytest.approx(fmean(of))
            assert group.rates.asr_all.micro.value == pytest.approx(fmean(of))
    assert on_paper.by_model[0].rates.asr_all.macro.value == pytest.approx((62 / 6 - 1.5) / 20)
    assert on_paper.by_dataset[0].rates.asr_all.macro.value == pytest.approx((62 - 4) / 6 / 20)
    accuracies = [group.accuracy.macro.value for group in on_paper.by_model]
    assert accuracies == pytest.approx([0.9, 0.85, 0.8, 0.9, 0.85, 0.8])


def test_the_worst_case_on_paper(on_paper):
    worst = next(one for one in on_paper.worst if one.dataset == "sst2")
    assert worst.fallen == (6, 1, 1, 2, 3, 1, 6)
    assert worst.robust_accuracy.value == pytest.approx((6 - 2) / 20)
    assert worst.worst_attack == "textfooler"


def test_a_link_on_paper(on_paper):
    assert [link.all.delta.value for link in on_paper.links] == pytest.approx([1 / 20] * 3)
    found = on_paper.link_scenarios[0]
    assert (found.attack, found.dataset) == ("textfooler", "sst2")
    assert (found.upstream_asr, found.downstream_asr) == (14 / 20, 15 / 20)
    assert (found.only_upstream, found.only_downstream, found.p_value) == (2, 3, 1)
    assert found.sample_transfer.value == pytest.approx(12 / 14)
    assert found.text_transfer.value == pytest.approx(8 / 14)
    assert found.elsewhere.value == pytest.approx(3 / 6)


def test_a_wrong_file_is_told(folder, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    table, page = tmp_path / "tables" / "figure_7_attacks.parquet", tmp_path / "report.html"
    frame = pl.read_parquet(table)
    frame.with_columns(pl.col("asr_all_n") + 1).write_parquet(table)
    text, start = page.read_text(encoding="utf-8"), 'id="table-figure_6_models"'
    before, after = text.split(start)
    after = after.replace("status=succeeded", "status=failed", 1)
    after = after.replace("%</a>", "%</a> 1", 1)
    before = before.replace('samples fall to 6 attacks"', 'samples fall to 7 attacks"', 1)
    page.write_text(before + start + after, "utf-8")
    told = "\n".join(check_report(tmp_path))
    assert told.count("figure_7_attacks[") == frame.height
    for start in ("table-figure_6_models.asr_all_micro: #outcomes", "Samples by the number",
                  "table-figure_6_models.asr_all_micro: 4"):  # fmt: skip
        assert start in told
