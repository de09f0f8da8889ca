import pytest
import torch

from weaklink.errors import WeaklinkError
from weaklink.generators import load_paraphraser

from .conformance import check_paraphraser
from .tiny_seq2seq import PAIRS, save_tiny_t5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny_t5(tmp_path_factory.mktemp("t5"))


@pytest.fixture(scope="module")
def paraphraser(folder):
    return load_paraphraser(f"seq2seq:{folder}")


def test_it_conforms(paraphraser):
    check_paraphraser(paraphraser)


def test_it_reads_sentence_and_template(paraphraser):
    assert paraphraser.paraphrase(list(PAIRS)) == list(PAIRS.values())


def test_a_template_is_not_filled_into_a_sentence(paraphraser):
    assert paraphraser.fill("a {template} b", "(S)") == "paraphrase: a {template} b template: (S)"


def test_a_near_tie_is_decided_alone(paraphraser, monkeypatch):
    """As if the batch had tipped it: the first request is close, and decoded again by itself."""
    generate, sizes = paraphraser.generate, []

    def tipped(prompts):
        sizes.append(len(prompts))
        texts, _ = generate(prompts)
        return (["tipped", *texts[1:]], [0]) if len(prompts) > 1 else (texts, [0])

    monkeypatch.setattr(paraphraser, "generate", tipped)
    assert paraphraser.paraphrase(list(PAIRS)) == list(PAIRS.values())
    assert sizes == [3, 1]


def test_what_does_not_end_is_no_paraphrase(paraphraser, monkeypatch):
    request, paraphrase = next(iter(PAIRS.items()))
    for most, answer in ((len(paraphrase.split()) + 1, paraphrase), (3, "")):
        monkeypatch.setattr("weaklink.generators.paraphrasers.seq2seq.MOST_WRITTEN", most)
        assert paraphraser.paraphrase([request]) == [answer]


def test_the_digest_tells_weights_and_prompts_apart(folder, paraphraser, tmp_path):
    other = load_paraphraser(f"seq2seq:{folder}", prompt="{sentence}")
    less = load_paraphraser(f"seq2seq:{save_tiny_t5(tmp_path / 'less', steps=1)}")
    again = load_paraphraser(f"seq2seq:{folder}")
    assert again.digest == paraphraser.digest
    assert len({paraphraser.digest, other.digest, less.digest}) == 3


def test_a_prompt_without_a_sentence_is_refused(folder):
    with pytest.raises(WeaklinkError, match="does not contain"):
        load_paraphraser(f"seq2seq:{folder}", prompt="paraphrase it")


def test_pickled_weights_are_refused(folder, tmp_path):
    from shutil import copytree

    copytree(folder, tmp_path / "pickled")
    (tmp_path / "pickled" / "model.safetensors").unlink()
    torch.save({}, tmp_path / "pickled" / "pytorch_model.bin")
    with pytest.raises(WeaklinkError, match="cannot be loaded"):
        load_paraphraser(f"seq2seq:{tmp_path / 'pickled'}")


@pytest.mark.parametrize("name", ["", "scpn", "seq2seq:", "llm:", "t5-small"])
def test_other_names_are_refused(name):
    with pytest.raises(WeaklinkError, match=r"seq2seq:ID\[@revision\] or llm:MODEL"):
        load_paraphraser(name)
