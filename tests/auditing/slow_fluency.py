"""Fluency measured slowly, to be killed: ``python -m tests.auditing.slow_fluency STORE``."""

import sys
import time

from weaklink.auditing import measure_fluency
from weaklink.progress import Silent
from weaklink.store import open_store


class Letters:
    """Takes the number of different letters for the perplexity of a text."""

    def __init__(self, seconds=0.0):
        self.asked = []
        self._seconds = seconds

    def perplexities(self, texts):
        time.sleep(self._seconds)
        self.asked += texts
        return [float(len(set(text))) or None for text in texts]


class Found:
    """Such a model that was found and not loaded yet."""

    def __init__(self, model=None, digest="#letters"):
        self.name, self.digest, self.loaded = "letters", digest, []
        self._model = model or Letters()

    def load(self, device):
        self.loaded.append(device)
        return self._model


if __name__ == "__main__":
    with open_store(sys.argv[1]) as opened:
        print("ready", flush=True)
        measure_fluency(opened, Found(Letters(seconds=0.05)), Silent())
