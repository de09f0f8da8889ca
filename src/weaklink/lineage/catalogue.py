"""Which model a name means: aliases of moved and renamed models, homonyms, misspellings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

from weaklink.lineage.families import well_known
from weaklink.lineage.ids import bare_name, parts

ID = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,95}")
PATH = re.compile(
    r"checkpoint|^\.|^(?:output\w*|results?|models?|content|home|tmp|mnt|data|drive)/",
    re.IGNORECASE,
)
"""Folders on somebody's machine, which look like ids but are none."""
ALIKE = 0.94

_TASK_HEAD = re.compile(r"For(?!MaskedLM|PreTraining|CausalLM|ConditionalGeneration)")

_LETTERS_OFF = 2
_MOST_RENAMES = 4


@cache
def _aliases() -> tuple[dict[str, str], dict[str, str]]:
    source = files("weaklink.lineage").joinpath("aliases.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    renamed = {old.lower(): new for old, new in table["renamed"].items()}
    for organisation, names in table["moved"].items():
        renamed |= {name.lower(): f"{organisation}/{name}" for name in names}
    return renamed, {old.lower(): new for old, new in table["organisations"].items()}


def current(model_id: str, renamed: Mapping[str, str] | None = None) -> str:
    """Return the id under which the Hub knows a model today, as far as the alias table goes.

    Args:
        model_id: An id, old or new.
        renamed: Further renames that a snapshot has seen, by lower-case old id.

    >>> current("bert-base-uncased")
    'google-bert/bert-base-uncased'
    """
    table, organisations = _aliases()
    for _ in range(_MOST_RENAMES):
        key = model_id.lower()
        owner, slash, name = model_id.partition("/")
        new = (renamed or {}).get(key) or table.get(key)
        if new is None and slash and owner.lower() in organisations:
            new = f"{organisations[owner.lower()]}/{name}"
        if new is None or new.lower() == key:
            break
        model_id = new
    return model_id


def aliases_of(renamed: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return every id, in lower case, that the tables or a snapshot's renames give another for."""
    table, _ = _aliases()
    return frozenset(table) | frozenset(new.lower() for new in table.values()) | set(renamed or {})


def same(one: str, other: str) -> bool:
    """Tell whether two ids name one model."""
    return current(one).lower() == current(other).lower()


class Catalogue:
    """The models of a snapshot and the well-known bases, by id and by name.

    Args:
        ids: The ids in the snapshot.
        renamed: Renames that the snapshot has seen.
        types: Model types by id, as far as known.
        architectures: The classes that configurations name, by id, as far as known.
        languages: Declared languages by id.
    """

    def __init__(
        self,
        ids: Iterable[str],
        renamed: Mapping[str, str] | None = None,
        types: Mapping[str, str] | None = None,
        architectures: Mapping[str, str] | None = None,
        languages: Mapping[str, list[str]] | None = None,
    ) -> None:
        self._architectures = dict(architectures or {})
        self._languages = dict(languages or {})
        self._renamed = {old.lower(): new for old, new in (renamed or {}).items()}
        self._ids: dict[str, str] = {}
        self._tails: dict[str, list[str]] = {}
        self._types = dict(types or {})
        for model_id in ids:
            self._add(model_id)
        self._bases: dict[str, str] = {}
        self._loose = {_loosely(i): i for i in self._ids.values()}
        for family in well_known().families:
            for model_id in family.ids():
                name = bare_name(model_id)
                if well_known().means(name) in (model_id, "") and not name.isalpha():
                    self._bases[name] = model_id
                self._types.setdefault(self.resolve(model_id), family.type)
            self._loose |= {_loosely(i): i for i in family.ids() if _loosely(i) not in self._loose}
        self._bases |= {bare_name(new): new for new in _aliases()[0].values()}
        self._by_words = {tuple(sorted(parts(name))): base for name, base in self._bases.items()}

    def __contains__(self, model_id: str) -> bool:
        return current(model_id, self._renamed).lower() in self._ids

    def _add(self, model_id: str) -> None:
        key = current(model_id, self._renamed).lower()
        if key not in self._ids or model_id.lower() == key:
            self._ids[key] = model_id
        self._tails.setdefault(bare_name(model_id), []).append(model_id)

    def resolve(self, model_id: str) -> str:
        """Return the snapshot's own spelling of an id; today's spelling if it is not in there.

        An id that differs from a known one by hyphens and underscores alone means that one.
        """
        new = current(model_id, self._renamed)
        return self._ids.get(new.lower()) or self._loose.get(_loosely(new), new)

    def type(self, model_id: str) -> str | None:
        """Return the model type of a model's configuration, if it is known."""
        return self._types.get(model_id)

    def solves_a_task(self, model_id: str) -> bool:
        """Tell whether a model's class has a head for a task, and not one of pre-training."""
        return _TASK_HEAD.search(self._architectures.get(model_id, "")) is not None

    def languages(self, model_id: str) -> list[str]:
        """Return the languages that a model declares."""
        return self._languages.get(model_id, [])

    def base(self, name: str) -> str | None:
        """Return the well-known base that is called ``name`` without an organisation."""
        found = self._bases.get(name.lower())
        return self.resolve(found) if found else None

    def tail(self, name: str, owner: str) -> str | None:
        """Return the model that ``name`` means on a card of ``owner``.

        Among homonyms the owner's own comes first; otherwise a name means a model only when no
        other model bears it.
        """
        homonyms = self._tails.get(name.lower(), [])
        own = [i for i in homonyms if i.lower() == f"{owner}/{name}".lower()]
        distinct = {self.resolve(i) for i in own or homonyms}
        return distinct.pop() if len(distinct) == 1 else None

    def misspelt(self, name: str) -> str | None:
        """Return the well-known base that ``name`` all but spells, or whose words it has.

        Of a misspelling the first and last letter, digits and casing must agree.
        """
        name = name.lower()
        if permuted := self._by_words.get(tuple(sorted(parts(name)))):
            return self.resolve(permuted)
        alike = [
            (ratio, base)
            for base in self._bases
            if (base[0], base[-1]) == (name[0], name[-1])
            and abs(len(base) - len(name)) <= _LETTERS_OFF
            and _digits(base) == _digits(name)
            and ("uncased" in base) == ("uncased" in name)
            and (ratio := SequenceMatcher(None, name, base).ratio()) >= ALIKE
        ]
        alike.sort(reverse=True)
        if not alike or (len(alike) > 1 and alike[0][0] == alike[1][0]):
            return None
        return self.resolve(self._bases[alike[0][1]])


def _loosely(model_id: str) -> str:
    return model_id.lower().replace("_", "-")


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)
