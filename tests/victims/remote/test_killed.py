"""What is asked again, counted and told where runs are killed at random moments."""

import io
import multiprocessing
import os
import random
import signal
import threading

import numpy as np
import pytest
from rich.console import Console

from weaklink.campaigns import Specification
from weaklink.cli.results.spending import print_spending
from weaklink.victims import ModelGone
from weaklink.victims.remote.answers import RemoteAnswers
from weaklink.victims.remote.options import RemoteOptions

from . import killable
from .servers import INFO, TOY, Server, tei

KILLS, CONCURRENCY = 10, 3
TEXTS = [f"a {word} film number {i}" for i in range(400) for word in ("good", "bad")]


class Killer:
    """Answers as TEI does, and kills a process shortly after the n-th request from now."""

    def __init__(self):
        self.left, self.process, self.random = 0, None, random.Random(0)

    def __call__(self, path, body):
        if body is not None and self.process is not None:
            self.left -= 1
            if self.left == 0:
                seconds = self.random.random() / 200
                threading.Timer(seconds, os.kill, (self.process, signal.SIGKILL)).start()
        return tei(path, body)


def test_killed_ten_times_only_what_was_under_way_is_asked_again(load, tmp_path):
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([killable.__name__, "weaklink.victims.remote.tei"])
    options = RemoteOptions(answers=tmp_path / "answers.sqlite", concurrency=CONCURRENCY)
    killer = Killer()
    with Server(killer) as server:
        name = f"tei:{server.address}"
        for _ in range(KILLS):
            killer.left, killer.process = killer.random.randint(1, 9), None
            child = processes.Process(target=killable.ask, args=(name, options, TEXTS))
            child.start()
            killer.process = child.pid
            child.join()
            assert child.exitcode == -signal.SIGKILL
        killer.process = None
        rows = load(name, concurrency=CONCURRENCY).forward(TEXTS)
        np.testing.assert_allclose(rows, TOY.forward(TEXTS), atol=1e-9)
        answers = RemoteAnswers(options.answers_file)
        (lost,), spent = answers.lost_by().values(), answers.spent()
        again = server.texts.total() - len(server.texts)
        assert set(server.texts) >= set(TEXTS)
        assert again <= lost.texts <= lost.requests * INFO["max_client_batch_size"]
        assert 0 < lost.requests <= KILLS * CONCURRENCY
        sent = sum(body != "null" for body in server.bodies)
        assert sent <= spent.requests <= sent + lost.requests
        with pytest.raises(ModelGone, match=f"is spent: {spent.requests} requests"):
            load(name, max_requests=spent.requests).forward(["another film"])

        console = Console(file=io.StringIO())
        spec = Specification.of_audit(name, answers=options.answers_file)
        print_spending(console, spec, tmp_path, alone=True)
        told = f"{spent.requests} requests so far, {lost.requests} of them without an answer"
        assert told in console.file.getvalue()
