"""From a number to the outcomes behind it: a filter of the page's browser, as a link."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Query:
    """Which outcomes to show; None and an empty tuple choose nothing.

    Attributes:
        models: Any of these.
        attack: By this attack.
        dataset: On this data set.
        status: That ended so.
        fell: On samples that fell to the same attack against this model.
        replays: Whether texts found on an upstream are shown in place of attacks.
    """

    models: tuple[str, ...] = ()
    attack: str | None = None
    dataset: str | None = None
    status: str | None = None
    fell: str | None = None
    replays: bool = False

    @property
    def href(self) -> str:
        """The link into the page's list of outcomes."""
        pairs = [("model", model) for model in self.models]
        pairs += [
            (name, value)
            for name in ("attack", "dataset", "status", "fell")
            if (value := getattr(self, name)) is not None
        ]
        pairs += [("kind", "replay")] if self.replays else []
        return "#outcomes?" + urlencode(pairs, quote_via=quote)
