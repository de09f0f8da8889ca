"""The peers' decision rules as attacks on weaklink's engine, so that both do the same work.

They live here and nowhere in the product: its attacks are the published algorithms. What a peer
does by accident (state that leaks from one text to the next, say) is left out, and shows as a
disagreement.
"""

from rules.openattack import openattack_pwws, openattack_textfooler
from rules.textattack import textattack_pwws, textattack_textfooler

RULES = {
    rule.name: rule
    for rule in (textattack_pwws, textattack_textfooler, openattack_pwws, openattack_textfooler)
}

__all__ = ["RULES"]
