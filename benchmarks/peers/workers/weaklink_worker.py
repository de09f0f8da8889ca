"""weaklink on one job: all samples at once, as a campaign runs them."""

import json
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from benchmarks.speed.throughput import Recorder, raw_limit
from common import Meter, write
from rules import RULES
from scipy.special import softmax
from spacy.tokens import Doc

from weaklink.attacks import Lexicon, Score
from weaklink.attacks.openattack.tokens import COLLECTION
from weaklink.attacks.registry import configure, find
from weaklink.data.datasets import load_split
from weaklink.engine import Job, Models, Scheduler, remember_scores
from weaklink.lexicons.entities import EntityTable
from weaklink.models.encoder import load_encoder
from weaklink.models.tagger import Tagger
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.victims import load_victim

PARAMETERS = {"openattack-textfooler": {"short_text_seen": False}}
"""OpenAttack's bound is set back before each sample; see the README."""


class WordTagger(Tagger):
    """Tags the words of a rule as they are, as the peers do; spaCy would split some of them."""

    def _read(self, texts, components):
        vocabulary = self._pipeline.vocab
        docs = [
            Doc(vocabulary, list(words.words), [*(True for _ in words.words[1:]), False])
            for words in texts
        ]
        with self._pipeline.select_pipes(enable=components):
            return list(zip(texts, self._pipeline.pipe(docs, batch_size=256), strict=True))


def unround(victim):
    """Let a victim answer as torch computes each text alone, off the grid on which ties lie."""

    def rows(batch):
        return softmax(np.concatenate([victim.network([item]) for item in batch]), axis=1)

    victim.forward = victim.exact = rows


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    torch.set_num_threads(job["threads"])
    victim = load_victim(
        job["model"], device="cpu", precision=job["precision"], max_length=job["length"]
    )
    if not job.get("rounded", True):
        unround(victim)
    encoder = load_encoder()
    split = load_split(job["data"])
    tagger = Models(encoder).tagger
    lexicon = Lexicon(lambda: EntityTable.build(split.texts, split.gold, tagger))
    attack = RULES.get(job["attack"]) or find(job["attack"])
    texts = [sample["text"] for sample in job["samples"]]
    searching = encoder.in_bf16() if job["precision"] == "bf16" else None
    fresh = partial(Models, encoder, searching=searching)
    for model in (victim, *fresh().encoders):
        model.run_on(job["runtime"], texts)
    campaign(attack, victim, fresh(), lexicon, job["warm_up"], job["width"])
    meter, recorder = Meter(), Recorder(victim)
    start = time.perf_counter()
    outcomes = campaign(attack, recorder, fresh(), lexicon, job["samples"], job["width"], meter)
    seconds = time.perf_counter() - start
    raw = {}
    if job["raw_limit"]:
        names = ("raw_seconds", "raw_batch")
        raw = dict(zip(names, raw_limit(victim._chosen.network, recorder.computed), strict=True))
    found = [
        {
            "id": outcome.key.sample_id,
            "status": str(outcome.status),
            "text": outcome.adversarial_text,
            "queries": outcome.queries,
            "seconds": outcome.seconds,
        }
        for outcome in outcomes
    ]
    meter.queries = sum(outcome.queries for outcome in outcomes)
    write(
        found,
        seconds,
        meter,
        runtime=victim.details["runtime"],
        **raw,
    )


def campaign(attack, victim, models, lexicon, samples, width, meter=None):
    memo = remember_scores(victim)
    if attack.name in RULES or attack.collection == COLLECTION:
        models.tagger = WordTagger(models.tagger._pipeline, models.tagger.digest)
    services = models.services(memo, victim)
    if meter:
        services = {kind: timed(kind, service, meter) for kind, service in services.items()}
    job = Job(victim, attack, configure(attack, PARAMETERS.get(attack.name, {})), lexicon)
    work = []
    for sample in sorted(samples, key=lambda sample: -len(sample["text"])):
        key = OutcomeKey("victim", attack.name, "data", sample["id"], 0, 0)
        name = str(sample["label"])
        blank = Outcome(
            key, "", attack.name, "", Status.ERROR, sample["text"], name, sample["label"]
        )
        work.append((blank, job.attempt(blank, sample["label"])))
    outcomes = list(Scheduler(services, width).run(work))
    if meter:
        meter.distinct = range(memo.usage.distinct)
    return outcomes


def timed(kind, service, meter):
    def answer(asks):
        start = time.perf_counter()
        replies = service(asks)
        spent = time.perf_counter() - start
        if kind is Score:
            meter.victim += spent
        else:
            meter.constraints += spent
        return replies

    return answer


if __name__ == "__main__":
    main()
