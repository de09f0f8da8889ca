"""Finds the files of a helper model: a folder, or the Hub."""

from __future__ import annotations

from pathlib import Path

from weaklink.errors import WeaklinkError

_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
"""What is fetched of a Hub repository: no code, no pickles."""


def find_model(name: str, what: str) -> Path:
    """Return the folder ``name``, or that of the Hub id ``name`` (``id@revision``), fetched.

    Args:
        name: The folder or the id.
        what: What sort of model it is, for messages.

    Raises:
        WeaklinkError: It is neither a folder nor can it be fetched.
    """
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    from weaklink.guards.hub_client import check_hub_answers, why_unreached

    check_hub_answers()
    repository, _, revision = name.partition("@")
    try:
        return Path(snapshot_download(repository, revision=revision or None, allow_patterns=_FILES))
    except HFValidationError as error:
        raise WeaklinkError(
            f"The {what} {name} is neither a folder nor a Hub id.",
            f"Check the name, or leave it out to use the packaged {what}.",
        ) from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        why = why_unreached(error) or f": {str(error).rstrip('.')}"
        raise WeaklinkError(
            f"The {what} {name} is not a folder and cannot be fetched from the Hub{why}.",
            f"Check the name and the network, or leave it out to use the packaged {what}.",
        ) from error
