"""One command from a model's name to its figures."""

from weaklink.campaigns.ancestry import Ancestry, find_upstream
from weaklink.campaigns.audit import audit, run_audit
from weaklink.campaigns.demo import make_chain
from weaklink.campaigns.fluency import measure_fluency
from weaklink.campaigns.result import AuditResult
from weaklink.campaigns.single import attack_text
from weaklink.campaigns.specification import Specification

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
