"""The vulnerable samples of one victim: what training and detectors learn from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from weaklink.data.training_samples import digest_of_text
from weaklink.errors import WeaklinkError, instead
from weaklink.store.outcome import Status
from weaklink.store.store import Store
from weaklink.text.pairs import attacked_segment

REPLAY = "replay-"
_KINDS = {
    None: "single texts",
    "first": "pairs whose first segment is attacked",
    "second": "pairs whose second segment is attacked",
}


@dataclass(frozen=True, slots=True)
class Attacked:
    """A sample and the adversarial texts that were found of it.

    Attributes:
        text: The original text; of a pair, both segments.
        dataset: Name of its data set.
        gold: Its gold label, a name of the data's.
        gold_index: The same as an index of the victim's labels; None where they do not match.
        correct: Whether the victim classified the original correctly; None where unknown.
        found: The attack and the adversarial text of each success.
    """

    text: str
    dataset: str
    gold: str
    gold_index: int | None
    correct: bool | None
    found: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """Digest of the original text, equal for copies in other data sets."""
        return digest_of_text(self.text)


def attacked_samples(
    store: Store, victim: str, attacks: Collection[str] | None = None
) -> list[Attacked]:
    """Return every sample that a victim was attacked on, in the order of their keys.

    Replays of texts that were found elsewhere are left out. Copies of a text are one sample.

    Args:
        store: Where the outcomes are.
        victim: Fingerprint of the victim, or its name.
        attacks: The only attacks whose successes count; None: all.

    Raises:
        WeaklinkError: The store has no outcome on the victim.
    """
    texts: dict[str, dict[tuple[str, str], None]] = {}
    samples: dict[str, Attacked] = {}
    for outcome in store.outcomes():
        if victim not in (outcome.key.victim_fingerprint, outcome.victim):
            continue
        if outcome.status == Status.ERROR or outcome.attack.startswith(REPLAY):
            continue
        whole = outcome.beside.whole
        digest = digest_of_text(whole(outcome.original_text))
        samples.setdefault(
            digest,
            Attacked(
                whole(outcome.original_text), outcome.dataset, outcome.gold_label,
                outcome.gold_index, outcome.correct, (),
            ),
        )  # fmt: skip
        found = texts.setdefault(digest, {})
        wanted = attacks is None or outcome.attack in attacks
        if outcome.adversarial_text is not None and wanted:
            found[outcome.attack, whole(outcome.adversarial_text)] = None
    if not samples:
        known = sorted({outcome.victim for outcome in store.outcomes()})
        raise WeaklinkError(
            f"The store has no outcome on {victim}.",
            instead(victim, known, "It has outcomes on:") if known else "Run an audit first.",
        )
    return [
        Attacked(one.text, one.dataset, one.gold, one.gold_index, one.correct, tuple(texts[digest]))
        for digest, one in samples.items()
    ]


def check_alike(attacked: Sequence[Attacked], data: str, text: str) -> None:
    """Refuse samples that are pairs where the texts beside them are none, and the reverse.

    Args:
        attacked: The samples of a store.
        data: The name of the data that is read beside them.
        text: One of its texts.

    Raises:
        WeaklinkError: They are not of one kind, or not attacked in the same segment.
    """
    kind = attacked_segment(text)
    if others := {attacked_segment(one.text) for one in attacked} - {kind}:
        raise WeaklinkError(
            f"The store has {_KINDS[others.pop()]}, and {data} is read as {_KINDS[kind]}.",
            "Read the data as it was attacked: see --text-column, --pair-column and "
            "--attack-segment.",
        )


def halves(
    attacked: Sequence[Attacked], share: float, seed: int
) -> tuple[list[Attacked], list[Attacked]]:
    """Return the samples to learn from and those to keep apart, chosen by digest and seed.

    A sample is on the same side in every store.
    """
    first: list[Attacked] = []
    second: list[Attacked] = []
    for one in attacked:
        drawn = int.from_bytes(sha256(f"{seed}:{one.digest}".encode()).digest()[:8])
        (first if drawn < share * 2**64 else second).append(one)
    return first, second
