"""Where a text names models: by link, by id, by bare name or by family."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from weaklink.lineage.cards.card import CardLink
from weaklink.lineage.catalogue import ID, PATH, Catalogue
from weaklink.lineage.families import Family, well_known
from weaklink.lineage.ids import begins

How = Literal["link", "id", "name", "family", "family+name", "misspelt", "open"]

_HUB = frozenset({"huggingface.co", "hf.co"})
_NOT_MODELS = frozenset(
    {
        "api", "blog", "chat", "collections", "course", "datasets", "docs", "front", "hub",
        "inference", "inference-api", "inference-endpoints", "join", "learn", "login", "metrics",
        "models", "new", "nlp", "organizations", "papers", "posts", "pricing", "search",
        "settings", "spaces", "t", "tasks", "terms-of-service", "transformers",
    }
)  # fmt: skip
_BARE = ("base", "pretrain", "pretrained", "mlm", "lm")
_VIEWS = frozenset({"tree", "blob", "resolve", "raw", "commit", "commits", "discussions", "edit"})
_URL = re.compile(r"https?://[^\s<>\"'`|)\]]{1,400}")
_TOKEN = re.compile(
    r"(?<![\w/@.:-])[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?(?![\w/@])", re.ASCII
)
ARCHITECTURE = re.compile(
    r"bert|bart|electra|gpt|t5|xlnet|xlm|minilm|mpnet|llama|mistral|qwen|gemma|phi|falcon|bloom|opt"
    r"|pythia|former|w2v|wav2vec|clip|vit|mamba|glm|bird|luke|ernie|tapas|pegasus|umberto",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A model named in a text.

    Attributes:
        start: Where it begins in the text.
        end: Where it ends.
        written: How it is written there.
        model: The id that it means, or None where that stays open.
        how: By what it is named.
    """

    start: int
    end: int
    written: str
    model: str | None
    how: How


class Finder:
    """Finds the models that the card of one downstream names.

    Args:
        catalogue: What names mean.
        downstream: Whose card it is.
    """

    def __init__(self, catalogue: Catalogue, downstream: str) -> None:
        self._catalogue = catalogue
        self._owner, _, self._name = downstream.rpartition("/")
        self._hints = frozenset(re.findall(r"[a-z]+\d*|\d+", self._name.lower()))

    def find(self, text: str, links: tuple[CardLink, ...] = ()) -> list[Mention]:
        """Return the mentions in ``text``, in order and without overlaps."""
        linked = [*self._links(text, links)]
        named = sorted(self._names(text), key=lambda m: (m.start - m.end, m.model is None))
        found: list[Mention] = []
        for candidate in (*linked, *named):
            if all(candidate.end <= m.start or m.end <= candidate.start for m in found):
                found.append(candidate)
        return sorted(found, key=lambda m: m.start)

    def _links(self, text: str, links: tuple[CardLink, ...]) -> Iterator[Mention]:
        for link in links:
            if mention := self._linked(
                link.start, link.end, text[link.start : link.end], link.target
            ):
                yield mention
        for url in _URL.finditer(text):
            target = url[0].rstrip(".,;:")
            if mention := self._linked(url.start(), url.start() + len(target), target, target):
                yield mention

    def _names(self, text: str) -> Iterator[Mention]:
        for token in _TOKEN.finditer(text):
            if mention := self._token(token.start(), token[0].rstrip(".-")):
                yield mention
        for named in well_known().find(text):
            written = text[named.start : named.end]
            yield Mention(named.start, named.end, written, *self._member(named.family, named.said))

    def _linked(self, start: int, end: int, written: str, target: str) -> Mention | None:
        model = hub_model(target)
        if model is None:
            family = well_known().linked(target)
            return self._page(start, end, written, family) if family else None
        if (
            "/" not in model
            and self._catalogue.base(model) is None
            and model not in self._catalogue
        ):
            return None
        resolved = self._catalogue.resolve(model)
        tokens = _TOKEN.findall(written) if written != target else []
        said = next((named for token in tokens if (named := self.named(token))), None)
        if said and said != resolved:
            return Mention(start, end, written, said, "name")
        return Mention(start, end, written, resolved, "link")

    def _page(self, start: int, end: int, written: str, family: Family) -> Mention:
        said = frozenset[str]().union(*(n.said for n in well_known().find(written)))
        return Mention(start, end, written, *self._member(family, said))

    def _member(self, family: Family, said: frozenset[str]) -> tuple[str | None, How]:
        if model := family.named(said):
            return self._catalogue.resolve(model), "family"
        if (model := family.named(said, self._hints)) and self._hints & set(family.words):
            return self._catalogue.resolve(model), "family+name"
        return None, "open"

    def _token(self, start: int, written: str) -> Mention | None:
        if PATH.search(written):
            return None
        end, telling = start + len(written), ARCHITECTURE.search(written) is not None
        if "/" in written:
            if written in self._catalogue or (telling and re.search(r"[-_\d]", written)):
                return Mention(start, end, written, self._catalogue.resolve(written), "id")
        elif model := self.named(written) or self._own_base(written):
            return Mention(start, end, written, model, "name")
        elif "-" in written and (model := self._catalogue.misspelt(written)):
            return Mention(start, end, written, model, "misspelt")
        elif telling and len(re.findall(r"[-_]", written)) > 1:
            return Mention(start, end, written, None, "open")
        return None

    def named(self, name: str) -> str | None:
        """Return the model that an id, or a name without an organisation, means on this card."""
        if not ID.fullmatch(name):
            return None
        if "/" in name:
            return self._catalogue.resolve(name)
        if known := self._catalogue.base(name) or self._sibling(name):
            return known
        if not ARCHITECTURE.search(name) or not re.search(r"[-_\d]", name):
            return None
        model = self._catalogue.tail(name, self._owner)
        if model and well_known().means(name) != "" and model.partition("/")[0] != self._owner:
            return None
        return model

    def _sibling(self, name: str) -> str | None:
        """Return the owner's own model of that name, if the downstream's name goes on from it."""
        model = f"{self._owner}/{name}"
        going_on = begins(self._name, name) and re.search(r"[-_\d]", name)
        return self._catalogue.resolve(model) if going_on and model in self._catalogue else None

    def _own_base(self, name: str) -> str | None:
        """Return the owner's one model of that name with "base", "pretrained" or the like."""
        models = [f"{self._owner}/{name}-{word}" for word in _BARE]
        found = [model for model in models if model in self._catalogue]
        one = len(found) == 1 and begins(self._name, name)
        return self._catalogue.resolve(found[0]) if one else None


def hub_model(target: str) -> str | None:
    """Return the model id in an address on the Hub.

    >>> hub_model("https://huggingface.co/google/electra-base-discriminator?text=x#y")
    'google/electra-base-discriminator'
    >>> hub_model("https://huggingface.co/datasets/imdb") is None
    True
    """
    try:
        address = urlsplit(target)
    except ValueError:
        return None
    host = address.netloc.lower().removeprefix("www.")
    if host not in _HUB and (host or address.scheme or not target.startswith("/")):
        return None
    parts = [unquote(part) for part in address.path.split("/") if part]
    if not parts or parts[0].lower() in _NOT_MODELS or (parts[2:] and parts[2] not in _VIEWS):
        return None
    model = "/".join(parts[:2]).rstrip(".,;:")
    return model if ID.fullmatch(model) and not PATH.search(model) else None
