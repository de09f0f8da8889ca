"""Reading text in tokens: pieces of words, what is cut, and tokenizers without offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedTokenizer

from tests.victims.tiny import bytes_alone, bytes_with_ends, word_pieces
from weaklink.text import Words
from weaklink.victims.local.reader import Reader


class SlowTokenizer(PreTrainedTokenizer):
    """A tokenizer in Python: each non-blank character is a token."""

    def __init__(self, **options):
        self._tokens = ["<unk>", "<cls>", "<sep>", *map(chr, range(33, 127))]
        super().__init__(unk_token="<unk>", cls_token="<cls>", sep_token="<sep>", **options)

    @property
    def vocab_size(self):
        return len(self._tokens)

    def get_vocab(self):
        return {token: i for i, token in enumerate(self._tokens)}

    def _tokenize(self, text):
        return [character for character in text if not character.isspace()]

    def _convert_token_to_id(self, token):
        return self.get_vocab().get(token, 0)

    def _convert_id_to_token(self, index):
        return self._tokens[index]

    def num_special_tokens_to_add(self, pair=False):
        return 2

    def build_inputs_with_special_tokens(self, token_ids_0, token_ids_1=None):
        return [1, *token_ids_0, 2]


KINDS = {"word": word_pieces, "ends": bytes_with_ends, "alone": bytes_alone, "slow": SlowTokenizer}
READERS = {name: Reader(make(), 24, filler=0) for name, make in KINDS.items()}
text = st.text("ab tz.'-é☃\n", max_size=40)


@pytest.mark.parametrize("kind", KINDS)
@given(text=text)
def test_what_lies_beyond_the_cut_is_not_read(kind, text):
    reader = READERS[kind]
    end = reader.visible(text)
    assert 0 <= end <= len(text)
    row = reader.encode([text])[0]
    assert 0 < len(row) <= 24
    if end < len(text):
        assert len(row) == 24
        assert reader.encode([f"{text} zz"])[0] == row
    else:
        assert reader.word_pieces(Words.split(text)) == [
            place for place in reader.word_pieces(Words.split(text)) if place
        ]


@pytest.mark.parametrize("kind", ["word", "ends", "alone"])
@given(words=st.lists(st.sampled_from(["good", "az", "q", "film", "tz"]), min_size=1, max_size=3))
def test_the_pieces_of_a_word_in_a_text_are_those_of_the_word(kind, words):
    reader = READERS[kind]
    split = Words.split("a " + " ".join(words))
    row = reader.encode([str(split)])[0]
    seen = [tuple(row[place] for place in places) for places in reader.word_pieces(split)]
    assert seen[1:] == reader.pieces(words)


def test_a_slow_tokenizer_gives_the_pieces_of_runs_between_blanks():
    reader = READERS["slow"]
    split = Words.split("no, no-no")
    assert reader.word_pieces(split) == [[1, 2, 3], [4, 5, 6, 7, 8]]
    assert len(reader.encode(["no, no-no"])[0]) == 10
    assert reader.visible("x" * 30 + " y") == 30


def test_words_beyond_the_cut_have_no_pieces():
    split = Words.split("good " * 30)
    places = READERS["word"].word_pieces(split)
    assert places[:22] == [[i] for i in range(1, 23)]
    assert not any(places[22:])


def test_unknown_tokens_are_counted():
    reader = READERS["word"]
    assert reader.unknown == "[UNK]"
    assert reader.unknown_share(["good ☃"]) == 1 / 4
    assert reader.unknown_share([]) == 0
