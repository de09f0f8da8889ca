"""Toys that processes of a study import, and little else with them."""

import os
import signal
import time

from weaklink.testing import ToyLexicon, ToyVictim

DRIVER = "WEAKLINK_TEST_DRIVER"


class Words(ToyLexicon):
    digest = "toy"


def victim(weight: float, seconds: float = 0.0):
    toy = ToyVictim({"slow": weight})

    def classify(texts):
        time.sleep(seconds)
        return toy.forward(texts)

    classify.labels = toy.labels
    return classify


upstream, downstream, single = (victim(weight, 0.003) for weight in (-1.0, 1.0, 0.2))


def deadly(texts):
    """A victim that kills whoever attacks it, except the process that checks it."""
    if os.environ[DRIVER] != str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    return single(texts)


deadly.labels = single.labels
