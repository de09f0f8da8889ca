"""One command from a model's name to its figures."""

from weaklink.auditing.ancestry import Ancestry, find_upstream
from weaklink.auditing.audit import audit, run_audit
from weaklink.auditing.demo import make_chain
from weaklink.auditing.fluency import measure_fluency
from weaklink.auditing.result import AuditResult
from weaklink.auditing.single import attack_text
from weaklink.auditing.specification import Specification

__all__ = [
    "Ancestry",
    "AuditResult",
    "Specification",
    "attack_text",
    "audit",
    "find_upstream",
    "make_chain",
    "measure_fluency",
    "run_audit",
]
