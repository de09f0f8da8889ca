"""A gate as JUnit XML, which build servers show as tests."""

from __future__ import annotations

from collections.abc import Sequence

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from weaklink.measures.gate import Judgement
from weaklink.measures.results import State
from weaklink.text import visible

_RESULTS: dict[State, type[Failure | Error | Skipped]] = {
    "failed": Failure, "unknown": Error, "undecided": Skipped,
}  # fmt: skip


def to_junit(judgements: Sequence[Judgement], *, strict: bool) -> str:
    """Return one test for each figure that is judged.

    An unknown figure is an error, and an undecided one is a skipped test.

    Args:
        judgements: What the bounds say.
        strict: Whether an undecided figure is a failure.
    """
    suite = TestSuite("weaklink gate")
    for judgement in judgements:
        name = f"{judgement.bound}{judgement.kind} under {judgement.attack} on {judgement.dataset}"
        case = TestCase(visible(name), classname=visible(judgement.model))
        if judgement.state != "passed":
            failed = strict and judgement.state == "undecided"
            kind = Failure if failed else _RESULTS[judgement.state]
            case.result = [kind(visible(judgement.sentence), judgement.state)]
        suite.add_testcase(case)
    document = JUnitXml()
    document.add_testsuite(suite)
    written: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return written.decode("utf-8")
