"""CycloneDX VEX: which descendants a weakness of a base affects, as far as is known."""

from __future__ import annotations

from typing import Any

import polars as pl

from weaklink.lineage.exports.cyclonedx import component, document, lineage_properties

NEGLIGIBLE = 0.05
"""Sample transfer that a descendant that is not affected has at most, with 95 % confidence."""


def to_vex(base: str, revision: str | None, rows: pl.DataFrame, weakness: str) -> str:
    """Return a CycloneDX 1.6 document with one vulnerability, and the models that it affects.

    A descendant is ``exploitable`` where transfer along its link was measured and is above zero,
    ``not_affected`` where it is zero and its interval ends at ``NEGLIGIBLE`` or below, and
    ``in_triage`` where too few samples or none were measured.

    Args:
        base: The weak model.
        revision: Its revision, if known.
        rows: The table of ``notice``.
        weakness: What is wrong with the base, in words.
    """
    subject = component(base, revision)
    components, found = list[dict[str, object]](), list[dict[str, object]]()
    for row in rows.iter_rows(named=True):
        affected = component(row["id"], None, _evidence(row))
        affected["bom-ref"] = affected["purl"]
        components.append(affected)
        found.append(
            {
                "bom-ref": f"weakness:{affected['purl']}",
                "id": f"weaklink:{base}",
                "source": {"name": "weaklink"},
                "description": weakness,
                "analysis": {"state": _state(row), "detail": _detail(base, row)},
                "affects": [{"ref": affected["purl"]}],
            }
        )
    return document(subject, components=components, vulnerabilities=found)


def _state(row: dict[str, Any]) -> str:
    if not row["measured"]:
        return "in_triage"
    if row["transfer"]:
        return "exploitable"
    return "not_affected" if row["transfer_high"] <= NEGLIGIBLE else "in_triage"


def _detail(base: str, row: dict[str, Any]) -> str:
    share = row["transfer"]
    if share is None:
        return f"Descends from {base}. How much of the weakness reaches it was not measured."
    measured = "was measured on {transfer_n} samples, and is {transfer_high:.0%} at most"
    whose = measured.format(**row) if row["measured"] else "is the mean of measured links"
    return f"Descends from {base}. Sample transfer of {share:.0%} {whose}."


def _evidence(row: dict[str, object]) -> list[dict[str, str]]:
    stated = ("upstream", "relation", "tier", "quote", "depth", "downloads")
    return lineage_properties({name: row[name] for name in stated if row[name] is not None})
