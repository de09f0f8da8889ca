"""The sentence encoder."""

import json
import sys

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from weaklink.errors import WeaklinkError
from weaklink.models.encoder import DEFAULT_ENCODER, Encoder, load_encoder, open_encoder
from weaklink.models.runtimes.choice import Chosen
from weaklink.packaged import MINILM

TEXTS = ["a fine film", "", "an excellent movie", "the train to Leeds was late", "word " * 400]


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


def test_embeddings_are_those_of_the_library(encoder):
    library = SentenceTransformer(str(MINILM.require("The encoder")), device="cpu")
    ids = encoder.encode(TEXTS)
    embeddings = encoder.forward(ids)
    assert embeddings.dtype == np.float64
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(np.ones(len(TEXTS)))
    assert embeddings == pytest.approx(library.encode(TEXTS), abs=1e-5)
    assert embeddings[0] @ embeddings[2] > embeddings[0] @ embeddings[3] + 0.4


def test_the_packaged_encoder_is_the_library_s_bit_for_bit_and_does_not_load_it(monkeypatch):
    folder = MINILM.require("The encoder")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "sentence_transformers", None)
        packaged = load_encoder()
    library = Encoder(open_encoder(folder, "it", "cpu"), DEFAULT_ENCODER, packaged.digest)
    ids = packaged.encode(TEXTS)
    assert ids == library.encode(TEXTS)
    for one, other in ((packaged, library), (packaged.in_bf16(), library.in_bf16())):
        assert np.array_equal(one.forward(ids), other.forward(ids))
        assert np.array_equal(one.exact(ids), other.exact(ids))


def test_a_text_is_cut_to_the_maximum_length_and_not_padded(encoder):
    assert [len(ids) for ids in encoder.encode(TEXTS)][1:] == [2, 5, 8, 256]
    assert encoder.encode([]) == []


def test_an_embedding_does_not_depend_on_the_batch(encoder):
    ids = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.forward([row]) for row in ids])
    assert alone == pytest.approx(encoder.forward(ids), abs=1e-6)


@pytest.mark.parametrize(("difference", "provided"), [(1e-8, 1e-6), (5e-7, 1.5e-6)])
def test_cosines_are_settled_by_the_noise_that_was_measured(difference, provided, monkeypatch):
    encoder = load_encoder()
    assert encoder.cosine_noise == 2e-6

    def chosen(*_):
        return Chosen(object(), difference, checked=len(TEXTS))

    monkeypatch.setattr("weaklink.models.encoder.choose", chosen)
    encoder.run_on("openvino", TEXTS)
    assert encoder.cosine_noise == pytest.approx(provided)
    monkeypatch.setattr("weaklink.models.encoder.choose", lambda *_: Chosen(object()))
    encoder.run_on("torch", TEXTS)
    assert encoder.cosine_noise == 2e-6


@pytest.mark.parametrize("runtime", ["torch", "openvino"])
def test_in_bf16_it_embeds_about_as_in_float32(encoder, runtime):
    coarse = encoder.in_bf16()
    coarse.run_on(runtime, TEXTS)
    assert coarse.name == encoder.name
    assert coarse.digest == f"{encoder.digest} in bf16"
    assert coarse.cosine_noise == 0.0
    ids = coarse.encode(TEXTS)
    embeddings = coarse.forward(ids)
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(np.ones(len(TEXTS)))
    assert embeddings @ embeddings.T == pytest.approx(
        encoder.forward(ids) @ encoder.forward(ids).T, abs=0.02
    )


def test_loading_shows_no_bar(capfd):
    load_encoder()
    assert capfd.readouterr() == ("", "")


def test_it_has_a_name_and_a_digest(encoder):
    assert encoder.name == DEFAULT_ENCODER
    assert len(encoder.digest) == 64


def test_code_and_pickles_are_refused(tmp_path):
    modules = [{"idx": 0, "name": "0", "path": "", "type": "evil.Transformer"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(WeaklinkError, match=r"evil\.Transformer"):
        load_encoder(str(tmp_path))
    (tmp_path / "modules.json").unlink()
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(WeaklinkError, match=r"pytorch_model\.bin"):
        load_encoder(str(tmp_path))


def test_a_folder_that_is_no_encoder_is_told(tmp_path):
    with pytest.raises(WeaklinkError, match="cannot be loaded"):
        load_encoder(str(tmp_path))
    with pytest.raises(WeaklinkError, match="neither a folder nor a Hub id"):
        load_encoder("not a name")
