"""A detector in a folder: JSON and safetensors, and no code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from weaklink.cache import digest_of_folder
from weaklink.defences.calibration import Calibration
from weaklink.defences.detectors.protocol import DetectorState, Score
from weaklink.defences.detectors.registry import find
from weaklink.defences.guard import GuardedVictim, guarded
from weaklink.defences.victim_access import VictimAccess
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import loading
from weaklink.models.runtimes import Portable, Runtime
from weaklink.text.pairs import Beside, Segment, attacked_in, holds_boundary
from weaklink.validation import read_model
from weaklink.victims import Floats, Victim, load_victim
from weaklink.victims.local.callable import names_callable
from weaklink.victims.remote.names import names_remote

_PROBES = "A text.", Beside(after="Another one.").whole("A text.")
"""A text and a pair. One is scored, so that arrays of other shapes are told on loading."""
CARD, ARRAYS = "detector.json", "detector.safetensors"


class DetectorCard(BaseModel):
    """How a detector was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str
    version: int
    paper: str
    victim: str
    """The model that it reads texts with, as it was named."""
    victim_fingerprint: str
    data: str
    """The data set of its unaltered texts."""
    pairs: bool = False
    """Whether they are pairs of texts."""
    segment: Segment | None = None
    """The segment of pairs that an attacker may change, and that it looks at. None: of single
    texts, and where an earlier version did not note it; then it looks at the one attacked."""
    texts: int
    """Unaltered texts that no attack has seen, which it learnt from."""
    samples: int
    """Attacked samples that it learnt from."""
    adversarial: int
    """Adversarial texts that it learnt from."""
    attacks: tuple[str, ...]
    """The attacks that made them."""
    calibration: Calibration
    seed: int
    values: dict[str, JsonValue]
    """What the method keeps besides arrays."""
    versions: dict[str, str]


@dataclass(frozen=True)
class SegmentScore:
    """The score of a detector that looks at one segment of pairs, whichever is attacked.

    Attributes:
        score: The detector's.
        segment: Which it looks at.
        name: For messages of runtimes.
    """

    score: Score
    segment: Segment
    name: str = "detector"

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Return the score of each pair."""
        return self.score([attacked_in(text, self.segment) for text in texts])

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:
        """Let ``runtime`` compute the detector's model, if it has one that supports it."""
        model: object = self.score
        if isinstance(model, Portable):
            model.run_on(runtime, texts)


@dataclass(frozen=True)
class Detector:
    """A detector in memory.

    Attributes:
        folder: Where it is saved.
        card: How it was made.
        digest: Of all files that its scores depend on.
        access: Asks the model that it reads texts with.
        score: What scores texts.
    """

    folder: Path
    card: DetectorCard
    digest: str
    access: VictimAccess
    score: Score

    def guard(self, victim: Victim, name: str) -> GuardedVictim:
        """Return a victim with this detector in front of it."""
        calibration = self.card.calibration
        told = {
            "guard": f"{self.card.method} of {self.folder.name}",
            "guard_false_positives": f"{calibration.false_positives:g}",
        }
        read = self.access.probabilities if victim is self.access.victim else None
        return guarded(
            victim, name, self.score, calibration, self.digest, told, read, pairs=self.card.pairs
        )

    def check(self, texts: Sequence[str], what: str) -> None:
        """Refuse texts that are pairs where it learnt from single ones, and the reverse.

        Args:
            texts: The texts.
            what: What holds them.

        Raises:
            WeaklinkError: They are of the other kind.
        """
        kinds = "single texts", "pairs of texts"
        if any(holds_boundary(text) is not self.card.pairs for text in texts):
            raise WeaklinkError(
                f"{self.folder} learnt from {kinds[self.card.pairs]}, and {what} holds "
                f"{kinds[not self.card.pairs]}.",
                "Read the texts as the detector did (--pair-column), or train another one.",
            )


def save_state(folder: Path, card: DetectorCard, state: DetectorState) -> None:
    """Write a detector's card and its arrays."""
    import numpy as np
    from safetensors.numpy import save_file

    arrays = {name: np.ascontiguousarray(array) for name, array in state.arrays.items()}
    if arrays:
        save_file(arrays, folder / ARRAYS)
    (folder / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_card(folder: Path) -> DetectorCard:
    """Read how a detector was made.

    Raises:
        WeaklinkError: There is no detector in the folder, or its card is damaged.
    """
    path, remedy = folder / CARD, "Give a folder that `weaklink detect train` made."
    missing = WeaklinkError(f"{folder} holds no detector: {CARD} is missing.", remedy)
    return read_model(path, DetectorCard, missing, WeaklinkError(f"{path} is damaged", remedy))


def load_detector(
    folder: Path,
    *,
    victim: Victim | None = None,
    load: Callable[[str], Victim] = load_victim,
    named: Collection[str] = (),
) -> Detector:
    """Load a detector.

    Args:
        folder: Where it is.
        victim: A victim in memory; it is read with where it is the one that the detector learnt
            with.
        load: Loads that model by its name otherwise.
        named: Models that the user named. Of others no function is called and no server asked: who
            made the folder does not choose what runs.

    Raises:
        WeaklinkError: It cannot be loaded, or the model is not the one that it learnt with, or one
            that the user has to name.
    """
    card = read_card(folder)
    method = find(card.method)
    if method.version != card.version:
        raise WeaklinkError(
            f"{folder} was made by version {card.version} of {card.method}, and this is "
            f"{method.version}.",
            "Train the detector again.",
        )
    if victim is None or victim.fingerprint != card.victim_fingerprint:
        _check_named(card.victim, folder, named)
        victim = load(card.victim)
    if victim.fingerprint != card.victim_fingerprint:
        raise WeaklinkError(
            f"{folder} learnt with another version of {card.victim} than the one that is there.",
            "Train the detector again, or bring back that model.",
        )
    access = VictimAccess(victim)
    state = DetectorState(_arrays(folder), card.values)
    with loading(f"The detector in {folder}", "Train the detector again."):
        score = method.open(state, folder, access)
        score([_PROBES[card.pairs]])
    if card.segment is not None:
        score = SegmentScore(score, card.segment)
    return Detector(folder, card, digest_of_folder(folder), access, score)


def _check_named(victim: str, folder: Path, named: Collection[str]) -> None:
    """Refuse what runs code or gets texts, unless the user named it."""
    if (names_callable(victim) or names_remote(victim)) and victim not in named:
        raise WeaklinkError(
            f"{folder} reads texts with {victim}, which a folder may not choose.",
            f"If you trust that function or server, name it: --reads-with {victim}.",
        )


def _arrays(folder: Path) -> dict[str, object]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / ARRAYS
    if not path.is_file():
        return {}
    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise WeaklinkError(f"{path} is damaged: {error}.", "Train the detector again.") from error
