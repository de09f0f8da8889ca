"""From a specification to stored outcomes. Audits and studies differ only in size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.lazy import importer

if TYPE_CHECKING:
    from weaklink.campaigns.ancestry import Ancestry, find_upstream
    from weaklink.campaigns.command import command_of
    from weaklink.campaigns.demo import defence_study, evaluate_guards, make_chain
    from weaklink.campaigns.fluency import measure_fluency
    from weaklink.campaigns.result import AuditResult
    from weaklink.campaigns.single import attack_text
    from weaklink.campaigns.specification import Specification
    from weaklink.campaigns.start import audit, run_audit, run_study

_MODULES = {
    "Ancestry": "ancestry",
    "AuditResult": "result",
    "Specification": "specification",
    "attack_text": "single",
    "audit": "start",
    "command_of": "command",
    "defence_study": "demo",
    "evaluate_guards": "demo",
    "find_upstream": "ancestry",
    "make_chain": "demo",
    "measure_fluency": "fluency",
    "run_audit": "start",
    "run_study": "start",
}

__all__ = [
    "Ancestry",
    "AuditResult",
    "Specification",
    "attack_text",
    "audit",
    "command_of",
    "defence_study",
    "evaluate_guards",
    "find_upstream",
    "make_chain",
    "measure_fluency",
    "run_audit",
    "run_study",
]

__getattr__ = importer(__name__, _MODULES)
