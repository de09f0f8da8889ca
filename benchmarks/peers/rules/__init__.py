"""TextAttack's decision rules as attacks on weaklink's engine, so that both do the same work.

They live here and not in the product. OpenAttack's are the product's attacks ``openattack-*``.
"""

from rules.textattack import textattack_pwws, textattack_textfooler

RULES = {rule.name: rule for rule in (textattack_pwws, textattack_textfooler)}

__all__ = ["RULES"]
