"""The trust check: whether a victim's figures can be trusted on a campaign's samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from weaklink.data import Dataset
from weaklink.errors import WeaklinkError
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.victims.labels import align, looks_reversed
from weaklink.victims.protocol import Floats, Victim

SIGNIFICANCE = 0.05
"""Of the binomial tests of accuracy against chance."""

UNKNOWN_SHARE = 0.05
"""Share of unknown tokens from which the tokenizer is taken not to fit the texts."""

CUT_SHARE = 0.05
"""Share of texts cut by the maximum length from which it is worth a warning."""

MOST_UNKNOWN = 0.5
"""Share of unknown tokens from which a victim is refused: it cannot read the texts."""

SATURATED_SHARE = 0.2
"""Share of saturated samples from which gradients are taken to mislead."""

SATURATED = 1e-6
"""Distance from certainty at which the loss's gradient drowns in the rounding of float32."""

FLIPPED_SHARE = 0.1
"""Share of samples that a special token alone may flip without a warning."""

_TRIED_SAMPLES, _TRIED_TOKENS, _BATCH = 16, 8, 16
_ENGLISH = frozenset({"en", "eng", "english"})
_ANY_LANGUAGE = frozenset({"multilingual", "mul", "multi"})


class TrustWarning(BaseModel):
    """Why a victim's figures may not mean what they seem to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    """Short stable name of the check, such as ``accuracy-near-chance``."""
    message: str
    """What was seen, and what it does to the figures."""


@runtime_checkable
class Described(Protocol):
    """A victim that tells about its language."""

    languages: tuple[str, ...]

    def unknown_share(self, texts: Sequence[str]) -> float:
        """Return the share of the tokens of ``texts`` that its tokenizer does not know."""


@runtime_checkable
class Tokenized(Protocol):
    """A victim with special tokens that mean the same where a text holds them."""

    special_tokens: tuple[str, ...]


def check_trust(
    victim: Victim, dataset: Dataset, probabilities: Floats, *, targeted: bool = False
) -> tuple[TrustWarning, ...]:
    """Return what speaks against trusting a victim's figures on these samples.

    Args:
        victim: The victim.
        dataset: The samples that it is to be attacked on.
        probabilities: Its probabilities for each sample, shape (samples, labels).
        targeted: Whether a success must reach one label, so that no other counts.

    Raises:
        WeaklinkError: It does not know most of the tokens.
    """
    return (
        *_made_for(victim),
        *_guard(victim, dataset),
        *_one_label(dataset),
        *_labels(victim, dataset, targeted=targeted),
        *_accuracy(victim, dataset, probabilities.argmax(axis=1)),
        *_language(victim, dataset),
        *_cut(victim, dataset),
        *_saturation(probabilities),
        *_special_tokens(victim, [sample.text for sample in dataset.samples]),
        *_flips(victim, dataset, probabilities.argmax(axis=1)),
    )


def _made_for(victim: Victim) -> Iterator[TrustWarning]:
    if own := victim.details.get("made_for"):
        yield TrustWarning(
            check="stock-architecture",
            message=f"The model was made for code of its own ({own}), and runs as "
            f"{victim.details.get('architecture', 'a class')} of transformers, as a pipeline runs "
            "it without --trust-remote-code. Every figure may be that of another model.",
        )


def _guard(victim: Victim, dataset: Dataset) -> Iterator[TrustWarning]:
    looked, attacked = getattr(victim, "looks_at", None), dataset.attacked_segment
    if looked is not None and attacked not in (None, looked):
        yield TrustWarning(
            check="guard-other-segment",
            message=f"The guard was made for attacks on the {looked} segment of pairs, and the "
            f"{attacked} one is attacked. Its detector goes on looking at the {looked} one, as it "
            "would in use. For what a guard made for this attack does, train one with this "
            "--attack-segment.",
        )


def _one_label(dataset: Dataset) -> Iterator[TrustWarning]:
    used = {sample.label for sample in dataset.samples}
    if len(used) == 1:
        yield TrustWarning(
            check="one-label",
            message=f"All {len(dataset.samples)} samples have the label "
            f"{dataset.labels[used.pop()]}. Every figure is that of this label alone, and accuracy "
            "cannot be told from chance: a model that always gives this label is right on all.",
        )


def _labels(victim: Victim, dataset: Dataset, *, targeted: bool) -> Iterator[TrustWarning]:
    theirs, ours = ", ".join(victim.labels), ", ".join(dataset.labels)
    if align(dataset.labels, victim.labels) is None:
        yield TrustWarning(
            check="label-space",
            message=f"The model's labels ({theirs}) do not match the data's ({ours}). Accuracy, "
            "asr_correct and robust accuracy are unknown. A flip may exchange two of the model's "
            "labels that mean the same in the data.",
        )
    elif not targeted and len(victim.labels) != len(dataset.labels):
        yield TrustWarning(
            check="label-space",
            message=f"The model has {len(victim.labels)} labels ({theirs}) and the data "
            f"{len(dataset.labels)} ({ours}). A flip to a label that the data does not know "
            "counts as a success, so ASR is higher than for a model made for these "
            "labels.",
        )
    if looks_reversed(dataset.labels, victim.labels):
        yield TrustWarning(
            check="labels-look-reversed",
            message=f"The model's labels ({theirs}) and the data's ({ours}) are matched by number, "
            "but their names suggest the opposite order. If they are reversed, asr_correct "
            "and robust accuracy are computed over the wrong samples.",
        )


def _accuracy(
    victim: Victim, dataset: Dataset, predicted: NDArray[np.intp]
) -> Iterator[TrustWarning]:
    """Test accuracy against that of a model that always gives the most frequent label."""
    from scipy.stats import binomtest

    order = align(dataset.labels, victim.labels)
    if order is None or not dataset.samples:
        return
    gold = np.array([order[sample.label] for sample in dataset.samples])
    count, correct = len(gold), int((predicted == gold).sum())
    chance = float(np.bincount(gold).max() / count)
    seen = f"The model is right on {correct} of {count} samples ({correct / count:.0%})"
    if binomtest(correct, count, 1 / len(victim.labels), "less").pvalue < SIGNIFICANCE:
        yield TrustWarning(
            check="accuracy-below-chance",
            message=f"{seen}, fewer than by guessing. Its labels are probably reversed, or name "
            "something else. asr_correct and robust accuracy are computed over the wrong "
            "samples.",
        )
    elif chance < 1 and binomtest(correct, count, chance, "greater").pvalue > SIGNIFICANCE:
        yield TrustWarning(
            check="accuracy-near-chance",
            message=f"{seen}, not significantly more than by always giving the most frequent label "
            f"({chance:.0%}). A high ASR then shows that the model never understood the "
            "data, not that it is fragile.",
        )


def _language(victim: Victim, dataset: Dataset) -> Iterator[TrustWarning]:
    if not isinstance(victim, Described):
        return
    texts = [sample.text for sample in dataset.samples]
    if _foreign(victim.languages, english=dataset.language == ENGLISH):
        yield TrustWarning(
            check="language-mismatch",
            message=f"The model's card declares {', '.join(victim.languages)} as its language, but "
            "the texts seem to be in another one. Every ASR says little about the model's own "
            "language.",
        )
    unknown = victim.unknown_share(texts)
    if unknown > MOST_UNKNOWN:
        raise WeaklinkError(
            f"The tokenizer of {victim.name} does not know {unknown:.0%} of the tokens of these "
            "texts, so the model cannot read them.",
            "Give the tokenizer that belongs to the model, or texts in its language.",
        )
    if unknown > UNKNOWN_SHARE:
        yield TrustWarning(
            check="unknown-tokens",
            message=f"The model's tokenizer does not know {unknown:.0%} of the tokens. Changes "
            "within unknown words are invisible to the model, so ASR is lower than on texts "
            "that it can read.",
        )


def _foreign(languages: Sequence[str], *, english: bool) -> bool:
    """Return whether texts, in English or not, are in none of the declared languages."""
    declared = {language.casefold() for language in languages}
    if not declared or declared & _ANY_LANGUAGE:
        return False
    return declared.isdisjoint(_ENGLISH) if english else declared <= _ENGLISH


def _cut(victim: Victim, dataset: Dataset) -> Iterator[TrustWarning]:
    cut = sum(victim.visible(sample.text) < len(sample.segment) for sample in dataset.samples)
    if cut > CUT_SHARE * len(dataset.samples):
        yield TrustWarning(
            check="texts-cut",
            message=f"The model's maximum length cuts {cut} of {len(dataset.samples)} texts. Only "
            "what it reads is attacked: ASR and accuracy are those of the texts' "
            "beginnings.",
        )


def _saturation(probabilities: Floats) -> Iterator[TrustWarning]:
    saturated = int((probabilities.max(axis=1) > 1 - SATURATED).sum())
    if saturated > SATURATED_SHARE * len(probabilities):
        yield TrustWarning(
            check="saturated",
            message=f"The model is certain to within {SATURATED:g} on {saturated} of "
            f"{len(probabilities)} samples. Gradients vanish and small changes of the score "
            "are lost in rounding, so attacks that search by them may fail against a model "
            "that is not robust.",
        )


def _special_tokens(victim: Victim, texts: Sequence[str]) -> Iterator[TrustWarning]:
    if not isinstance(victim, Tokenized):
        return
    found = {token: sum(token in text for text in texts) for token in victim.special_tokens}
    token = max(found, key=lambda one: found[one], default="")
    if token and found[token]:
        count = sum(any(one in text for one in found) for text in texts)
        yield TrustWarning(
            check="special-tokens",
            message=f"{count} of {len(texts)} texts hold a special token of the model, such as "
            f"{token}, and the model reads it as one. Attacks leave it as it is.",
        )


def _flips(victim: Victim, dataset: Dataset, predicted: NDArray[np.intp]) -> Iterator[TrustWarning]:
    """Write each special token before and after some texts, and see what that does."""
    if not isinstance(victim, Tokenized):
        return
    texts = [sample.text for sample in dataset.samples[:_TRIED_SAMPLES]]
    tokens = victim.special_tokens[:_TRIED_TOKENS]
    flipped = {token: _flipped(victim, token, texts, predicted) for token in tokens}
    token = max(flipped, key=lambda one: flipped[one], default="")
    if token and flipped[token] > FLIPPED_SHARE * len(texts):
        yield TrustWarning(
            check="special-token-flips",
            message=f"The special token {token} alone, before or after a text, changes the "
            f"predicted label of {flipped[token]} of {len(texts)} samples. Anyone who can write "
            "it needs no attack. The attacks do not write it, and no figure counts it.",
        )


def _flipped(victim: Victim, token: str, texts: Sequence[str], predicted: NDArray[np.intp]) -> int:
    """Return how many texts get another label by a special token before or after them."""
    written = victim.encode([f"{token} {text}" for text in texts])
    written += victim.encode([f"{text} {token}" for text in texts])
    batches = [written[i : i + _BATCH] for i in range(0, len(written), _BATCH)]
    labels = np.concatenate([victim.forward(batch).argmax(axis=1) for batch in batches])
    changed = labels.reshape(2, len(texts)) != predicted[: len(texts)]
    return int(changed.any(axis=0).sum())
