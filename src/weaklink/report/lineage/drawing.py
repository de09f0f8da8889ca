"""A lineage as dots and lines: places, sizes, shades and words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from weaklink.lineage.evidence import TIERS
from weaklink.measures.results import Verdict
from weaklink.report.charts.labels import shortened
from weaklink.report.html import packed
from weaklink.report.lineage.known import KnownEdge, KnownLineage, KnownModel
from weaklink.report.lineage.layout import GraphLayout, layered
from weaklink.report.written import estimate, points
from weaklink.text import visible

STATED = "stated"
"""The kind of a line whose evidence a specification or a person gave."""
DRAWN = 300
"""Models that the page itself draws; its script draws the others from the data."""
LISTED = 50
"""Edges that the page itself lists; its script lists all of them when the list is opened."""
_QUOTED = 200
"""Letters of a quote in the page's own list; the script's has it whole."""
SHADES = ("up to 20 %", "up to 40 %", "up to 60 %", "up to 80 %", "up to 100 %")
"""Classes of success rates."""
VERDICTS: Mapping[Verdict, str] = {
    "less robust": "lost", "more robust": "gained", "undecided": "open",
}  # fmt: skip
_NAMES = 180
"""Pixels that a name under its dot may take."""
_LEAST, _GROWTH = 4.5, 0.8
"""Radius in pixels without downloads, and how much it grows with ten times as many."""
_BEND = 40


@dataclass(frozen=True, slots=True)
class ModelDot:
    """A model as a dot: its place and radius in pixels, its class of success rates, its name.

    ``label`` is empty where the generation is crowded, and ``said`` is what a screen reader says.
    """

    model: KnownModel
    x: float
    y: float
    radius: float
    shade: int | None
    label: str
    said: str


@dataclass(frozen=True, slots=True)
class EdgeLines:
    """All edges whose evidence is of one kind, as one path."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class DeltaLine:
    """An edge along which robustness was compared; ``kind`` is one of ``VERDICTS``."""

    kind: str
    path: str
    x: float
    y: float
    delta: str
    said: str


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """An edge in words; ``rank`` is the number that its delta is sorted by."""

    upstream: str
    downstream: str
    relation: str
    evidence: str
    delta: str
    rank: str
    quote: str


@dataclass(frozen=True, slots=True)
class DrawnLineage:
    """A lineage as it is drawn.

    Attributes:
        known: What is drawn.
        width: In pixels.
        height: Likewise.
        dots: The models that the page draws.
        lines: The edges between them, the strongest evidence first.
        deltas: Those edges that were measured, once more.
        listed: The edges that the page lists.
        data: All edges, and the other models, for the script.
    """

    known: KnownLineage
    width: float
    height: float
    dots: Sequence[ModelDot]
    lines: Sequence[EdgeLines]
    deltas: Sequence[DeltaLine]
    listed: Sequence[EdgeRow]
    data: Markup

    @property
    def said(self) -> str:
        """What a screen reader says of the whole."""
        return (
            f"{len(self.known.models):,} models and {len(self.known.edges):,} edges, upstreams "
            f"left and downstreams right. {self.known.about}"
        )

    @property
    def measured(self) -> bool:
        """Whether a model has a success rate."""
        return any(model.rate is not None for model in self.known.models)

    @property
    def unmeasured(self) -> bool:
        """Whether a model has none."""
        return any(model.rate is None for model in self.known.models)

    @property
    def counted(self) -> bool:
        """Whether downloads of a model are known."""
        return any(model.downloads is not None for model in self.known.models)


def drawn(known: KnownLineage) -> DrawnLineage:
    """Lay a lineage out."""
    known = replace(known, models=_first_ones_first(known))
    numbers = {model.name: number for number, model in enumerate(known.models)}
    ends = [(numbers[edge.upstream], numbers[edge.downstream]) for edge in known.edges]
    layout = layered(len(known.models), ends)
    kinds = [_kind(edge) for edge in known.edges]
    paths = [_path(layout, *pair) for pair in ends]
    here = [max(pair) < DRAWN for pair in ends]
    dots = [*_dots(known, layout)]
    return DrawnLineage(
        known=known,
        width=layout.width,
        height=layout.height,
        dots=dots[:DRAWN],
        lines=[
            EdgeLines(kind, "".join(_those(paths, [k == kind for k in kinds], here)))
            for kind in (*TIERS, STATED)
            if kind in kinds
        ],
        deltas=[*_deltas(known, layout, ends, paths)],
        listed=[_shortened(_row(edge)) for edge in known.edges[:LISTED]],
        data=packed(
            {
                "edges": [[*p, *_words(edge)] for p, edge in zip(ends, known.edges, strict=True)],
                "dots": [_values(dot) for dot in dots[DRAWN:]],
            }
        ),
    )


def _first_ones_first(known: KnownLineage) -> list[KnownModel]:
    """Return the models, before the others those that the page draws.

    These are the subject, the measured and the most downloaded ones, each with its ancestors.
    """
    above = dict[str, list[str]]()
    for edge in known.edges:
        above.setdefault(edge.downstream, []).append(edge.upstream)
    ranked = sorted(
        known.models,
        key=lambda one: (one.name != known.subject, one.rate is None, -(one.downloads or 0)),
    )
    first = set[str]()
    for model in ranked:
        waiting = [model.name]
        while waiting and len(first) < DRAWN:
            name = waiting.pop()
            if name not in first:
                first.add(name)
                waiting += above.get(name, ())
    return sorted(known.models, key=lambda one: one.name not in first)


def _those(paths: Sequence[str], *conditions: Sequence[bool]) -> Iterator[str]:
    for path, *holds in zip(paths, *conditions, strict=True):
        if all(holds):
            yield path


def _kind(edge: KnownEdge) -> str:
    return edge.tier or STATED


def _shortened(row: EdgeRow) -> EdgeRow:
    cut = len(row.quote) > _QUOTED
    return replace(row, quote=f"{row.quote[:_QUOTED]}…") if cut else row


def _values(dot: ModelDot) -> list[str | float | None]:
    """Return a dot for the script."""
    shade = "plain" if dot.shade is None else f"shade{dot.shade}"
    place = int(dot.x), int(dot.y), round(dot.radius, 1)
    return [visible(dot.said), dot.model.href, *place, shade, dot.label]


def _row(edge: KnownEdge) -> EdgeRow:
    return EdgeRow(
        edge.upstream,
        edge.downstream,
        edge.relation,
        ", ".join(filter(None, (_kind(edge), edge.method))),
        "" if edge.delta is None else estimate(edge.delta, "difference"),
        "" if edge.delta is None else f"{edge.delta.value:.9g}",
        edge.quote,
    )


def _words(edge: KnownEdge) -> list[str]:
    row = _row(edge)
    words = (row.relation, row.evidence, row.delta, row.rank, row.quote)
    return [_kind(edge), *map(visible, words)]


def _path(layout: GraphLayout, up: int, down: int) -> str:
    (x, y), (to_x, to_y) = ((layout.x[end], layout.y[end]) for end in (up, down))
    bend = max(_BEND, (to_x - x) / 2)
    arrives = to_x if layout.crowded[down] else to_x - bend
    points = ((x + bend, y), (arrives, to_y), (to_x, to_y))
    return f"M{x:.0f} {y:.0f}C" + " ".join(f"{x:.0f} {y:.0f}" for x, y in points)


def _deltas(
    known: KnownLineage, layout: GraphLayout, ends: Sequence[tuple[int, int]], paths: Sequence[str]
) -> Iterator[DeltaLine]:
    for edge, (up, down), path in zip(known.edges, ends, paths, strict=True):
        if edge.delta is not None and edge.verdict is not None:
            yield DeltaLine(
                kind=VERDICTS[edge.verdict],
                path=path,
                x=float(layout.x[up] + layout.x[down]) / 2,
                y=float(layout.y[up] + layout.y[down]) / 2,
                delta=points(edge.delta.value),
                said=f"{edge.upstream} → {edge.downstream}: downstream {edge.verdict}, delta "
                f"{estimate(edge.delta, 'difference')} points",
            )


def _dots(known: KnownLineage, layout: GraphLayout) -> Iterator[ModelDot]:
    measured = any(model.rate for model in known.models)
    for number, model in enumerate(known.models):
        rate = model.rate
        yield ModelDot(
            model=model,
            x=float(layout.x[number]),
            y=float(layout.y[number]),
            radius=_LEAST + _GROWTH * math.log10(1 + (model.downloads or 0)),
            shade=None if rate is None else max(0, math.ceil(rate.value * len(SHADES)) - 1),
            label="" if layout.crowded[number] else _short(model.name),
            said="; ".join(_said(model, measured=measured)),
        )


def _said(model: KnownModel, *, measured: bool) -> Iterator[str]:
    yield model.name
    if model.downloads is not None:
        yield f"{model.downloads:,} download{'' if model.downloads == 1 else 's'}"
    if model.rate is not None:
        yield f"asr_all {estimate(model.rate)}"
    elif measured:
        yield "not measured"


def _short(name: str) -> str:
    """Return the end of a name, which tells models of one owner apart."""
    return shortened(name.rpartition("/")[2] or name, _NAMES)
