"""What importing weaklink does to a process."""

import os
import subprocess
import sys

import pytest

CODE = """
import os, sys, weaklink
assert "numpy" not in sys.modules
print(os.environ["OPENBLAS_THREAD_TIMEOUT"])
"""


@pytest.mark.parametrize(("own", "expected"), [({}, "4"), ({"OPENBLAS_THREAD_TIMEOUT": "9"}, "9")])
def test_idle_threads_of_openblas_are_told_to_sleep_before_numpy_starts_them(own, expected):
    rest = {k: v for k, v in os.environ.items() if k != "OPENBLAS_THREAD_TIMEOUT"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=rest | own, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected


def test_a_command_that_only_says_something_loads_no_heavy_library():
    heavy = "polars sqlalchemy torch transformers scipy pyarrow huggingface_hub nltk spacy"
    code = f"import sys, weaklink.cli.app; print(*set({heavy.split()}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
