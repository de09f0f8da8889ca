"""The figures of popularity and reuse against known values and brute force."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from importlib.resources import files

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.lineage.build import build
from weaklink.lineage.graph.lineage import Lineage
from weaklink.popularity.compare import compare
from weaklink.popularity.downloads import gini, popularity, top_share
from weaklink.popularity.measure import measure
from weaklink.popularity.paper_tables import paper_model, paper_upstream
from weaklink.popularity.reference import references
from weaklink.popularity.reuse import reuse

from .snapshots import TAKEN, edge_table, edges, snapshot

counts = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)


def test_shares_of_a_small_set():
    found = popularity(pl.Series([0, None, 1, 30, 31, 938]))
    assert (found.models, found.downloads, found.unknown) == (6, 1000, 1)
    assert (found.downloaded.count, found.often.count, found.often.of) == (4, 2, 6)
    assert (found.top_20, found.top_permille, found.top_permille_models) == (1.0, 0.938, 1)
    assert [(part.low, part.high, part.models) for part in found.distribution] == [
        (0, 0, 2), (1, 9, 1), (10, 99, 2), (100, 999, 1),
    ]  # fmt: skip
    assert found.intervals == {}


def test_nothing_and_no_downloads_have_no_shares():
    empty = popularity(pl.Series([], dtype=pl.Int64), resamples=10)
    assert (empty.downloaded.value, empty.top_20, empty.gini, empty.lorenz) == (None,) * 3 + ((),)
    unused = popularity(pl.Series([0, 0]))
    assert (unused.downloaded.value, unused.top_20, unused.gini) == (0.0, None, None)
    assert [part.models for part in unused.distribution] == [2]


@pytest.mark.parametrize(
    ("values", "expected"), [([5, 5, 5, 5], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25)]
)
def test_gini_known_values(values, expected):
    assert gini(np.array(values)) == pytest.approx(expected)


@given(counts)
def test_gini_is_the_mean_difference_and_twice_the_area_above_the_lorenz_curve(values):
    ordered = np.sort(np.array(values))
    if not ordered.any():
        return
    difference = np.abs(ordered[:, None] - ordered[None, :]).mean()
    assert gini(ordered) == pytest.approx(difference / (2 * ordered.mean()), abs=1e-9)
    x, y = zip(*popularity(pl.Series(values)).lorenz, strict=True)
    assert gini(ordered) == pytest.approx(1 - 2 * np.trapezoid(y, x), abs=1e-9)


@given(counts, st.integers(1, 50))
def test_every_model_stands_in_one_bin_and_the_top_have_the_largest_share(values, top):
    found = popularity(pl.Series(values))
    assert sum(part.models for part in found.distribution) == len(values)
    for part in found.distribution:
        assert part.models == sum(part.low <= value <= part.high for value in values)
    if sum(values):
        expected = sum(sorted(values, reverse=True)[:top]) / sum(values)
        assert top_share(np.sort(np.array(values)), top) == pytest.approx(expected)


def test_a_bootstrap_interval_covers_the_figure_and_is_reproducible():
    downloads = pl.Series(np.random.default_rng(1).geometric(0.03, 400) - 1)
    found = popularity(downloads, resamples=200)
    assert found == popularity(downloads, resamples=200)
    interval = found.intervals["downloaded"]
    assert interval.low < found.downloaded.value < interval.high
    width = 2 * 1.96 * (found.downloaded.value * (1 - found.downloaded.value) / 400) ** 0.5
    assert interval.high - interval.low == pytest.approx(width, rel=0.35)


pairs = st.sets(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] > pair[1]),
    max_size=20,
)


@given(pairs)
def test_chains_are_the_paths_from_roots_to_leaves(drawn):
    above: dict[int, list[int]] = {}
    for downstream, upstream in drawn:
        above.setdefault(downstream, []).append(upstream)

    def paths(model: int) -> list[list[int]]:
        if model not in above:
            return [[model]]
        return [[*path, model] for upstream in above[model] for path in paths(upstream)]

    leaves = set(above) - {upstream for _, upstream in drawn}
    expected = [len(path) for leaf in leaves for path in paths(leaf)]
    found = Lineage(edges(*((str(down), str(up)) for down, up in drawn))).chains()
    assert found.paths == len(expected)
    assert found.lengths == {length: expected.count(length) for length in set(expected)}
    if expected:
        assert found.mean_length == pytest.approx(np.mean(expected))


def test_many_merges_are_counted_without_listing_them():
    ladder = [
        (f"{level + 1}{end}", f"{level}{start}")
        for level in range(40)
        for end in "ab"
        for start in "ab"
    ]
    assert Lineage(edges(*ladder)).chains().lengths == {41: 2**41}


@pytest.fixture
def reused():
    models = pl.DataFrame(
        [
            ("base", "fill-mask", 900, [], "mit"),
            ("mid", "text-classification", 50, ["glue"], "MIT"),
            ("low", "text-classification", 7, ["imdb"], "apache-2.0"),
            ("low2", "text-classification", None, ["imdb"], None),
            ("alone", "text-classification", 50, [], "mit"),
        ],
        schema=["id", "pipeline", "downloads", "datasets", "licence"],
        orient="row",
    )
    evidence = edges(
        ("mid", "base"),
        ("mid", "base", "finetune", "prose", "text"),
        ("low", "mid", "adapter", "framework", "text"),
        ("low2", "mid", "finetune", "code", "text"),
        ("low2", "elsewhere", "finetune", "prose", "text"),
        ("alone", "base", "finetune", "name", "name"),
        ("base", "elsewhere"),
    )
    return reuse(models, evidence, Lineage(evidence).edges, "text-classification")


def test_weights_have_a_share_only_where_they_were_read():
    models = pl.DataFrame({"id": ["a", "b"], "pipeline": "text-classification", "downloads": 1,
                           "datasets": [[], []], "licence": "mit"})  # fmt: skip
    found = edges(("a", "b", "finetune", "tensors", "weights"))
    counted = Lineage(found).edges
    weighed = reuse(models, found, counted, "text-classification", weighed=True)
    assert (weighed.with_upstream["weights"].count, weighed.with_upstream["text"].count) == (1, 1)
    assert "weights" not in reuse(models, found, counted, "text-classification").with_upstream


def test_reuse_counts_models_and_pairs_once(reused):
    assert {tier: found.count for tier, found in reused.with_upstream.items()} == {
        "declared": 1, "text": 3, "inferred": 3, "name": 4,
    }  # fmt: skip
    assert reused.with_upstream["text"].of == 4
    assert reused.pairs == {"within": 2, "any": 4}
    assert reused.relations == {"adapter": 1, "finetune": 3}
    assert (reused.used_as_upstream["within"].count, reused.used_as_upstream["within"].of) == (1, 4)
    assert (reused.used_as_upstream["any"].count, reused.used_as_upstream["any"].of) == (3, 6)
    assert (reused.missing.count, reused.missing.of) == (1, 3)
    coverage = {(row.tier, row.kind): (row.models.count, row.alone) for row in reused.coverage}
    assert coverage == {
        ("declared", "base_model"): (1, 0), ("text", "code"): (1, 0), ("text", "framework"): (1, 1),
        ("text", "prose"): (2, 0), ("name", "name"): (1, 1),
    }  # fmt: skip


def test_table_1_ranks_upstreams_in_each_scope(reused):
    (top,) = reused.most_reused["within"]
    assert (top.id, top.downstream_task, top.downloads, top.rank) == ("mid", "imdb", 50, 1)
    assert (top.reused.count, top.reused.of) == (2, 2)
    rows = [
        (row.id, row.reused.count, row.downloads, row.rank) for row in reused.most_reused["any"]
    ]
    assert rows == [("mid", 2, 50, 1), ("base", 1, 900, None), ("elsewhere", 1, None, None)]


def test_licences_are_followed_along_pairs(reused):
    licences = reused.licences
    assert (licences.kept.count, licences.changed.count, licences.dropped.count) == (1, 1, 1)
    assert licences.kept.of == 3
    (change,) = licences.changes
    assert (change.upstream, change.downstream, change.pairs) == ("mit", "apache-2.0", 1)


def paper_snapshot(folder):
    """Return a snapshot that must give every figure of the paper's that we hold.

    Of 45,688 models 17,649 are downloaded, 1,536 of them more than 30 times. Of 29,148 leaves 1,000
    descend from 100 middle models, and these and the other leaves from one base outside the set.
    """
    models = []
    for number in range(45_688):
        downloads = 31 if number < 1_536 else 30 if number < 17_649 else 0
        base = []
        if number < 1_000:
            base = [f"org/model-{40_000 + number % 100}"]
        elif number < 29_148 or 40_000 <= number < 40_100:
            base = ["google-bert/bert-base-uncased"]
        models.append({"id": f"org/model-{number}", "downloads": downloads, "base_models": base})
    models.append({"id": "google-bert/bert-base-uncased", "pipeline": "fill-mask", "downloads": 9})
    models.append({"id": "org/deleted", "status": "deleted", "downloads": 99})
    return snapshot(folder, models)


def test_a_snapshot_made_for_it_gives_the_papers_figures_exactly(tmp_path):
    source = paper_snapshot(tmp_path / "snapshot")
    table = build(source, tmp_path / "lineage", tiers=("declared",))
    measured = measure(source, table)
    rows = {row.reference.key: row for row in measured.figures()}
    for key in (
        "models", "downloaded", "often_models", "often", "chains_any", "top_permille_models",
    ):  # fmt: skip
        assert round(rows[key].ours, 4) == rows[key].reference.paper
    ours = {row.reference.key: row.ours for row in measured.figures()}
    assert measured.chains["any"].lengths == {2: 28_148, 3: 1_000}
    assert measured.chains["within"].lengths == {2: 1_000}
    assert ours["mean_length_any"] == pytest.approx((2 * 28_148 + 3 * 1_000) / 29_148)
    assert (ours["pairs_any"], ours["pairs_within"]) == (29_248, 1_000)
    assert ours["upstream_declared"] == ours["upstream_name"] == 29_248 / 45_688
    assert ours["used_within"] == 100 / 45_688
    assert (ours["used_within_models"], ours["top_20_downloads"]) == (100, 20 * 31)
    assert (ours["top_ten_models"], ours["top_ten"]) == (0.1, 0.1)
    assert (ours["chain_models_any"], ours["chain_models_within"]) == (29_249, 1_100)
    assert ours["chains_two_any"] == 28_148 / 29_148
    assert ours["chains_three_any"] == 1_000 / 29_148
    assert (ours["chains_short_any"], ours["chains_three_within"]) == (1, 0)
    assert ours["top_20"] == 20 * 31 / (1_536 * 31 + 16_113 * 30)
    assert ours["top_permille"] == 46 * 31 / (1_536 * 31 + 16_113 * 30)
    assert (measured.popularity.top_permille_models, ours["missing"]) == (46, 0)


def test_every_value_of_the_paper_is_held_with_its_section():
    held = {
        one.key: (one.paper, one.section) for one in references() if one.paper is not None
    }  # fmt: skip
    assert held == {
        "models": (45_688, "3"),
        "downloaded": (0.3863, "4.2.1"),
        "often_models": (1_536, "4.2.1"),
        "often": (0.0336, "4.2.1"),
        "top_20": (0.8610, "4.2.1"),
        "top_20_downloads": (72_967_027, "4.2.1"),
        "top_permille": (0.9485, "4.2.1"),
        "top_permille_models": (46, "4.2.1"),
        "upstream_name": (0.6466, "4.2.2"),
        "used_within": (0.01, "4.2.2"),
        "used_within_models": (455, "4.2.2"),
        "top_ten_models": (0.0220, "4.2.2"),
        "top_ten": (0.3093, "4.2.2"),
        "chains_any": (29_148, "3"),
        "mean_length_any": (2.04, "4.2.2"),
        "chains_two_any": (0.9648, "4.2.2"),
        "chains_three_any": (0.0340, "4.2.2"),
        "chains_short_any": (0.9988, "4.2.2"),
        "chain_models_any": (31_672, "3"),
    }


def test_too_few_rows_leave_the_ten_most_reused_out(tmp_path):
    names = [f"{side}{number}" for side in "ud" for number in range(12)]
    source = snapshot(tmp_path / "s", [{"id": name} for name in names])
    pairs = edges(*((f"d{number}", f"u{number}") for number in range(12)), ("u11", "u0"))
    table = edge_table(tmp_path / "lineage", source, pairs)
    for rows, share in ((9, None), (10, 11 / 13), (20, 11 / 13)):
        reused = {
            row.reference.key: row.ours for row in measure(source, table, rows=rows).figures()
        }
        assert (reused["top_ten_models"], reused["top_ten"]) == (10 / 12, share)


def test_every_figure_has_a_definition_and_a_value(tmp_path):
    keys = [figure.key for figure in references()]
    assert len(set(keys)) == len(keys)
    assert all(figure.definition and figure.label for figure in references())
    source = snapshot(
        tmp_path / "s",
        [{"id": "a", "downloads": 4, "licence": "mit"}, {"id": "b", "licence": "mit"}],
    )
    table = edge_table(tmp_path / "lineage", source, edges(("b", "a")))
    values = measure(source, table).figures()
    assert [row.reference.key for row in values if row.ours is None] == ["upstream_weights"]
    without = measure(source, None)
    assert without.reuse is None
    assert without.chains is None


def test_intervals_are_given_for_a_sample_only(tmp_path):
    models = [{"id": f"m{number}", "downloads": number} for number in range(50)]
    sample = snapshot(tmp_path / "sample", models, limit=50)
    census = snapshot(tmp_path / "census", models, limit=None)
    assert set(measure(sample, None).popularity.intervals) >= {"downloaded", "gini"}
    assert measure(census, None).popularity.intervals == {}


def test_the_time_of_measuring_can_be_given(tmp_path):
    source = snapshot(tmp_path / "s", [{"id": "a"}])
    assert measure(source, None, created=TAKEN).created == TAKEN
    assert compare(source, source, created=TAKEN).created == TAKEN
    assert measure(source, None).created.utcoffset() == timedelta()


def test_the_papers_tables_are_whole():
    tables = tomllib.loads((files("weaklink.popularity") / "paper_tables.toml").read_text())
    assert sum(row["pairs"] for row in tables["upstreams"]) == 394
    shares = [row["share"] for row in tables["upstreams"]]
    assert sum(shares) == pytest.approx(0.3093, abs=0.0005)  # of section 4.2.2; each is rounded
    assert [row["number"] for row in tables["models"]] == [f"M{i}" for i in range(1, 19)]
    assert paper_upstream("ProsusAI/finbert").rank == 14
    assert paper_model("ProsusAI/finbert@abc").chains == "C3, C4, C5"
    assert paper_model("nobody/else") is paper_upstream("nobody/else") is None
