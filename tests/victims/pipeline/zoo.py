"""Tiny random classifiers of many architectures, each with a tokenizer of its family's shape."""

from dataclasses import dataclass, field
from functools import cache

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast

from tests.victims.tiny import word_pieces

LENGTH = 48
"""Positions of every model that has any."""

_LABELS = {"id2label": {0: "negative", 1: "positive"}, "label2id": {"negative": 0, "positive": 1}}
_WIDTH = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32,
}  # fmt: skip
_GROUPED = _WIDTH | {"num_key_value_heads": 1, "head_dim": 8}


def _bytes(template, pair=None, **specials):
    """Return a byte-level tokenizer with special tokens, and where they stand around a text."""
    tokens = [*specials.values(), *sorted(pre_tokenizers.ByteLevel.alphabet())]
    ids = {token: place for place, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.BPE(ids, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=template,
        pair=pair or f"{template} {template.replace('$A', '$B')}",
        special_tokens=[(token, ids[token]) for token in specials.values()],
    )
    return {"tokenizer_object": tokenizer, **specials}


@cache
def _tokenizer(kind):
    if kind == "wordpiece":
        return word_pieces()
    pad = {"pad_token": "<pad>"}
    ends = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    make = {
        "roberta": lambda: _bytes("<s> $A </s>", "<s> $A </s> </s> $B </s>", **ends, **pad),
        "t5": lambda: _bytes("$A </s>", eos_token="</s>", unk_token="<unk>", **pad),
        "opt": lambda: _bytes("</s> $A", eos_token="</s>", **pad),
        "bos": lambda: _bytes("<s> $A", bos_token="<s>", eos_token="</s>", **pad),
        "appended": lambda: _bytes("<s> $A </s>", bos_token="<s>", eos_token="</s>"),
        "alone": lambda: _bytes("$A", eos_token="<|endoftext|>"),
        "alone-padded": lambda: _bytes("$A", eos_token="<|endoftext|>", **pad),
        "xlnet": lambda: _bytes(
            "$A <sep> <cls>:2", "$A <sep> $B:1 <sep>:1 <cls>:2",
            sep_token="<sep>", cls_token="<cls>", unk_token="<unk>", **pad,
        )
        | {"padding_side": "left"},
        "funnel": lambda: _bytes(
            "<cls>:2 $A <sep>", "<cls>:2 $A <sep> $B:1 <sep>:1",
            cls_token="<cls>", sep_token="<sep>", unk_token="<unk>", **pad,
        ),
        "fnet": lambda: _bytes(
            "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1",
            cls_token="[CLS]", sep_token="[SEP]", unk_token="<unk>", **pad,
        )
        | {"model_input_names": ["input_ids", "token_type_ids"]},
    }[kind]()  # fmt: skip
    types = {"model_input_names": ["input_ids", "token_type_ids", "attention_mask"]}
    return PreTrainedTokenizerFast(**((types if kind in {"xlnet", "funnel"} else {}) | make))


_GPT = {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": LENGTH}
_SEQ2SEQ = {
    "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32,
    "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 3, "decoder_start_token_id": 1,
    "forced_eos_token_id": 1, "is_encoder_decoder": True,
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """An architecture.

    Attributes:
        config: Name of its configuration's class.
        tokenizer: Its tokenizer.
        settings: What makes it tiny.
        offset: Positions that it has and no text can use.
        positions: The field that says how many it has; "" for one that has no end.
    """

    config: str
    tokenizer: str
    settings: dict = field(default_factory=lambda: _WIDTH)
    offset: int = 0
    positions: str = "max_position_embeddings"

    def save(self, folder, **settings):
        """Save a random classifier, and return the folder's name."""
        tokenizer = _tokenizer(self.tokenizer)
        positions = {self.positions: LENGTH + self.offset} if self.positions else {}
        ids = {
            f"{name}_token_id": getattr(tokenizer, f"{name}_token_id")
            for name in ("pad", "bos", "eos")
        }
        given = {"vocab_size": 300} | ids | self.settings | positions | _LABELS | settings
        config = getattr(transformers, self.config)(**given)
        torch.manual_seed(7)
        model = AutoModelForSequenceClassification.from_config(config)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.normal_(std=0.3)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return str(folder)


_SMALL = {"embedding_size": 8}
_PAIRED = {"pos_att_type": ["c2p", "p2c"], "relative_attention": True}
KINDS = {
    "BERT": Kind("BertConfig", "wordpiece"),
    "RoBERTa": Kind("RobertaConfig", "roberta", _WIDTH | {"type_vocab_size": 1}, offset=4),
    "XLM-RoBERTa": Kind("XLMRobertaConfig", "roberta", _WIDTH | {"type_vocab_size": 1}, offset=4),
    "DistilBERT": Kind(
        "DistilBertConfig", "wordpiece", {"dim": 16, "hidden_dim": 32, "n_layers": 1, "n_heads": 2}
    ),
    "ALBERT": Kind("AlbertConfig", "wordpiece", _WIDTH | _SMALL),
    "ELECTRA": Kind("ElectraConfig", "wordpiece", _WIDTH | _SMALL),
    "DeBERTa": Kind("DebertaConfig", "roberta", _WIDTH | _PAIRED | {"type_vocab_size": 0}),
    "DeBERTa-v2": Kind("DebertaV2Config", "roberta", _WIDTH | _PAIRED | {"conv_kernel_size": 3}),
    "DeBERTa-v3": Kind(
        "DebertaV2Config",
        "roberta",
        _WIDTH
        | _PAIRED
        | {
            "position_biased_input": False, "position_buckets": 8, "norm_rel_ebd": "layer_norm",
            "share_att_key": True, "type_vocab_size": 0,
        },
    ),
    "MPNet": Kind("MPNetConfig", "roberta", offset=4),
    "ModernBERT": Kind(
        "ModernBertConfig",
        "wordpiece",
        _WIDTH | {"local_attention": 8, "cls_token_id": 2, "sep_token_id": 3, "pad_token_id": 0},
    ),
    "Longformer": Kind("LongformerConfig", "roberta", _WIDTH | {"attention_window": 4}, offset=4),
    "BigBird": Kind(
        "BigBirdConfig",
        "roberta",
        _WIDTH | {"block_size": 4, "num_random_blocks": 1, "attention_type": "block_sparse"},
    ),
    "XLNet": Kind(
        "XLNetConfig",
        "xlnet",
        {"d_model": 16, "n_layer": 1, "n_head": 2, "d_inner": 32},
        positions="",
    ),
    "BART": Kind("BartConfig", "roberta", _SEQ2SEQ),
    "mBART": Kind("MBartConfig", "roberta", _SEQ2SEQ | {"scale_embedding": True}),
    "T5": Kind(
        "T5Config",
        "t5",
        {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2,
         "decoder_start_token_id": 2, "pad_token_id": 2, "eos_token_id": 0},
        positions="",
    ),
    "FNet": Kind("FNetConfig", "fnet"),
    "Funnel": Kind(
        "FunnelConfig",
        "funnel",
        {"d_model": 16, "n_head": 2, "d_head": 8, "d_inner": 32, "block_sizes": [1, 1],
         "num_decoder_layers": 1},
        positions="",
    ),
    "MobileBERT": Kind(
        "MobileBertConfig",
        "wordpiece",
        _WIDTH | {"embedding_size": 8, "intra_bottleneck_size": 16, "true_hidden_size": 16},
    ),
    "ConvBERT": Kind(
        "ConvBertConfig",
        "wordpiece",
        _WIDTH | _SMALL | {"conv_kernel_size": 3, "num_hidden_layers": 2},
    ),
    "GPT-2": Kind("GPT2Config", "alone", _GPT, positions=""),
    "OPT": Kind("OPTConfig", "opt", {**_WIDTH, "ffn_dim": 32, "word_embed_proj_dim": 16}),
    "Llama": Kind("LlamaConfig", "appended", _GROUPED),
    "Mistral": Kind("MistralConfig", "bos", _GROUPED | {"sliding_window": 8}),
    "Qwen2": Kind("Qwen2Config", "alone-padded", _GROUPED),
    "Gemma": Kind("GemmaConfig", "bos", _GROUPED),
}  # fmt: skip
ODD = {
    "I-BERT": Kind("IBertConfig", "roberta", _WIDTH | {"type_vocab_size": 1}, offset=4),
    "MPT": Kind(
        "MptConfig", "alone-padded", {"d_model": 16, "n_heads": 2, "n_layers": 1},
        positions="max_seq_len",
    ),
    "Perceiver": Kind(
        "PerceiverConfig",
        "alone-padded",
        {"d_model": 16, "d_latents": 16, "num_latents": 4, "num_self_attends_per_block": 1,
         "num_self_attention_heads": 2, "num_cross_attention_heads": 2},
    ),
    "YOSO": Kind("YosoConfig", "wordpiece"),
}  # fmt: skip
"""Those with positions or a head of their own kind."""
