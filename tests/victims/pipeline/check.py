"""How far a victim is from transformers' pipeline, and its gradients from difference quotients."""

from copy import deepcopy

import numpy as np
import torch
from scipy.special import logit

from weaklink.text import Words
from weaklink.text.pairs import ALONE, segments
from weaklink.victims import Gradient

PLAIN = ("a very good film", "no", "the plot is not good, the film is bad!", "good " * 20 + "☃")
SPECIAL = (
    "a <s>good</s> film",
    "[SEP] good [CLS] film </s>",
    "<|endoftext|>good<pad>",
    "<sep> a film <cls>",
)
_TEXT = Words.split("a good film, not bad")
_EDITS = ((), ("gxod",), (), ("so", "film"), ())
_SPARE, _STEP = 280, 1e-2


def score_error(victim, classify, texts):
    """Return the greatest difference between the log odds of the victim and of the pipeline."""
    given = {"truncation": True, "max_length": int(victim.details["max_length"]), "top_k": None}
    said = [{one["label"]: one["score"] for one in classify(text, **given)} for text in texts]
    expected = np.array([[row[label] for label in victim.labels] for row in said])
    return float(np.abs(logit(victim.forward(victim.encode(texts))) - logit(expected)).max())


def rows_hold(victim):
    """Return whether rows are bit for bit the same alone, in a batch, and in another order."""
    encoded = victim.encode([*PLAIN, *SPECIAL])
    alone = np.concatenate([victim.forward([item]) for item in encoded])
    return (
        np.array_equal(victim.forward(encoded), alone)
        and np.array_equal(victim.forward(encoded[::-1]), alone[::-1])
        and np.array_equal(victim.exact(encoded[3:5] * 2), alone[[3, 4, 3, 4]])
    )


def gradient_error(victim, classify, beside=ALONE):
    """Return by how much estimates differ from the loss's, relative to the greatest of these.

    A word's pieces are moved in spare rows of the table of embeddings, in float64, whatever the
    model does with them. The text may be a segment of a pair.
    """
    model = deepcopy(classify.model).double()
    table, reader = model.get_input_embeddings().weight.data, victim.reader
    cut = {"truncation": True, "max_length": reader.max_length}
    given = classify.tokenizer(*segments(beside.whole(str(_TEXT))), return_tensors="pt", **cut)
    quotients = []
    for places, edits in zip(reader.word_pieces(_TEXT, beside), _EDITS, strict=True):
        spare = slice(_SPARE, _SPARE + len(places))
        for new in reader.pieces(edits):
            ids, losses = given["input_ids"].clone(), []
            old = ids[0, places]
            change = (table[list(new)].sum(dim=0) - table[old].sum(dim=0)) / len(places)
            ids[0, places] = torch.arange(spare.start, spare.stop)
            for step in (_STEP, -_STEP):
                table[spare] = table[old] + step * change
                logits = model(**(given | {"input_ids": ids})).logits
                losses.append(-float(logits.log_softmax(dim=1)[0, 1].detach()))
            quotients.append((losses[0] - losses[1]) / (2 * _STEP))
    (view,) = victim.gradients([Gradient(_TEXT, 1, _EDITS, beside)])
    return float(np.abs(view.edits - quotients).max() / np.abs(quotients).max())
