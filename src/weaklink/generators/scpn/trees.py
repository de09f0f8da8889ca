"""The top of a sentence's constituency tree, read off its dependency parse.

The outcome is a template: the label of the tree and those of its immediate constituents, in Penn's
names, as in ``(S (NP) (VP) (.))``. spaCy's parse (ClearNLP's labels) has no constituents, but at
this height they follow from the root of the parse and its children by a few rules:

- A root that is not a verb is a noun phrase, ``(NP (NP) (.))``, each thing that follows its noun
  being a constituent of its own, or else a fragment, ``(FRAG (ADJP) (.))``.
- A verb with its auxiliaries and all that follows is ``VP``; what stands before it is labelled one
  by one: ``NP``, ``PP``, ``ADVP``, a clause ``SBAR`` if a subordinator opens it and ``S`` if not.
- A conjunct of the root with a subject of its own makes both of them constituents:
  ``(S (S) (,) (CC) (S) (.))``; one without a subject is part of the ``VP``.
- Before a question mark, a tree is ``SBARQ`` if a question word or its phrase comes first, and
  ``SQ`` if an auxiliary comes before the subject.
- A clause that a subordinator or relative word opens, and that stands alone, is
  ``(FRAG (SBAR) (.))``.
- A number or letter in front that spaCy takes for the mark of a list is ``LST``.

Quotes, brackets and what hangs between them are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
_CLAUSES = frozenset({"advcl", "ccomp", "csubj", "csubjpass", "xcomp", "relcl", "acl", "parataxis"})
_VERB_GROUP = frozenset({"aux", "auxpass", "neg", "prt"})
_IN_NOUN_PHRASE = frozenset(
    {"det", "amod", "poss", "compound", "nummod", "predet", "nmod", "quantmod", "preconj", "case"}
)
_QUESTION = frozenset({"WRB", "WP", "WDT", "WP$"})
_MARKS = {",": ",", ":": ":", ";": ":", "-": ":", "--": ":", "–": ":", "...": ":"}
_BY_DEPENDENCY = {"cc": "CC", "intj": "INTJ", "prep": "PP", "agent": "PP", "acomp": "ADJP"}
_VERBS = frozenset({"VERB", "AUX"})
_BY_PART = {
    **dict.fromkeys(("NOUN", "PROPN", "PRON", "NUM", "DET", "SYM", "X"), "NP"),
    **dict.fromkeys(("VERB", "AUX"), "VP"),
    "ADJ": "ADJP",
    "ADV": "ADVP",
    "ADP": "PP",
    "SCONJ": "PP",
    "INTJ": "INTJ",
    "CCONJ": "CC",
    "PART": "ADVP",
}
_Tree: TypeAlias = tuple[str, list[str]]


def template(doc: Doc) -> str | None:
    """Return the template of a parsed sentence, or None where it is not exactly one sentence."""
    roots = [token for token in doc if token.dep_ == "ROOT" and not token.is_punct]
    if len(roots) != 1 or _BY_PART.get(roots[0].pos_) is None:
        return None
    root = roots[0]
    last = next((token.text for token in reversed(doc) if token.tag_ not in ("''", "-RRB-")), "")
    question = last.endswith("?")
    whole = _of_verb(root, question=question) if root.pos_ in _VERBS else _of_other(root)
    stop = ["."] if last[-1:] in (".", "!", "?") else []
    return write(whole[0], [*whole[1], *stop])


def write(label: str, constituents: Iterable[str]) -> str:
    """Write a template.

    >>> write("S", ["NP", "VP", "."])
    '(S (NP) (VP) (.))'
    """
    return f"({label} {' '.join(f'({constituent})' for constituent in constituents)})"


def labels(written: str) -> list[str]:
    """Return the labels of a template, that of the whole first.

    >>> labels("(S (NP) (VP) (.))")
    ['S', 'NP', 'VP', '.']
    """
    return written.replace("(", " ").replace(")", " ").split()


def _of_verb(root: Token, *, question: bool) -> _Tree:
    lefts = [child for child in root.lefts if not _is_left_out(child)]
    if coordinated := _coordinated(root):
        return coordinated
    opening = next((c for c in lefts if c.dep_ not in ("cc", "punct", "intj")), None)
    before = [_label(c) for c in takewhile(lambda c: c is not opening, lefts)]
    if opening is not None and opening.dep_ == "mark":
        return "FRAG", [*before, "SBAR"]
    if opening is not None and opening.dep_ not in _CLAUSES and _opens_question(opening):
        if question:
            return "SBARQ", [*before, _question_phrase(opening), "SQ"]
        return "FRAG", [*before, "SBAR"]
    if inverted := _inverted(root, lefts, question=question):
        return inverted
    ahead = [_label(c) for c in takewhile(lambda c: c.dep_ not in _VERB_GROUP, lefts)]
    return "S", [*ahead, "VP"]


def _inverted(root: Token, lefts: Sequence[Token], *, question: bool) -> _Tree | None:
    """Return the tree of a clause whose subject follows its first verb, if it does."""
    verbs = [root, *(c for c in lefts if c.dep_ in _VERB_GROUP)]
    first_verb = min(verbs, key=lambda token: token.i)
    subject = next((c for c in root.children if c.dep_ in _SUBJECTS), first_verb)
    ahead = [_label(c) for c in lefts if c.i < first_verb.i]
    if question and subject.i > first_verb.i:
        return "SQ", [*ahead, first_verb.tag_, "NP", *_rest(root, first_verb)]
    return ("SINV", [*ahead, "VP", "NP"]) if subject.i > root.i else None


def _rest(root: Token, first_verb: Token) -> list[str]:
    """Return what follows the subject of a question without a question word."""
    if first_verb is not root:
        return ["VP"]
    return [_label(c) for c in root.rights if c.dep_ in ("acomp", "attr", "prep", "advmod")][:1]


def _coordinated(root: Token) -> _Tree | None:
    """Return the tree of two clauses side by side, if that is what it is."""
    for child in root.children:
        joined = child.dep_ == "conj" and any(c.dep_ in _SUBJECTS for c in child.lefts)
        between = [c for c in root.rights if c.i < child.i]
        parted = child.dep_ == "ccomp" and child.i < root.i
        if joined and child.i > root.i:
            marks = [_MARKS[c.text] for c in between if c.text in _MARKS][-1:]
            return "S", ["S", *marks, *["CC" for c in between if c.dep_ == "cc"][-1:], "S"]
        if parted and any(_MARKS.get(c.text) == ":" for c in root.lefts if c.i > child.i):
            return "S", ["S", ":", "S"]
    return None


def _of_other(root: Token) -> _Tree:
    lefts = [child for child in root.lefts if not _is_left_out(child)]
    rights = [child for child in root.rights if not _is_left_out(child)]
    leading = list(takewhile(lambda c: c.dep_ not in _IN_NOUN_PHRASE, lefts))
    while leading and leading[-1].text not in _MARKS and leading[-1].dep_ not in _SUBJECTS:
        leading.pop()
    kind = _BY_PART[root.pos_]
    if root.tag_ in _QUESTION:
        kind = _question_phrase(root)
    if leading:
        return "FRAG", [*map(_label, leading), kind]
    if kind != "NP":
        return "FRAG", [kind]
    following = [_label(c) for c in rights if c.dep_ not in _IN_NOUN_PHRASE]
    while following and following[-1] in (",", ":"):
        following.pop()
    return "NP", ["NP", *following]


def _label(token: Token) -> str:
    """Return the label of the constituent that a child of the root heads."""
    if token.text in _MARKS:
        return _MARKS[token.text]
    if token.tag_ == "LS" or (token.dep_ == "meta" and token.i == 0):
        return "LST"
    if token.dep_ in _CLAUSES:
        return _clause(token)
    return _BY_DEPENDENCY.get(token.dep_) or _BY_PART.get(token.pos_, "NP")


def _clause(head: Token) -> str:
    opens = next((t for t in head.subtree if not t.is_punct), head)
    if any(c.dep_ == "mark" for c in head.lefts) or opens.tag_ in _QUESTION:
        return "SBAR"
    if head.dep_ == "acl" and head.tag_ in ("VBG", "VBN"):
        return "VP"
    return "SBAR" if head.dep_ == "relcl" else "S"


def _opens_question(token: Token) -> bool:
    """Return whether a constituent is a question word or begins with one, or "in which"."""
    beginning: Sequence[Token] = [t for t in token.subtree if not t.is_punct][:2]
    if beginning and beginning[0].tag_ in _QUESTION:
        return True
    return token.dep_ == "prep" and any(t.tag_ in _QUESTION for t in beginning)


def _question_phrase(token: Token) -> str:
    if token.dep_ == "prep":
        return "WHPP"
    if token.tag_ == "WRB" or token.pos_ == "ADV":
        return "WHADVP"
    return "WHADJP" if token.pos_ == "ADJ" else "WHNP"


def _is_left_out(token: Token) -> bool:
    """Return whether a child of the root has no label of its own."""
    stop = token.is_punct and token.text not in _MARKS
    return stop or (token.dep_ == "meta" and token.i > 0)
