"""Mermaid: a flowchart for Markdown."""

from __future__ import annotations

from weaklink.lineage.graph.surroundings import Surroundings

_LINES = {
    "weights": "==>",
    "declared": "-->",
    "text": "-.->",
    "inferred": "-.->",
    "name": "-. ? .->",
}
_DOUBTS = {"unresolved": "no known model", "refuted": "refuted by weights"}


def to_mermaid(around: Surroundings) -> str:
    """Return a flowchart.

    Thick arrows are seen in weights, solid ones declared, dashed ones read or inferred; "?" is by
    name alone.
    """
    names = {model: f"m{i}" for i, model in enumerate(sorted(around.models["id"]))}
    lines = ["flowchart LR"]
    lines += [f'    {name}["{_escaped(model)}"]' for model, name in names.items()]
    for edge in around.edges.iter_rows(named=True):
        arrow = _LINES[edge["tier"]]
        label = "" if edge["tier"] == "name" else f"|{edge['relation']}|"
        lines.append(f"    {names[edge['upstream']]} {arrow}{label} {names[edge['downstream']]}")
    for kind, by_model in around.doubts.items():
        for model, said in by_model.items():
            for place, text in enumerate(said):
                end, why = names[model], _DOUBTS[kind]
                lines.append(f'    {end}{kind[0]}{place}(["{_escaped(text)}"]) -. {why} .-> {end}')
    lines.append(f"    style {names[around.model]} stroke-width:3px")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Return text with all that Mermaid or HTML could read as markup as entities."""
    return "".join(c if c.isalnum() or c in "/-_. " else f"#{ord(c)};" for c in text)
