"""Tiny random classifiers of several architectures, saved as transformers saves them."""

from string import ascii_lowercase

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AlbertConfig,
    AutoModelForSequenceClassification,
    BertConfig,
    DistilBertConfig,
    ElectraConfig,
    LlamaConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
)

WORDS = ("good", "bad", "film", "plot", "the", "a", "is", "not", "very")
POSITIONS = 32
_SHAPE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
_LABELS = {"id2label": {0: "negative", 1: "positive"}, "label2id": {"negative": 0, "positive": 1}}


def word_pieces(**options):
    """Return a fast WordPiece tokenizer that knows a few words, and letters."""
    letters = [f"{prefix}{letter}" for letter in ascii_lowercase for prefix in ("", "##")]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *".,!?'-0123456789", *WORDS]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        **options,
    )


def typed_pieces():
    """Return the same, with token types as BERT's tokenizer gives them."""
    return word_pieces(model_input_names=["input_ids", "token_type_ids", "attention_mask"])


def bytes_with_ends():
    """Return a byte-level tokenizer as RoBERTa's, without merges."""
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
    )


def bytes_alone():
    """Return a byte-level tokenizer that adds no special tokens and has none to pad with."""
    tokens = ["</s>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>")


ARCHITECTURES = {
    "bert": (
        BertConfig(
            **_SHAPE, intermediate_size=32, vocab_size=100, max_position_embeddings=POSITIONS
        ),
        word_pieces,
    ),
    "albert": (
        AlbertConfig(
            **_SHAPE,
            embedding_size=8,
            intermediate_size=32,
            vocab_size=100,
            max_position_embeddings=POSITIONS,
        ),
        word_pieces,
    ),
    "distilbert": (
        DistilBertConfig(
            dim=16,
            hidden_dim=32,
            n_layers=2,
            n_heads=2,
            vocab_size=100,
            max_position_embeddings=POSITIONS,
        ),
        word_pieces,
    ),
    "electra": (
        ElectraConfig(
            **_SHAPE,
            embedding_size=8,
            intermediate_size=32,
            vocab_size=100,
            max_position_embeddings=POSITIONS,
        ),
        word_pieces,
    ),
    "roberta": (
        RobertaConfig(
            **_SHAPE,
            intermediate_size=32,
            vocab_size=300,
            max_position_embeddings=POSITIONS + 2,
            type_vocab_size=1,
        ),
        bytes_with_ends,
    ),
    "llama": (
        LlamaConfig(
            **_SHAPE,
            intermediate_size=32,
            vocab_size=300,
            max_position_embeddings=POSITIONS,
            bos_token_id=None,
            eos_token_id=0,
        ),
        bytes_alone,
    ),
}


def save_tiny(folder, architecture="bert", **settings):
    """Save a random classifier to ``folder`` and return the folder's name."""
    blueprint, tokenizer = ARCHITECTURES[architecture]
    config = type(blueprint).from_dict(blueprint.to_dict() | _LABELS | settings)
    torch.manual_seed(7)
    model = AutoModelForSequenceClassification.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return str(folder)
