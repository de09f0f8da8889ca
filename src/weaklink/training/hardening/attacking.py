"""Attacks on a model while it is trained, through the engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from weaklink.attacks import Lexicon
from weaklink.attacks.registry import configure, find, why_left_out
from weaklink.data.samples import Sample
from weaklink.engine import (
    Assignment,
    ConfiguredAttack,
    LoadedVictim,
    Models,
    Scheduler,
    remember_scores,
)
from weaklink.errors import WeaklinkError
from weaklink.lexicons.entities import EntityTable
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.models.encoder import load_encoder
from weaklink.progress import Progress
from weaklink.store import OutcomeKey
from weaklink.training.classifier import Student
from weaklink.victims.local.layout import as_a_pipeline
from weaklink.victims.local.outputs import outputs_of
from weaklink.victims.local.transformers import TransformersVictim


class Attacking:
    """Finds adversarial texts against the weights that a model has now.

    Args:
        student: The model.
        attack: Name of the attack, with its default parameters.
        max_queries: Most queries for each sample.
        seed: Chooses the draws.
        language: ISO 639-1 code of the texts' language.

    Raises:
        WeaklinkError: The attack cannot be made on texts of that language.
    """

    def __init__(
        self, student: Student, attack: str, max_queries: int, seed: int, language: str = ENGLISH
    ) -> None:
        self._student = student
        one = find(attack)
        if (reason := why_left_out(one, language)) is not None:
            raise WeaklinkError(reason, "Or choose an attack that covers it by -P attack=NAME.")
        self._attack = ConfiguredAttack(one, configure(one, {}))
        self._max_queries = max_queries
        self._seed = seed
        self._language = language

    @cached_property
    def models(self) -> Models:
        """The models that the attack asks, on the device of the model that is trained."""
        return Models(load_encoder(device=str(self._student.model.device)))

    @cached_property
    def lexicon(self) -> Lexicon:
        """Without named entities: those that the data has of each label are not told here."""
        return Lexicon(lambda: EntityTable({}), language=self._language)

    def found(self, samples: Sequence[Sample], progress: Progress) -> dict[str, str | None]:
        """Return the adversarial text of each sample by its id; None where none was found.

        Of a pair, it has both segments, of which the attacked one was changed.

        The model is left in training mode.
        """
        model = self._student.model
        model.eval()
        reader = self._student.reader
        outputs = outputs_of("The model that is trained", model.config, None)
        network = as_a_pipeline("The model that is trained", model, reader, outputs)
        details = {"device": str(model.device)}
        victim = TransformersVictim("student", "student", outputs.labels, network, reader, details)
        loaded = LoadedVictim(victim, remember_scores(victim), gold=None)
        services = self.models.services(loaded.scores, victim, self._language)
        started = (
            Assignment(loaded, self._attack, self.lexicon, None, self._max_queries).start(
                OutcomeKey("student", "", "training", one.id, 0, self._seed), one.text
            )
            for one in samples
        )
        progress.begin("Attacking the model that is trained", len(samples))
        texts: dict[str, str | None] = {}
        for outcome in Scheduler(services).run(started):
            found = outcome.adversarial_text
            texts[outcome.key.sample_id] = None if found is None else outcome.beside.whole(found)
            progress.advance()
        model.train()
        return texts
