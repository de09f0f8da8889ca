"""Tiny random language models, saved as transformers saves them."""

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

WORDS = ("<unk>", "</s>", "a", "bad", "film", "fine", "good", "is", "not", "the", "very")


def save_language_model(folder, *, words=WORDS, positions=16, certain=4.0, **special):
    """Save a GPT-2 of one layer over whole words, and return its folder.

    Args:
        folder: Where.
        words: The vocabulary.
        positions: Tokens that it can read.
        certain: How far from even its guesses are; 0 for the same probability of every word.
        special: Special tokens by name; an end of text by default.
    """
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(words),
        n_positions=positions,
        n_embd=16,
        n_layer=1,
        n_head=2,
        bos_token_id=None,
        eos_token_id=None,
    )
    model = GPT2LMHeadModel(config)
    with torch.no_grad():
        model.lm_head.weight.mul_(certain)
    model.save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **(special or {"eos_token": "</s>"})
    ).save_pretrained(folder)
    return folder
