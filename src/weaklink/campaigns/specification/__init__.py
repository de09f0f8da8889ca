"""What a campaign is asked to do; options, TOML keys and keyword arguments all derive from it."""

from weaklink.campaigns.specification.options import AuditOptions
from weaklink.campaigns.specification.sections import (
    Criteria,
    Finetuned,
    Guard,
    Hardened,
    Pretrained,
    StatedChain,
)
from weaklink.campaigns.specification.settings import Settings
from weaklink.campaigns.specification.specification import AUTO, Ends, Specification
from weaklink.campaigns.specification.toml_file import read_specification

__all__ = [
    "AUTO",
    "AuditOptions",
    "Criteria",
    "Ends",
    "Finetuned",
    "Guard",
    "Hardened",
    "Pretrained",
    "Settings",
    "Specification",
    "StatedChain",
    "read_specification",
]
