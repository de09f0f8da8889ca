"""A tiny T5 that has learnt a few paraphrases by heart."""

from string import ascii_lowercase

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from weaklink.generators.paraphrasers.seq2seq import PROMPT

PAIRS = {
    ("a warm and funny film .", "(S (NP) (VP) (.))"): "the film is warm and funny .",
    ("a warm and funny film .", "(S (VP) (.))"): "see a warm film .",
    ("good film .", "(S (NP) (VP) (.))"): "the film is good .",
}
WORDS = sorted({w for (s, _), p in PAIRS.items() for w in f"{s} {p}".split()})
TEMPLATES = ("(", ")", "S", "NP", "VP", ":", "paraphrase", "template")


def tokenizer():
    letters = [f"{prefix}{letter}" for letter in ascii_lowercase for prefix in ("", "##")]
    tokens = list(dict.fromkeys(["<pad>", "</s>", "<unk>", *WORDS, *TEMPLATES, *letters]))
    made = Tokenizer(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def save_tiny_t5(folder, steps=60):
    """Overfit the pairs and save the model; return the folder's name."""
    reader = tokenizer()
    torch.manual_seed(7)
    config = T5Config(
        vocab_size=len(reader), d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
        dropout_rate=0.0, decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config)
    asked = [PROMPT.format(sentence=s, template=t) for s, t in PAIRS]
    inputs = reader(asked, padding=True, return_tensors="pt", return_token_type_ids=False)
    labels = reader(list(PAIRS.values()), padding=True, return_tensors="pt").input_ids
    labels[labels == 0] = -100
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(steps):
        loss = model(**inputs, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.save_pretrained(folder)
    reader.save_pretrained(folder)
    return str(folder)
