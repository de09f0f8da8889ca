"""Verdicts on weights of known descent: every kind, and what must not fool them."""

from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.lineage.weights.headers import TensorPlace
from weaklink.lineage.weights.layout import anatomy, role_of, window
from weaklink.lineage.weights.numerics import correlation
from weaklink.lineage.weights.verify import verify

from .synthetic_weights import (
    LAYERS,
    WIDTH,
    decoder,
    fused,
    renamed,
    start,
    tuned,
    turned,
    weights,
    with_sides,
)

BASE, STRANGER = start(1), start(2)
TUNED = tuned(BASE, 1)


def one(mine, theirs, **more):
    return verify(weights(mine, "me", **more), [weights(theirs, "it")])[0]


def matrices(tensors, change):
    return {n: change(t) if t.ndim == 2 else t for n, t in tensors.items()}


def layers(tensors, chosen):
    made = {n: t for n, t in tensors.items() if ".layer." not in n}
    for place, layer in enumerate(chosen):
        made |= {
            n.replace(f".layer.{layer}.", f".layer.{place}."): t
            for n, t in tensors.items()
            if f".layer.{layer}." in n
        }
    return made


def words(tensors, change):
    return {n: change(t) if "word_embeddings" in n else t for n, t in tensors.items()}


def pruned(row, share=0.6):
    """Set the smallest numbers to zero."""
    return np.where(np.abs(row) > np.quantile(np.abs(row), share), row, 0).astype(np.float32)


def of_lower_rank(row, rank=16):
    left, sizes, right = np.linalg.svd(row, full_matrices=False)
    return ((left[:, :rank] * sizes[:rank]) @ right[:rank]).astype(np.float32)


def wider(tensors):
    """Add rows to a matrix of each layer."""
    return {
        n: np.concatenate([t, STRANGER[n][:40]]) if "intermediate" in n else t
        for n, t in tensors.items()
    }


def in_part(tensors, other):
    """Put another start in the place of the first layer."""
    return {n: other[n] if ".layer.0." in n else t for n, t in tensors.items()}


def as_int8(row):
    scale = np.abs(row).max(1, keepdims=True) / 127
    return np.round(row / scale).astype(np.int8)


def with_adapter(tensors):
    rng = np.random.default_rng(5)
    name = "bert.encoder.layer.1.intermediate.dense.weight"
    up, down = rng.normal(size=(4 * WIDTH, 3)), rng.normal(size=(3, WIDTH))
    return tensors | {name: tensors[name] + (up @ down / 3).astype(np.float32)}


@pytest.mark.parametrize(
    ("mine", "kind"),
    [
        (BASE, "same weights"),
        (TUNED, "fine-tuned from"),
        (tuned(BASE, 2, by=0.0), "fine-tuned from"),  # all but the head frozen
        (tuned(BASE, 3, by=1.0), "fine-tuned from"),  # moved by as much as there was
        (matrices(BASE, lambda t: t.astype(np.float16)), "quantised or converted copy"),
        (matrices(BASE, as_int8), "quantised or converted copy"),
        (
            matrices(BASE, lambda t: as_int8(t) * (np.abs(t).max(1, keepdims=True) / 127)),
            "quantised or converted copy",
        ),
        (matrices(TUNED, lambda t: t.astype(np.float16)), "fine-tuned from"),
        (renamed(TUNED), "fine-tuned from"),
        (layers(TUNED, [0, 2]), "fine-tuned from"),
        (layers(BASE, [0, 2]), "fine-tuned from"),  # only taken out
        (layers(TUNED, [0, 0, 1, 2]), "fine-tuned from"),
        (words(TUNED, lambda t: np.concatenate([t, t[:3] * 0.1])), "fine-tuned from"),
        (words(TUNED, lambda t: t[::-1].copy()), "fine-tuned from"),
        (words(TUNED, lambda t: t[:100]), "fine-tuned from"),
        (BASE | {"lm_head.weight": BASE["bert.embeddings.word_embeddings.weight"]}, "same weights"),
        (with_adapter(BASE), "fine-tuned from"),
        (matrices(BASE, pruned), "fine-tuned from"),
        (matrices(BASE, partial(pruned, share=0.9)), "fine-tuned from"),
        (matrices(BASE, of_lower_rank), "fine-tuned from"),
        (matrices(BASE, partial(of_lower_rank, rank=24)), "fine-tuned from"),
        (wider(BASE), "fine-tuned from"),
        (in_part(BASE, STRANGER), "fine-tuned from"),
        (words(BASE, lambda t: t[:100]), "fine-tuned from"),
        ({n: (t + STRANGER[n]) / 2 for n, t in BASE.items()}, "merge of"),
        (STRANGER, "distilled or trained anew"),
        (tuned(STRANGER, 1), "distilled or trained anew"),
        (start(3, layers=1), "unrelated"),
        ({"bert.pooler.dense.bias": np.zeros(9, np.float32)}, "cannot tell"),
        (matrices(BASE, lambda t: t / 3), "fine-tuned from"),  # scaled, and no average
        (
            layers(BASE, [0])
            | {
                n.replace("layer.", "layer.1"): t
                for n, t in layers(start(4, layers=8), range(8)).items()
            },
            "cannot tell",
        ),
        ({n: t * np.float32(np.nan) for n, t in BASE.items()}, "cannot tell"),
        ({n: np.zeros_like(t) for n, t in BASE.items()}, "cannot tell"),
        ({n: np.ones_like(t) for n, t in BASE.items()}, "cannot tell"),
    ],
)
def test_verdicts(mine, kind):
    found = one(mine, BASE)
    assert found.verdict.kind == kind
    assert found.verdict.signals
    assert 0.5 <= found.verdict.probability <= 1


DECODER, OTHER_DECODER = decoder(1), decoder(2)
COPIED = "quantised or converted copy"


@pytest.mark.parametrize(
    ("layout", "base", "stranger", "copied"),
    [
        (turned, BASE, STRANGER, COPIED),
        (turned, DECODER, OTHER_DECODER, COPIED),
        (fused, DECODER, OTHER_DECODER, COPIED),
        (lambda tensors: turned(fused(tensors)), DECODER, OTHER_DECODER, COPIED),
        (with_sides, BASE, STRANGER, "same weights"),
        (partial(with_sides, more=2), DECODER, OTHER_DECODER, "same weights"),
    ],
)
def test_a_layout_hides_no_start_and_makes_none(layout, base, stranger, copied):
    for mine, theirs in ((layout(base), base), (base, layout(base))):
        assert one(mine, theirs).verdict.kind == copied
        assert one(tuned(mine, 1), theirs).verdict.kind == "fine-tuned from"
        assert one(tuned(mine, 1), theirs).direction.downward is True
        assert one(theirs, tuned(mine, 1)).direction.downward is False
    for mine, theirs in ((layout(stranger), base), (stranger, layout(base))):
        assert one(mine, theirs).verdict.kind in {"distilled or trained anew", "unrelated"}


@pytest.mark.parametrize("layout", [turned, fused])
def test_matrices_that_are_alike_within_a_model_are_not_taken_for_each_other(layout):
    base = dict(DECODER)
    for name in [n for n in base if "k_proj" in n]:
        query, output = (base[name.replace("k_proj", other)] for other in ("q_proj", "o_proj"))
        base[name] = base[name] + query[: WIDTH // 2] / 2
        base[name.replace("k_proj", "o_proj")] = output + query / 2
    assert one(layout(base), base).verdict.kind == COPIED
    assert one(base, layout(base)).verdict.kind == COPIED


def test_a_layout_is_said():
    assert "of these are stored transposed" in " ".join(one(turned(BASE), BASE).verdict.signals)
    told = " ".join(one(fused(DECODER), DECODER).verdict.signals)
    assert "of these are stored split or fused" in told


def test_a_half_precision_copy_in_another_layout_is_a_copy():
    half = matrices(turned(fused(DECODER)), lambda t: t.astype(np.float16))
    assert one(half, DECODER).verdict.kind == "quantised or converted copy"


def test_an_average_is_known_in_another_layout():
    first, second = tuned(DECODER, 1), tuned(DECODER, 2)
    mean = {n: (first[n] + second[n]) / 2 for n in first}
    listed = [weights(turned(t), n) for n, t in (("first", first), ("second", second))]
    assert [v.verdict.kind for v in verify(weights(mean, "me"), listed)] == ["merge of"] * 2


def test_transposed_matrices_without_names_tell_nothing():
    words = {n: STRANGER[n] for n in BASE if "word_embeddings" in n}
    mine = renamed(turned(fused(DECODER)) | words)
    assert one(mine, fused(DECODER)).verdict.kind == "cannot tell"


def with_columns(tensors, chosen):
    """Keep some hidden units, in an order, of what reads and writes them."""
    made = {n: t[:, chosen].copy() if t.ndim > 1 else t for n, t in tensors.items()}
    return {n: t[chosen] if t.shape[0] == WIDTH else t for n, t in made.items()}


WORDS = 400


@pytest.mark.parametrize("chosen", [range(16), range(0, WIDTH, 2), range(WIDTH - 1, -1, -1)])
def test_fewer_columns_and_columns_elsewhere_hide_no_start_and_make_none(chosen):
    base, chosen = start(1, rows=WORDS), [*chosen]
    mine = with_columns(tuned(base, 1), chosen)
    forth, back = one(mine, base), one(base, mine)
    assert (forth.verdict.kind, forth.direction.downward) == ("fine-tuned from", True)
    assert (back.verdict.kind, back.direction.downward) == ("fine-tuned from", False)
    assert "its columns are the other's, in other places" in forth.verdict.signals[0]
    stranger = one(with_columns(start(2, rows=WORDS), chosen), base).verdict.kind
    assert stranger == ("unrelated" if len(chosen) < WIDTH else "distilled or trained anew")


def test_borrowed_embeddings_alone_make_no_start():
    base, other = start(1, rows=WORDS), start(2, rows=WORDS)
    borrowed = {n: base[n] if "word_embeddings" in n else t for n, t in other.items()}
    assert one(borrowed, base).verdict.kind == "distilled or trained anew"
    assert one(with_columns(borrowed, [*range(16)]), base).verdict.kind == "unrelated"


def test_columns_of_very_wide_tables_are_not_compared(monkeypatch):
    base = start(1, rows=WORDS)
    mine = with_columns(base, [*range(16)])
    monkeypatch.setattr("weaklink.lineage.weights.columns.WIDEST", WIDTH - 1)
    assert one(mine, base).verdict.kind == "unrelated"
    assert one(base, mine).verdict.kind == "unrelated"


def test_too_few_words_tell_nothing_of_columns():
    assert one(with_columns(BASE, [*range(16)]), BASE).verdict.kind == "unrelated"


def test_new_matrices_beside_unchanged_ones_are_no_copy():
    added = {f"bert.encoder.layer.{n}.adapter.w": np.ones((8, 64), np.float32) for n in range(3)}
    found = one(BASE | added, BASE).verdict
    assert found.kind == "fine-tuned from"
    assert "its layers have other matrices" in found.signals[-1]


def test_a_table_of_embeddings_is_no_copy_and_zeros_say_nothing():
    name = "bert.embeddings.position_embeddings.weight"
    whole = BASE | {name: STRANGER["bert.embeddings.word_embeddings.weight"]}
    empty = BASE | {name: 0 * whole[name]}
    tables = [{n: t for n, t in one.items() if "embeddings" in n} for one in (whole, empty)]
    kinds = [one(mine, theirs).verdict.kind for mine, theirs in (
        (tables[0], whole), (empty, empty), (tables[1], empty))]  # fmt: skip
    assert kinds == ["fine-tuned from", "same weights", "cannot tell"]


def test_a_merged_adapter_and_its_rank_are_said():
    assert "rank 3" in " ".join(one(with_adapter(BASE), BASE).verdict.signals)
    assert "rank" not in " ".join(one(TUNED, BASE).verdict.signals)


def test_layers_found_elsewhere_are_said():
    assert "2 → 1" in " ".join(one(layers(TUNED, [0, 2]), BASE).verdict.signals)


def test_the_parent_is_the_nearest_that_is_not_younger():
    again = tuned(TUNED, 7, by=0.1)
    sources = {"root": BASE, "parent": TUNED, "sibling": tuned(BASE, 8), "stranger": STRANGER}
    child = tuned(again, 9, by=0.02)
    sources["child"] = child
    dates = {"root": 1, "parent": 2, "sibling": 2, "stranger": 1, "child": 5}
    listed = [weights(t, n, datetime(2024, dates[n], 1, tzinfo=UTC)) for n, t in sources.items()]
    found = verify(weights(again, "me", datetime(2024, 4, 1, tzinfo=UTC)), listed)
    assert {v.upstream for v in found if v.parent} == {"parent"}
    ways = {v.upstream: v.direction.downward for v in found if v.direction}
    assert ways == {"root": True, "parent": True, "sibling": True, "child": False}


def test_a_base_that_was_rounded_once_is_no_rounding_of_what_was_tuned_from_it():
    rounded = {n: t.astype(np.float16).astype(np.float32) for n, t in BASE.items()}
    little = tuned(rounded, 1, by=1e-6)
    forth, back = one(little, rounded), one(rounded, little)
    assert (forth.verdict.kind, forth.direction.downward) == ("fine-tuned from", True)
    assert (back.verdict.kind, back.direction.downward) == ("fine-tuned from", False)


def test_one_matrix_that_training_hardly_moved_is_no_coarser_storage():
    rounded = {n: t.astype(np.float16).astype(np.float32) for n, t in BASE.items()}
    hardly = "bert.embeddings.word_embeddings.weight"
    made = tuned(rounded, 1) | {hardly: rounded[hardly] * np.float32(1 - 1e-5)}
    found = one(made, rounded).direction
    assert (found.downward, found.decided) == (True, "only one has a head for a task")


def test_a_base_in_half_precision_is_older_than_a_classifier_in_full():
    half = matrices(BASE, lambda t: t.astype(np.float16))
    found = one(TUNED, half).direction
    assert (found.downward, found.decided) == (True, "only one has a head for a task")


def test_an_average_has_both_parents():
    other = tuned(BASE, 4)
    mean = {n: 0.3 * t + 0.7 * other[n] for n, t in TUNED.items()}
    listed = [weights(t, n) for n, t in (("one", TUNED), ("base", BASE), ("other", other))]
    found = verify(weights(mean, "me"), listed)
    assert {v.upstream: v.verdict.kind for v in found if v.parent} == {
        "one": "merge of", "other": "merge of",
    }  # fmt: skip
    assert "30% is its share" in " ".join(found[0].verdict.signals)


@pytest.mark.parametrize(
    ("mine", "decided"),
    [
        (TUNED, "only one has a head for a task"),
        (matrices(BASE, lambda t: t.astype(np.float16)), "a coarser storage"),
        (matrices(BASE, lambda t: as_int8(t) * (np.abs(t).max(1, keepdims=True) / 127)), "coarser"),
        (layers(BASE, [0, 2]), "layers were taken out"),
        (layers(BASE, [0, 1, 1, 2, 2]), "layers were copied"),
        (words(BASE, lambda t: np.concatenate([t, t[:3] * 0.1])), "words added"),
        (matrices(BASE, pruned), "numbers were set to zero"),
        (matrices(BASE, of_lower_rank), "a projection of the other"),
        (matrices(BASE, lambda t: t * np.float32(0.999)), "have shrunk"),
        ({n: t + tuned(BASE, 3, by=0.3).get(n, t) - t for n, t in BASE.items()}, "orthogonal"),
    ],
)
def test_what_decides_which_came_first_and_both_ways_round(mine, decided):
    forth, back = one(mine, BASE).direction, one(BASE, mine).direction
    assert (forth.downward, back.downward) == (True, False)
    assert decided in forth.decided
    assert decided in back.decided


def test_the_model_with_fewer_rows_in_a_layer_is_the_younger():
    found = one(BASE, wider(BASE))
    assert (found.verdict.kind, found.direction.downward) == ("fine-tuned from", True)
    assert "a matrix has 128, the other's 168" in found.direction.decided


def test_dates_decide_unless_they_are_the_first_of_the_hub():
    moved = {n: t * np.float32(1.0) + np.float32(0) for n, t in BASE.items()}
    new, old = datetime(2024, 5, 1, tzinfo=UTC), datetime(2023, 5, 1, tzinfo=UTC)
    floor = datetime(2022, 3, 2, 23, tzinfo=UTC)
    listed = [weights(BASE, "older", old), weights(BASE, "first", floor)]
    found = verify(weights(moved, "me", new), listed)
    assert [v.direction.downward for v in found] == [True, True]
    assert verify(weights(moved, "me", floor), listed[1:])[0].direction.downward is None


def test_packed_weights_are_compared_by_their_norms():
    def packed(tensors, seed):
        rng = np.random.default_rng(seed)
        return {n: t if t.ndim == 1 else rng.integers(0, 99, (9, 9), np.int32)
                for n, t in tensors.items()}  # fmt: skip

    def in_bytes(tensors):
        packed_one = np.zeros((600, 1), np.uint8)
        return {n: packed_one if "layer" in n and t.ndim > 1 else t for n, t in tensors.items()}

    table = BASE["bert.embeddings.word_embeddings.weight"]
    both = BASE | {"bert.embeddings.position_embeddings.weight": table * 2}
    assert one(in_bytes(both), both).verdict.kind == "quantised or converted copy"
    assert one(packed(BASE, 1), BASE).verdict.kind == "quantised or converted copy"
    assert one(packed(STRANGER, 1), BASE).verdict.kind == "distilled or trained anew"


@given(st.integers(0, 99), st.floats(0.1, 10), st.floats(-3, 3))
def test_correlation_knows_scale_and_shift_of_rows_and_is_none_between_strangers(
    seed, scale, shift
):
    rows, other = np.random.default_rng(seed).normal(size=(2, 64, 64)).astype(np.float32)
    assert correlation(rows, rows * np.float32(scale) + np.float32(shift)) > 0.999
    assert correlation(rows, -rows) < -0.999
    assert abs(correlation(rows, other)) < 0.08
    assert correlation(rows + 5, other + 5) == pytest.approx(correlation(rows, other), abs=1e-3)


@pytest.mark.parametrize(
    ("name", "kind", "layer"),
    [
        ("transformer.h.11.attn.c_attn.weight", "h.#.attn.c_attn.weight", 11),
        ("model.layers.0.self_attn.q_proj.weight", "layers.#.self_attn.q_proj.weight", 0),
        ("roberta.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight", -1),
        ("net.3.w", "net.3.w", -1),
    ],
)
def test_roles(name, kind, layer):
    assert (role_of(name).kind, role_of(name).layer) == (kind, layer)


def test_rows_of_any_length_are_not_read():
    huge = TensorPlace("bert.encoder.layer.0.x.weight", "F32", (4, 10**9), "f", 0)
    long = TensorPlace("bert.encoder.layer.0.x.bias", "F32", (10**9,), "f", 0)
    opened = weights(TUNED)
    opened.places |= {place.name: place for place in (huge, long)}
    found = anatomy(opened)
    assert {huge.name, long.name}.isdisjoint({*found.body, *found.vectors})


def test_heads_are_no_part_of_the_body_and_a_few_added_words_move_no_window():
    found = anatomy(weights(TUNED))
    assert found.task_heads == ("classifier.weight",)
    assert found.layers == LAYERS
    few = weights(words(TUNED, lambda t: np.concatenate([t, t[:3]])))
    name = "bert.embeddings.word_embeddings.weight"
    assert window(few.places[name]) == window(weights(TUNED).places[name])
