"""OpenAttack 2.1.1 on one job; see the README for what is patched, and why."""

import os
import time
from pathlib import Path

from common import serve, spacy_tagger


def prepare(job, meter):
    os.environ["BENCH_ENCODER"] = job["encoder"]
    import nltk
    import OpenAttack
    import tensorflow_hub
    import torch
    import transformers

    torch.set_num_threads(job["threads"])
    manager = OpenAttack.DataManager
    manager.setAutoDownload(enabled=False)
    manager.set_path(str(Path(job["resources"]) / "openattack"))
    tag = spacy_tagger()

    def pos_tag(words):
        start = time.perf_counter()
        rows = [(word, penn) for word, penn, _ in tag(words)]
        meter.constraints += time.perf_counter() - start
        return rows

    manager.data_reference["TProcess.NLTKPerceptronPosTagger"] = pos_tag
    punkt = nltk.tokenize.punkt.PunktSentenceTokenizer()
    manager.data_reference["TProcess.NLTKSentTokenizer"] = punkt.tokenize
    model = transformers.AutoModelForSequenceClassification.from_pretrained(job["model"]).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(job["model"])
    victim = OpenAttack.classifiers.TransformersClassifier(
        model,
        tokenizer,
        model.get_input_embeddings(),
        device=torch.device("cpu"),
        max_length=job["length"],
        batch_size=job["batch"],
    )
    ask = victim.get_prob

    def counted(texts):
        start = time.perf_counter()
        answer = ask(texts)
        meter.count(texts, time.perf_counter() - start)
        return answer

    victim.get_prob = counted
    attackers = {
        "pwws": OpenAttack.attackers.PWWSAttacker,
        "textfooler": OpenAttack.attackers.TextFoolerAttacker,
        "textbugger": OpenAttack.attackers.TextBuggerAttacker,
        "hotflip": OpenAttack.attackers.HotFlipAttacker,
        "deepwordbug": OpenAttack.attackers.DeepWordBugAttacker,
    }
    kind = attackers[job["attack"]]
    options = {"lang": "english"}
    attacker = kind(**(options if job["attack"] != "deepwordbug" else {}))
    bound = getattr(attacker, "sim_score_threshold", None)

    def run(sample):
        tensorflow_hub.seconds = 0.0
        if bound is not None:
            attacker.sim_score_threshold = bound
        text = attacker(victim, {"x": sample["text"]})
        meter.constraints += tensorflow_hub.seconds
        return ("failed", None) if text is None else ("succeeded", text)

    return run


if __name__ == "__main__":
    serve(prepare)
