"""Keys of servers, which come from the environment alone."""

from __future__ import annotations

import os
import re
from string import Template
from urllib.parse import urlsplit

from weaklink.errors import WeaklinkError


def key_for(variable: str, address: str) -> str:
    """Return the key that the environment has for one host; "" if it has none.

    >>> key_for("SOME_KEY", "http://localhost:8080/v1")
    ''
    """
    return os.environ.get(variable_for(variable, address), "")


def variable_for(variable: str, address: str) -> str:
    """Return the name of the variable for one host.

    >>> variable_for("TEI_API_KEY", "http://localhost:8080/v1")
    'TEI_API_KEY_LOCALHOST_8080'
    """
    host = urlsplit(address).netloc.rpartition("@")[2]
    return f"{variable}_{re.sub(r'[^A-Z0-9]', '_', host.upper())}"


def filled(value: str, where: str) -> tuple[str, list[str]]:
    """Return a text with each ``$NAME`` replaced from the environment, and the secrets in it.

    Raises:
        WeaklinkError: A variable is not set.
    """
    template = Template(value)
    try:
        names = template.get_identifiers()
        secrets = [os.environ[name] for name in names]
        return template.substitute(os.environ), secrets
    except KeyError as error:
        raise WeaklinkError(
            f"{where} needs the environment variable {error.args[0]}.", "Set it."
        ) from None
    except ValueError as error:
        raise WeaklinkError(f"{where} is not a template: {error}.", "Write $$ for a $.") from None
