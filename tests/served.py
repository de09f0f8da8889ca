"""A process with its own environment that runs one function after another.

Libraries read some settings (``HF_ENDPOINT``, ``HF_HOME``) when they are imported. A test that
needs others starts one process, and imports its libraries once for all its calls.
"""

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock


class Served:
    """Runs functions, each named ``module:function``, in a process with ``settings``."""

    def __init__(self, settings, folder=None):
        path = {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env=os.environ | path | settings, cwd=folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def call(self, function, *arguments):
        """Return what the function returns; arguments and results are JSON."""
        self._process.stdin.write(json.dumps([function, arguments]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def command(self, *arguments):
        """Run a command of weaklink and return what it prints; it must end with status 0."""
        status, out, errors = self.call(f"{__name__}:run_command", *map(str, arguments))
        assert status == 0, errors
        return out


def run_command(*arguments):
    """Return status, output and errors of a command line."""
    from weaklink.cli.app import main

    out, errors, status = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["weaklink", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
    ):
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
    return status, out.getvalue(), errors.getvalue()


def _serve():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        function, arguments = json.loads(line)
        module, _, name = function.partition(":")
        result = getattr(importlib.import_module(module), name)(*arguments)
        print(json.dumps(result), file=answers, flush=True)


if __name__ == "__main__":
    _serve()
