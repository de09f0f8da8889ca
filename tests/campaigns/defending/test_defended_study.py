"""A study that makes its defences: what they learn from, and what stands beside what."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch
from transformers import AutoModel

from tests.campaigns.toys import Words
from tests.defences.conftest import texts_of
from tests.engine.work import toy_models
from tests.victims.tiny import ARCHITECTURES, word_pieces
from weaklink.campaigns import run_study
from weaklink.campaigns.defending.defended import defences_of
from weaklink.campaigns.design import make_design
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.prepare.make import ancestors_of, planned_folders
from weaklink.campaigns.specification import Specification
from weaklink.data.training_samples import digest_of_text, read_training_samples
from weaklink.defences.detectors.protocol import DetectorState, Method
from weaklink.defences.detectors.registry import installed
from weaklink.errors import WeaklinkError
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.report.tables.all_tables import all_tables
from weaklink.store import open_store
from weaklink.store.studies import read_study

SUBSTITUTES = {"film": ("plot",), "plot": ("film",), "good": ("bad",), "bad": ("good",)}


@pytest.fixture(scope="module")
def defended(tmp_path_factory):
    """Two models, the upstream hardened, its downstream hardened with it, and two guards."""
    root = tmp_path_factory.mktemp("study")
    texts, gold = texts_of(3, 260, last=("bad", "good"))
    data = root / "data.csv"
    pl.DataFrame({"text": texts, "label": gold}).write_csv(data)
    base, made = str(data), {"data": str(data), "max_length": 16}
    hard, tiny = {"epochs": 30, "learning_rate": 1e-2}, str(root / "tiny")
    torch.manual_seed(0)
    AutoModel.from_config(ARCHITECTURES["bert"][0]).save_pretrained(tiny)
    word_pieces().save_pretrained(tiny)
    learning = {"attacked": 10, "attacks": ["pwws"]}
    spec = Specification(
        name="defended", data=(base,), samples=10, attacks=("pwws",), references=(),
        language_model=None, unseen=True, device="cpu",
        chains=(("up", "down"),), models=("down-h",),
        finetuned=(
            {"name": "up", "base": tiny, "samples": 80, **hard, **made},
            {"name": "down", "base": "up", "samples": 20, **made},
            {"name": "down-h", "base": "up-h", "samples": 20, "instead_of": "down", **made},
        ),
        hardened=({"name": "up-h", "base": "up", "samples": 20, **learning, **made},),
        guards=(
            {"name": "down+g", "victim": "down", "learn_on": "up", "data": base,
             "method": "length", "texts": 20, **learning},
            {"name": "up+g", "victim": "up", "data": base, "method": "length", "texts": 20,
             "attacked": 0},
        ),
    )  # fmt: skip
    method = Method(
        "length", "none", False, lambda *_: DetectorState(),
        lambda *_: lambda texts: np.array([float(len(text)) for text in texts]),
    )  # fmt: skip
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))
        patch.setitem(installed(), "length", method)
        folder = root / "out"
        record = run_study(spec, folder, Silent(), models)
        again = run_study(spec, folder, Silent(), models)
    return SimpleNamespace(
        folder=folder, spec=spec, record=record, again=again, places=planned_folders(spec, folder)
    )


def test_every_defence_stands_beside_the_model_without_it(defended):
    record = defended.record
    assert record.failures == ()
    assert {(one.kind, one.model, one.defended, one.learnt_on) for one in record.defences} == {
        ("guard", "down", "down+g", "up"),
        ("guard", "up", "up+g", None),
        ("hardened", "up", "up-h", "up"),
        ("hardened", "down", "down-h", "up"),
    }
    assert {one.name for one in record.models} == {"up", "down", "up-h", "down-h", "down+g", "up+g"}
    assert len(record.chains) == 1
    assert defended.again == record


def test_what_defences_learnt_from_is_no_sample_of_the_study(defended):
    """Proved by digest, for all models and detectors of the study."""
    (entry,) = {entry.campaign for entry in defended.record.campaigns}
    with open_store(defended.folder / "study.db") as store:
        campaign = {one.id: one.campaign for one in store.campaigns()}[entry]
        attacked = {digest_of_text(one.original_text) for one in store.outcomes(campaign)}
    assert len(attacked) == 10
    for name, folder in defended.places.items():
        seen = read_training_samples(folder)
        assert seen, name
        assert not seen & attacked
    with open_store(defended.folder / "learning.db") as store:
        learnt = {digest_of_text(one.original_text) for one in store.outcomes()}
    assert learnt <= read_training_samples(defended.places["down+g"])
    assert not learnt & attacked


def test_the_report_has_both_tables_of_chains(defended):
    study = read_study(defended.folder)
    found = results(study, Options(resamples=49))
    assert len(found.defences) == 4
    assert all(one.all.asr_all is not None for one in found.defences)
    assert all(one.all.asr_oblivious is not None for one in found.defences)
    table = all_tables(study, found)["defence_inheritance"]
    assert {row.values[0] for row in table.rows} == {"down+g", "down-h"}
    assert [link.name for link in found.links] == ["up → down"]
    kinds = [advice.kind for advice in found.advice]
    assert kinds.count("model") == 4


def test_a_model_is_made_after_what_it_comes_from(defended):
    order = [*planned_folders(defended.spec, defended.folder)]
    assert order.index("up") < order.index("up-h") < order.index("down-h")
    alone = ancestors_of(defended.spec, "down-h")
    assert [one.name for one in alone.made] == ["up", "down-h", "up-h"]
    quick = defended.spec.quick()
    assert (quick.hardened[0].attacked, quick.guards[0].attacked) == (2, 2)


def test_specifications_that_make_no_sense_are_refused(defended):
    spec = defended.spec
    (up_h,) = spec.hardened
    circle = spec.model_copy(update={"hardened": (up_h.model_copy(update={"base": "down-h"}),)})
    with pytest.raises(WeaklinkError, match="come from each other"):
        make_design(circle)
    down = spec.finetuned[1].model_copy(update={"instead_of": "up"})
    bare = spec.model_copy(
        update={"finetuned": (spec.finetuned[0], down), "hardened": (), "guards": ()}
    )
    with pytest.raises(WeaklinkError, match="comes from no hardened one"):
        defences_of(bare, {})
