"""Word-level differential reaction: how the prediction reacts when words are left out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    Score,
    TrainingExamples,
)
from weaklink.defences.detectors.trees import grow, log_odds
from weaklink.defences.journal import ScoreJournal
from weaklink.defences.victim_access import VictimAccess, attacked_words
from weaklink.victims import Floats

_MOST_WORDS = 512


def _fit(examples: TrainingExamples, access: VictimAccess, task: DetectorTask) -> DetectorState:
    """Learn from how the prediction reacts when each word in turn becomes unknown.

    Mosca, Agarwal, Rando Ramírez and Groh 2022, section 3: the reaction of a word is the logit of
    the predicted label less the highest other one, after the word was replaced by the token for
    unknown words. Reactions are put in the order of falling saliency (by how much the logit of the
    predicted label fell) and filled up with zeros to the length of the longest text seen, at most
    512; boosted trees learn to tell those of adversarial texts.

    Deviations: the trees are scikit-learn's and not XGBoost's, with the authors' depth, number,
    rate and share of rows. Saliency is the fall of the logarithm of the probability, since victims
    give no logits; the differences of logits are the same. A text costs as many queries as it has
    words, and one. Of a pair, the words of the attacked segment become unknown, and the other
    stays; the paper has no pairs.
    """
    texts = [*examples.originals, *examples.adversarial]
    longest = max(len(attacked_words(text, access.victim)[0]) for text in texts)
    width = min(_MOST_WORDS, longest)
    journal = ScoreJournal(task.work / "reactions.jsonl")
    task.progress.begin("Leaving out words", len(texts))
    rows = []
    for text in texts:
        rows.append(journal.recall(text, partial(_reactions, text, width, access)))
        task.progress.advance()
    adversarial = np.repeat([0, 1], [len(examples.originals), len(examples.adversarial)])
    trees = grow(np.array(rows), adversarial, task.seed)
    return DetectorState(trees, {"words": width})


def _open(state: DetectorState, _: Path, access: VictimAccess) -> Score:
    """Return the log-odds that the boosted trees give."""
    width = int(cast("int", state.values["words"]))

    def score(texts: Sequence[str]) -> Floats:
        rows = np.array([_reactions(text, width, access) for text in texts])
        return log_odds(state.arrays, rows.reshape(len(texts), width))

    return score


def _reactions(text: str, width: int, access: VictimAccess) -> list[float]:
    """Return the reactions to each word, the most salient first, filled up with zeros."""
    words, beside = attacked_words(text, access.victim)
    unknown = access.victim.unknown
    without = [beside.whole(str(words.replace(place, unknown))) for place in range(len(words))]
    whole, *rows = access.logits([text, *without])
    row = np.zeros(width)
    if rows:
        logits = np.stack(rows)
        predicted = int(whole.argmax())
        others = np.delete(logits, predicted, axis=1).max(axis=1)
        reactions = logits[:, predicted] - others
        salient = np.argsort(logits[:, predicted], kind="stable")
        kept = reactions[salient][:width]
        row[: len(kept)] = kept
    found: list[float] = row.tolist()
    return found


wdr = Method(
    name="wdr",
    paper="Mosca, Agarwal, Rando Ramírez and Groh 2022, That Is a Suspicious Reaction!: "
    "Interpreting Logits Variation to Detect NLP Adversarial Attacks, "
    "https://aclanthology.org/2022.acl-long.538",
    needs_adversarial=True,
    fit=_fit,
    open=_open,
)
