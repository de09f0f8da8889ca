"""The models that the assets were made with: weights of words, by their first four letters.

A model is known by its name and the bytes of this file. After any change to it, a comment
included, a resumed asset would start from nothing: do not edit it.
"""

import math
import re

WEIGHTS = {
    "good": 2.0, "grea": 2.6, "fine": 1.2, "lovi": 1.9, "warm": 1.4, "brig": 1.1, "clev": 1.6,
    "deli": 2.2, "bad": -2.0, "dull": -2.2, "slow": -1.3, "tire": -1.5, "poor": -1.8,
    "wast": -2.4, "bori": -2.1, "flat": -1.2, "mess": -1.7, "film": 0.2, "plot": -0.1,
}  # fmt: skip


def _model(shares, bias):
    def classify(texts):
        return [_probabilities(text, shares, bias) for text in texts]

    classify.labels = ("negative", "positive")
    return classify


def _probabilities(text, shares, bias):
    begins = [word[:4] for word in re.findall(r"\w+", text.lower())]
    logit = bias + sum(WEIGHTS.get(start, 0.0) * shares.get(start[:1], 1.0) for start in begins)
    positive = 1 / (1 + math.exp(-logit))
    return [1 - positive, positive]


root = _model({}, 0.1)
upstream = _model({"d": 1.8, "g": 0.6, "w": 0.3}, -0.4)
downstream = _model({"d": 0.4, "b": 1.5, "f": 2.0}, 0.6)
