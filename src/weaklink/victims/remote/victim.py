"""A victim behind a server, whatever its protocol."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from weaklink.cache import digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.hub.client import Pace
from weaklink.text.pairs import Beside, parted, segments
from weaklink.victims.pairs import check_texts
from weaklink.victims.protocol import Encoded, Floats
from weaklink.victims.remote.asking import Asker
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.requests import Answer, Service

PROBE = "It was good."
"""The text that is asked first, to see what the server answers."""
PROBE_PAIR = Beside(after=PROBE).whole(PROBE)
"""What is asked in its place where the server can be asked about pairs alone."""
_SUM_TOLERANCE = 0.02
"""Servers round what they send."""
_FEWEST_LABELS = 2
_DIGITS = re.compile(r"(\d+)")


class Agreement(NamedTuple):
    """How two answers for the same texts agree.

    Attributes:
        texts: How many were asked twice.
        relabelled: How many got another label the second time.
        largest: The largest difference of a probability.
        alone: How many got a label alone the first time.
    """

    texts: int
    relabelled: int
    largest: float
    alone: int


class Unread(NamedTuple):
    """A segment of pairs that the answers do not depend on.

    Attributes:
        segment: ``first`` or ``second``.
        texts: How many pairs were asked with another one in its place.
    """

    segment: str
    texts: int


class RemoteVictim:
    """A classifier that a server runs.

    Each text is asked once. Its answer is kept in a file and is what every later question gets, so
    that outcomes do not depend on what else was asked. A victim that answers a label alone gives
    that label the probability 1.

    Args:
        name: How the user named it.
        service: Asks the server.
        options: How it is asked.
        pace: For tests; by default real time.

    Attributes:
        remote: Tells the engine that many texts are asked at once.
        labels_only: Whether it answers a label alone, as far as its first answer tells.
        reads_pairs: Whether it can be asked about pairs of texts.
        reads_texts: Whether it can be asked about single texts.
        no_pairs: Why it cannot be asked about pairs; "" if it can.

    Raises:
        ModelGone: The server cannot be reached, refuses requests, or may not be asked any more.
        WeaklinkError: Its answers are not those of a classifier.
    """

    remote = True
    unknown = "[UNK]"

    def __init__(
        self, name: str, service: Service, options: RemoteOptions, pace: Pace | None = None
    ) -> None:
        self.name = name
        self._service = service
        self.no_pairs = service.no_pairs
        self.reads_pairs, self.reads_texts = not service.no_pairs, not service.no_texts
        self._asker = Asker(name, service, options, pace)
        self._agreement: Agreement | None = None
        first = self._asker.first(PROBE if self.reads_texts else PROBE_PAIR)
        self.labels_only = "scores" not in first
        self.labels = service.labels or tuple(sorted(first.get("scores", ()), key=_natural))
        if len(self.labels) < _FEWEST_LABELS:
            raise self._fault("does not say what its labels are")
        self._row(first)

    @property
    def fingerprint(self) -> str:
        """Digest of what the server says of its model, the question and the labels.

        A server that runs another model under the same name and says nothing of it has the same.
        """
        form = "label" if self.labels_only else "scores"
        return digest_of_parts([*self._service.identity, form, *self.labels])

    @property
    def details(self) -> dict[str, str]:
        """What it is, for people."""
        found = {**self._service.details, "answers": self._form}
        if self._agreement is not None:
            texts, relabelled, largest, _ = self._agreement
            found["asked twice"] = (
                f"{texts} texts, {relabelled} got another label, "
                f"largest difference of a probability {largest:.4f}"
            )
        return found

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the texts: the server may tell any two apart."""
        return list(texts)

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return probabilities of shape (batch, labels).

        Raises:
            ModelGone: Nothing can be asked any more.
            WeaklinkError: The server has no answer for a text, or not one of a classifier.
        """
        return self._rows([str(text) for text in batch])

    def exact(self, batch: Sequence[Encoded]) -> Floats:
        """Return the same: there is only one answer for a text."""
        return self.forward(batch)

    def visible(self, text: str) -> int:
        """Return the length of what is attacked: what the server cuts off is not known."""
        return len(parted(text)[0])

    def agreement(self, texts: Sequence[str]) -> Agreement:
        """Ask texts a second time, and compare with the first answers."""
        answers = self._asker.answers(texts)
        first, second = self._rows(texts), self._rows(texts, again=True)
        relabelled = int((first.argmax(axis=1) != second.argmax(axis=1)).sum())
        self._agreement = Agreement(
            texts=len(texts),
            relabelled=relabelled,
            largest=float(np.abs(first - second).max()),
            alone=sum("scores" not in answer for answer in answers.values()),
        )
        return self._agreement

    def unread(self, texts: Sequence[str], noise: float) -> list[Unread]:
        """Return the segments of pairs that seem not to be read.

        The pairs are asked with the second segment of the next one. Where the second is not read,
        each gets the answer of its own pair, and where the first is not, that of the next. Where
        all pairs get one answer, nothing can be told.

        Args:
            texts: The pairs.
            noise: The largest difference of a probability that says nothing.
        """
        pairs = [segments(text) for text in texts]
        others = [*pairs[1:], *pairs[:1]]
        mixed = [Beside(before=own[0]).whole(next_[1])
                 for own, next_ in zip(pairs, others, strict=True)]  # fmt: skip
        found, rows = list[Unread](), self._rows(texts)
        if np.ptp(rows, axis=0).max() <= noise:
            return found
        moved = np.abs(self._rows(mixed) - np.stack([np.roll(rows, -1, axis=0), rows])).max(axis=2)
        for place, segment in enumerate(("first", "second")):
            apart = [own[place] != next_[place] for own, next_ in zip(pairs, others, strict=True)]
            if any(apart) and (moved[place][apart] <= noise).all():
                found.append(Unread(segment, sum(apart)))
        return found

    @property
    def _form(self) -> str:
        """What its answers are: those of the samples, or the first one where none was asked."""
        texts, alone = 1, int(self.labels_only)
        if self._agreement is not None:
            texts, alone = self._agreement.texts, self._agreement.alone
        if 0 < alone < texts:
            return f"a label alone for {alone} of {texts} samples, else probabilities"
        return "a label alone" if alone else "a probability for each label"

    def _rows(self, texts: Sequence[str], *, again: bool = False) -> Floats:
        check_texts(self, texts)
        found = self._asker.answers(texts, again=again)
        return np.array([self._row(found[text]) for text in texts]).reshape(-1, len(self.labels))

    def _row(self, answer: Answer) -> Floats:
        """Return an answer as probabilities, shape (labels,)."""
        said = answer.get("scores") or {answer.get("label", ""): 1.0}
        if strange := said.keys() - set(self.labels):
            raise self._fault(f"answers {min(strange)!r:.100}, which is none of its labels")
        row = np.array([said.get(label, 0.0) for label in self.labels])
        if not np.isfinite(row).all() or (row < 0).any() or abs(row.sum() - 1) > _SUM_TOLERANCE:
            raise self._fault(f"answers scores that sum to {row.sum():.4g} and not to 1")
        return np.asarray(row / row.sum())

    def _fault(self, fault: str) -> WeaklinkError:
        return WeaklinkError(
            f"{self.name} {fault}.",
            "weaklink measures models that choose one of several labels.",
        )


def _natural(label: str) -> list[tuple[int, str]]:
    """Return what sorts labels by their numbers, and others by the alphabet."""
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold())
            for part in _DIGITS.split(label)]  # fmt: skip
