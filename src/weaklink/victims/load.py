"""Loads whatever a user names as a victim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from weaklink.victims.local.callable import load_callable, names_callable
from weaklink.victims.remote.names import names_remote
from weaklink.victims.remote.options import RemoteOptions

if TYPE_CHECKING:
    from weaklink.models.runtimes import Precision
    from weaklink.victims.protocol import Victim


def load_victim(  # noqa: PLR0913 - each says how one kind of model is read
    name: str,
    *,
    place: str | Path | None = None,
    device: str = "auto",
    precision: Precision = "float32",
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
    max_length: int | None = None,
    read_as: str | None = None,
    function_timeout: float | None = None,
    remote: RemoteOptions | None = None,
) -> Victim:
    """Load a victim.

    Args:
        name: A Hub id (``owner/model`` or ``owner/model@revision``), a local folder of a
            transformers sequence classifier, ``package.module:function``, or a remote model
            (``hf:``, ``tei:``, ``http:``, ``llm:``; see ``remote.load.load_remote``).
        place: The local folder, if the victim has another name.
        device: ``auto`` (CUDA, else MPS, else CPU) or a torch device.
        precision: What a transformers model computes in.
        allow_pickle: Also load weights that torch's restricted loader refuses, and heads of SetFit
            models; it can run code.
        trust_remote_code: Run code that is part of the model's repository.
        max_length: Most tokens to read (default: the model's maximum).
        read_as: Of a model that gives several labels at once, the one to measure; of a regression,
            ``>=NUMBER``.
        function_timeout: Seconds that a Python function may take for one list of texts, and the
            import of its module; None: as long as they like.
        remote: How a remote model is asked.

    Raises:
        WeaklinkError: It cannot be found, is not a classifier, or cannot be loaded as asked.
    """
    if place is None and names_remote(name):
        from weaklink.victims.remote.load import load_remote

        return load_remote(name, remote or RemoteOptions())
    if place is None and names_callable(name):
        return load_callable(name, function_timeout)
    from weaklink.victims.local.source import locate

    source = locate(str(place or name))
    from weaklink.victims.local.transformers import load_transformers

    return load_transformers(
        name,
        source,
        device=device,
        precision=precision,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
        max_length=max_length,
        read_as=read_as,
    )


def check_name(name: str) -> None:
    """Refuse a name that is at first sight no model's: nothing is loaded, and no server asked.

    Raises:
        WeaklinkError: It is a local folder without a model, or no Hub id.
    """
    if not names_remote(name) and not names_callable(name):
        from weaklink.victims.local.source import find_folder

        find_folder(name)
