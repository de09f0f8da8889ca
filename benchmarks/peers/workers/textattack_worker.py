"""TextAttack 0.3.11 on one job; see the README for what is patched, and why."""

import os
import time
from pathlib import Path

from common import serve, spacy_tagger


def prepare(job, meter):
    os.environ["TA_CACHE_DIR"] = str(Path(job["resources"]) / "textattack")
    os.environ["NLTK_DATA"] = str(Path(job["resources"]) / "nltk_data")
    os.environ["BENCH_ENCODER"] = job["encoder"]
    import nltk

    nltk.download = lambda *_, **__: True
    import tensorflow_hub
    import textattack
    import torch
    import transformers

    torch.set_num_threads(job["threads"])
    tag = spacy_tagger()

    def pos_tag(words, tagset=None, lang="eng"):
        start = time.perf_counter()
        rows = [(w, u if tagset == "universal" else p) for w, p, u in tag(words)]
        meter.constraints += time.perf_counter() - start
        return rows

    nltk.pos_tag = nltk.tag.pos_tag = pos_tag
    _write_homoglyphs(Path(textattack.__file__).parent)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(job["model"])
    model = model.eval().to(job.get("device", "cpu"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(job["model"])
    tokenizer.model_max_length = job["length"]

    class Wrapper(textattack.models.wrappers.HuggingFaceModelWrapper):
        """Counts and times; pads to the longest of the batch where the job says so."""

        def __call__(self, texts):
            start = time.perf_counter()
            answer = super().__call__(texts) if job["padding"] == "stock" else self._ask(texts)
            meter.count(texts, time.perf_counter() - start)
            return answer

        def _ask(self, texts):
            inputs = self.tokenizer(
                texts, padding=True, truncation=True, max_length=job["length"], return_tensors="pt"
            )
            with torch.no_grad():
                return self.model(**inputs.to(self.model.device)).logits.cpu()

    recipes = {
        "pwws": textattack.attack_recipes.PWWSRen2019,
        "textfooler": textattack.attack_recipes.TextFoolerJin2019,
        "textbugger": textattack.attack_recipes.TextBuggerLi2018,
        "deepwordbug": textattack.attack_recipes.DeepWordBugGao2018,
    }
    wrapper = Wrapper(model, tokenizer)
    attack = recipes[job["attack"]].build(wrapper)
    attack.goal_function.batch_size = job["batch"]
    for constraint in attack.pre_transformation_constraints:
        if hasattr(constraint, "stopwords"):
            constraint.stopwords = set(job["stop_words"])

    def run(sample):
        tensorflow_hub.seconds = 0.0
        predicted = int(wrapper([sample["text"]]).argmax())
        result = attack.attack(sample["text"], predicted)
        meter.constraints += tensorflow_hub.seconds
        if isinstance(result, textattack.attack_results.SuccessfulAttackResult):
            return "succeeded", result.perturbed_text()
        return "failed", None

    return run


def _write_homoglyphs(package):
    """The wheel lacks this file, without which TextBugger raises. Letters from Unicode's list."""
    path = package / "shared" / "intentional_homoglyphs.txt"
    if not path.exists():
        pairs = zip("aceijopsxy", "асеіјорѕху", strict=True)  # noqa: RUF001 - that is the point
        lines = [f"{ord(a):04X} ;\t{ord(b):04X} #* ( {a} ~ {b} )\n" for a, b in pairs]
        path.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    serve(prepare)
