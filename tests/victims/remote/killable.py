"""A process that asks a remote victim, to be killed."""

from weaklink.victims.remote.load import load_remote


def ask(name, options, texts):
    load_remote(name, options).forward(texts)
