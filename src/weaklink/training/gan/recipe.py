"""How the latent space is trained."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch
from pydantic import JsonValue

from weaklink.generators.gan.networks import Sizes
from weaklink.generators.gan.space import SentenceSpace, pack
from weaklink.generators.networks import Network
from weaklink.lexicons.counter_fitted import load_counter_fitted
from weaklink.lexicons.vectors import Vectors
from weaklink.models.encoder import load_encoder
from weaklink.models.language_model import find_language_model, load_language_model
from weaklink.progress import Progress
from weaklink.training.batches import Batches, drawn_anew
from weaklink.training.building import Learnt
from weaklink.training.corpus import MOST_TOKENS, Corpus
from weaklink.training.gan.arae import Arae, Terms
from weaklink.training.gan.encoded_corpus import EncodedCorpus, encode_corpus, padded
from weaklink.training.gan.quality import measure
from weaklink.training.gan.sampled_softmax import SampledSoftmax
from weaklink.training.gan.word_vectors import begin_with_vectors
from weaklink.training.judges import Judges
from weaklink.training.loop import Trained, train
from weaklink.training.schedule import Schedule

WORDS = 12_000
BATCH = 256
OTHERS = 1024
TERMS = Terms()
SCHEDULE = Schedule(steps=3_200, learning_rate=2e-3, warm_up=200, patience=8)


class GanRecipe:
    """Trains all networks together on the corpus, and measures the latent space.

    Args:
        terms: Of the loss.
        schedule: How long and how fast to learn.
    """

    name: Network = "gan"
    paper = "https://openreview.net/forum?id=H1BLjgZCb"

    def __init__(self, terms: Terms = TERMS, schedule: Schedule = SCHEDULE) -> None:
        self._terms = terms
        self._schedule = schedule
        self.seed = schedule.seed
        self.settings: dict[str, JsonValue] = {
            "terms": asdict(terms),
            "schedule": asdict(schedule),
            "words": WORDS,
            "batch": BATCH,
            "others": OTHERS,
        }

    def learn(self, corpus: Corpus, work: Path, device: torch.device, progress: Progress) -> Learnt:
        """Train it; ``work`` keeps what an interrupted training goes on from."""
        find_language_model()
        progress.begin("Reading the sentences")
        encoded = encode_corpus(corpus.training, WORDS)
        vectors = load_counter_fitted(progress=progress)
        arae, sizes = self._untrained(encoded, vectors)
        own_work = work / encoded.digest[:16]
        trained = teach(arae.to(device), encoded, self._schedule, own_work, device, progress)
        tensors, metadata = pack(arae.networks, sizes, encoded.vocabulary)
        halves = {name: tensor.half() for name, tensor in tensors.items()}
        arae.networks.load_state_dict(halves)
        space = SentenceSpace(arae.networks, encoded.vocabulary, MOST_TOKENS, "", str(device))
        judges = Judges(load_encoder(), load_language_model())
        figures = measure(space, corpus.held_out, judges, self.seed, progress)
        return Learnt(
            tensors=halves,
            metadata=metadata,
            settings={
                **self.settings,
                "sizes": asdict(sizes),
                "material": encoded.digest,
                "counter_fitted": vectors.digest,
            },
            figures={**figures, "steps": trained.step, "validation_loss": min(trained.losses)},
            seconds=trained.seconds,
        )

    def _untrained(self, encoded: EncodedCorpus, vectors: Vectors) -> tuple[Arae, Sizes]:
        sizes = Sizes(vocabulary=len(encoded.vocabulary), positions=MOST_TOKENS + 1)
        torch.manual_seed(self.seed)
        arae = Arae(sizes, self._terms, encoded.frequencies)
        words = arae.networks.autoencoder.words.weight
        begin_with_vectors(words, encoded.vocabulary, vectors)
        return arae, sizes


def teach(
    arae: Arae,
    encoded: EncodedCorpus,
    schedule: Schedule,
    work: Path,
    device: torch.device,
    progress: Progress,
) -> Trained:
    """Train all networks, and leave them as they were when they reconstructed best.

    Args:
        arae: The networks, changed in place, on their device.
        encoded: What is learnt from.
        schedule: How long and how fast to learn.
        work: Folder of the checkpoint.
        device: Where the networks are.
        progress: Is told of each step.
    """
    softmax = SampledSoftmax(encoded.frequencies.to(device), OTHERS)
    batches = Batches([len(row) for row in encoded.training], BATCH, drawn_anew(schedule.seed))
    validation = padded(encoded.validation).to(device)

    def loss(step: int) -> torch.Tensor:
        words = padded([encoded.training[i] for i in batches.at(step)]).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            return torch.stack(list(arae.loss(words, softmax).values())).sum()

    def validate() -> float:
        return float(arae.words_loss(validation))

    return train(arae, loss, schedule, work, progress, validate=validate)
