"""Ids that are put together from chunks are those of the whole text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from tests.victims.tiny import word_pieces
from weaklink.models.tokens import TokenIds

LENGTH = 12


def byte_pairs(**options):
    """Return a byte-level tokenizer with merges, and a mask that takes the blanks before it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(**options)
    specials = ["<s>", "</s>", AddedToken("<mask>", lstrip=True)]
    trainer = trainers.BpeTrainer(special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator(["it isn't a good film  \n film", "the good \t plot 12"], trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")


def across_blanks():
    """Return a tokenizer whose pieces reach over blanks."""
    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(special_tokens=["<unk>"], show_progress=False)
    tokenizer.train_from_iterator(["a good film is a good film"] * 4, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


KINDS = {
    "word pieces": word_pieces(),
    "byte pairs": byte_pairs(add_prefix_space=False),
    "byte pairs after a blank": byte_pairs(add_prefix_space=True),
    "across blanks": across_blanks(),
}
READ = {name: TokenIds(tokenizer, LENGTH) for name, tokenizer in KINDS.items()}
_CHUNKS = "good film isn't 12 [MASK] <mask> x<mask>y </s> e\u0301 \u0301 Σ \t \n \xa0 \x1c \0 中文 "
chunk = st.sampled_from([*_CHUNKS.split(" "), "z" * 70]) | st.text("aé.'\n\t☃", max_size=3)
texts = st.lists(st.lists(chunk, max_size=9).map(" ".join), max_size=4)


@pytest.mark.parametrize("kind", KINDS)
@given(texts=texts)
def test_ids_are_those_of_the_whole_text(kind, texts):
    whole = [KINDS[kind](t, truncation=True, max_length=LENGTH)["input_ids"] for t in texts]
    assert list(map(list, READ[kind](texts))) == whole


@pytest.mark.parametrize("kind", ["word pieces", "byte pairs"])
def test_a_chunk_is_read_once(kind, monkeypatch):
    ids = TokenIds(KINDS[kind], LENGTH)
    ids(["a good film"])
    read = []
    tokenizer = KINDS[kind]
    monkeypatch.setattr(
        ids, "tokenizer", lambda rows, **o: read.extend(rows) or tokenizer(rows, **o)
    )
    ids(["a bad film", "a good plot film"])
    assert sorted(read) == [" bad", " plot"]
