"""The templates that the attack asks for.

Iyyer et al. 2018, Adversarial Example Generation with Syntactically Controlled Paraphrase Networks,
https://aclanthology.org/N18-1170: the ten templates of the code that the authors released, written
without the outermost ``ROOT``.
"""

TEMPLATES: tuple[str, ...] = (
    "(S (NP) (VP) (.))",
    "(S (VP) (.))",
    "(NP (NP) (.))",
    "(SBARQ (WHADVP) (SQ) (.))",
    "(FRAG (SBAR) (.))",
    "(S (SBAR) (,) (NP) (VP) (.))",
    "(S (S) (,) (CC) (S) (.))",
    "(S (LST) (VP) (.))",
    "(S (PP) (,) (NP) (VP) (.))",
    "(S (ADVP) (NP) (VP) (.))",
)
