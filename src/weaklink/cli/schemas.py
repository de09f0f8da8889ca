"""Every kind of JSON document that a command prints or writes."""

from __future__ import annotations

from weaklink.cli.attack_documents import AttackDocument, AttacksDocument
from weaklink.cli.commands.runs.plan import MarginPlan
from weaklink.defences.documents import DetectionReport, DetectionScores
from weaklink.doctor.health import Health
from weaklink.doctor.listing import ResourcesDocument
from weaklink.document import Document
from weaklink.lineage.weights.document import VerifiedLineage
from weaklink.measures import Results
from weaklink.measures.humans.readers import HumanValidity
from weaklink.measures.runs.compare import RunComparison
from weaklink.measures.runs.forecast import Forecast
from weaklink.popularity.compare import SnapshotComparison
from weaklink.popularity.compare_reports import PopularityComparison
from weaklink.popularity.measure import PopularityReport
from weaklink.report.site.leaderboard import Leaderboard
from weaklink.store.outcome_document import OutcomeDocument

_WRITERS: dict[type[Document], tuple[str, ...]] = {
    Leaderboard: ("site build",),
    Results: ("audit", "report", "study run", "study report"),
    OutcomeDocument: ("attack", "outcomes"),
    AttacksDocument: ("attacks list",),
    AttackDocument: ("attacks show",),
    ResourcesDocument: ("resources list",),
    Health: ("doctor",),
    VerifiedLineage: ("lineage verify",),
    PopularityReport: ("lineage stats",),
    HumanValidity: ("validate read",),
    SnapshotComparison: ("lineage compare",),
    PopularityComparison: ("lineage compare",),
    RunComparison: ("compare",),
    Forecast: ("audit --forecast",),
    MarginPlan: ("plan",),
    DetectionReport: ("detect eval",),
    DetectionScores: ("detect score",),
}

KINDS: dict[str, type[Document]] = {
    document.model_fields["kind"].default: document for document in _WRITERS
}
"""Every kind of document by its name."""
WRITERS: dict[str, tuple[str, ...]] = {kind: _WRITERS[document] for kind, document in KINDS.items()}
"""The commands that print or write each kind."""
