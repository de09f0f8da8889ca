"""What the system says about its processor."""

from __future__ import annotations

import platform
from pathlib import Path

_DESCRIPTION = Path("/proc/cpuinfo")


def processor(description: Path = _DESCRIPTION) -> str:
    """Return the processor's name, with what tells its generation where the system says so.

    A virtual machine may call every generation alike ("AMD EPYC"); the family and the model differ.

    Args:
        description: Linux's, a paragraph for each core. Elsewhere the standard library is asked.
    """
    if not description.is_file():
        return platform.processor() or platform.machine()
    first = description.read_text("utf-8", errors="replace").partition("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    facts = {name.strip(): value.strip() for name, _, value in pairs}
    if "model name" not in facts:
        return platform.machine()
    return f"{facts['model name']} (family {facts.get('cpu family')}, model {facts.get('model')})"
