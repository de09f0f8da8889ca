"""Where the files are that an interrupted training goes on from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def work_folder(root: Path, digest: str) -> Iterator[Path]:
    """Yield a training's folder inside ``root``, which need not exist; another has another.

    ``root`` goes when the training is done, and with it what other trainings left there. It stays
    when the training is interrupted.

    Args:
        root: A folder for trainings of one name.
        digest: Digest of all that the trained weights depend on.
    """
    yield root / digest[:16]
    shutil.rmtree(root, ignore_errors=True)
