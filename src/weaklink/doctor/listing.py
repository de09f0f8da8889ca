"""Every resource with where it was found, as the table and JSON show it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from weaklink.doctor.resources import Kind, Resource, resources
from weaklink.document import Document


class ResourceEntry(BaseModel):
    """A resource."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    purpose: str
    found: str | None
    """Where it is; None where it is missing."""
    command: str
    """Gets it."""
    digest: str | None
    """None where it is missing, and until the first use of what gets one only then."""
    licence: str
    """An SPDX id where there is one."""


class ResourcesDocument(Document):
    """Every resource."""

    kind: Literal["resources"] = "resources"
    schema_version: Literal[1] = 1
    resources: tuple[ResourceEntry, ...]


def found_resources() -> ResourcesDocument:
    """Look for every resource."""
    return ResourcesDocument(resources=tuple(map(_describe, resources())))


def _describe(resource: Resource) -> ResourceEntry:
    found = resource.find()
    return ResourceEntry(
        name=resource.name,
        kind=resource.kind,
        purpose=resource.purpose,
        found=found.place if found else None,
        command=resource.command,
        digest=found.digest() if found else None,
        licence=resource.licence,
    )
