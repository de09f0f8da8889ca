"""A gate as SARIF 2.1.0 (OASIS 2020), which code scanning shows as alerts."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import quote

from sarif_pydantic import (
    ArtifactLocation,
    Invocation,
    Level,
    Location,
    Message,
    PhysicalLocation,
    Region,
    ReportingDescriptor,
    Result,
    Run,
    Sarif,
    Tool,
    ToolDriver,
)

from weaklink.measures.gate import Bound, Judgement
from weaklink.text import visible
from weaklink.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(judgements: Sequence[Judgement], *, strict: bool) -> str:
    """Return one result for each figure that does not pass.

    A failed gate is a result of kind ``fail`` and level ``error``. One that is undecided or unknown
    is of kind ``open``. Passed ones are left out, since code scanning shows every result as an
    alert. A model has no line of code: its name stands as the file, and line 1 as the line.

    Args:
        judgements: What the bounds say.
        strict: Whether an undecided figure is a failure.
    """
    rules = {
        _rule(one.bound): f"{one.bound.measure}{one.kind} {one.bound.side} its bound"
        for one in judgements
    }
    driver = ToolDriver(
        name="weaklink",
        version=__version__,
        rules=[
            ReportingDescriptor(id=i, short_description=Message(text=t)) for i, t in rules.items()
        ],
    )
    run = Run(
        tool=Tool(driver=driver),
        invocations=[
            Invocation(execution_successful=all(one.figure is not None for one in judgements))
        ],
        results=[_result(one, strict=strict) for one in judgements if one.state != "passed"],
    )
    log = Sarif(schema_uri=SCHEMA, runs=[run])
    written: str = log.model_dump_json(by_alias=True, exclude_none=True, indent=2)
    return written + "\n"


def _result(judgement: Judgement, *, strict: bool) -> Result:
    rule = _rule(judgement.bound)
    fails = judgement.state == "failed" or (strict and judgement.state == "undecided")
    place = PhysicalLocation(
        artifact_location=ArtifactLocation(uri=quote(judgement.model)), region=Region(start_line=1)
    )
    same = f"{rule} {judgement.model} {judgement.attack} {judgement.dataset}"
    return Result(
        rule_id=rule,
        kind="fail" if fails else "open",
        level=Level.ERROR if fails else Level.NONE,
        message=Message(text=visible(judgement.sentence)),
        locations=[Location(physical_location=place)],
        partial_fingerprints={"weaklink/v1": sha256(same.encode()).hexdigest()},
    )


def _rule(bound: Bound) -> str:
    return "/".join(filter(None, (f"fail-{bound.side}", bound.attack, bound.measure)))
