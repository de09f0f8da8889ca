"""What an audit ran on: kept with the campaign, with no effect on outcomes."""

from __future__ import annotations

import platform
from importlib.metadata import version

_PACKAGES = (
    "weaklink",
    "torch",
    "transformers",
    "tokenizers",
    "sentence-transformers",
    "spacy",
    "nltk",
    "numpy",
)


def provenance(device: str) -> dict[str, str]:
    """Return the versions of weaklink and of what it runs on, the device and the threads."""
    import torch

    return {
        **{name: version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": device,
        "threads": str(torch.get_num_threads()),
    }
