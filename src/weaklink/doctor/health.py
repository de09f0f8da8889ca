"""What this machine has, what it lacks, and the command that fixes each lack."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

import psutil
from packaging.requirements import Requirement
from pydantic import BaseModel, ConfigDict, computed_field

from weaklink import idle_threads
from weaklink.cache import cache_folder
from weaklink.doctor.processor import processor
from weaklink.doctor.resources import resources
from weaklink.document import Document
from weaklink.extras import EXTRAS
from weaklink.idle_threads import Waiting

_GIB = 2**30


class Missing(BaseModel):
    """Something that is missing."""

    model_config = ConfigDict(frozen=True)

    name: str
    purpose: str
    command: str
    """Gets it."""
    needed: bool
    """Whether the default audit cannot run without it."""


class Health(Document):
    """The machine, as far as it matters to weaklink. Memory and disk are in GiB."""

    kind: Literal["doctor"] = "doctor"
    schema_version: Literal[1] = 1
    weaklink: str
    python: str
    platform: str
    torch: str | None
    devices: tuple[str, ...]
    processor: str
    cores: int
    threads: int | None
    """Threads that torch uses."""
    load: float | None
    """Mean number of processes that wanted to compute in the last minute."""
    idle_threads: Waiting
    """What torch's threads do while they wait for each other: sleep on a busy machine."""
    memory: float
    memory_free: float
    cache: str
    disk_free: float
    packages: dict[str, str]
    missing: tuple[Missing, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ready(self) -> bool:
        """Whether the default audit has all that it needs."""
        return not any(lack.needed for lack in self.missing)


def examine() -> Health:
    """Look at the machine. Importing torch, which tells the devices, takes a second or two."""
    torch, devices, threads = _torch()
    packages, lacking = _packages()
    memory = psutil.virtual_memory()
    return Health(
        weaklink=version("weaklink"),
        python=platform.python_version(),
        platform=platform.platform(),
        torch=torch,
        devices=devices,
        processor=processor(),
        cores=psutil.cpu_count() or 1,
        threads=threads,
        load=idle_threads.load(),
        idle_threads=idle_threads.chosen(),
        memory=round(memory.total / _GIB, 1),
        memory_free=round(memory.available / _GIB, 1),
        cache=str(cache_folder()),
        disk_free=round(_disk_free(cache_folder()) / _GIB, 1),
        packages=packages,
        missing=(*lacking, *_missing_resources(), *_missing_extras()),
    )


def _torch() -> tuple[str | None, tuple[str, ...], int | None]:
    """Return torch's version, the devices that it sees, and its threads."""
    try:
        import torch
    except ImportError:
        return None, (), None
    cuda = (f"cuda:{i} {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count()))
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return torch.__version__, ("cpu", *cuda, *mps), torch.get_num_threads()


def _packages() -> tuple[dict[str, str], list[Missing]]:
    """Return the versions of the packages that weaklink requires, and those that are lacking."""
    versions: dict[str, str] = {}
    lacking = []
    for requirement in map(Requirement, requires("weaklink") or ()):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            versions[requirement.name] = version(requirement.name)
        except PackageNotFoundError:
            installed = False
        else:
            found = versions[requirement.name]
            installed = requirement.specifier.contains(found, prereleases=True)
        if not installed:
            lacking.append(_lacking(requirement))
    return versions, lacking


def _lacking(requirement: Requirement) -> Missing:
    wanted = f"{requirement.name}{requirement.specifier}"
    return Missing(
        name=requirement.name,
        purpose="a package that weaklink requires",
        command=f"pip install '{wanted}'",
        needed=True,
    )


def _missing_resources() -> list[Missing]:
    return [
        Missing(name=r.name, purpose=r.purpose, command=r.command, needed=r.needed)
        for r in resources()
        if r.find() is None
    ]


def _missing_extras() -> list[Missing]:
    return [
        Missing(name=", ".join(lacking), purpose=one.purpose, command=one.command, needed=False)
        for one in EXTRAS
        if (lacking := one.missing())
    ]


def _disk_free(folder: Path) -> int:
    """Return the bytes that are free where the folder is or will be."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free
