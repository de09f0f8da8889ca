"""Any Python function from texts to probabilities as a victim."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import marshal
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np

from weaklink.errors import WeaklinkError, guess
from weaklink.guards.deadline import OutOfTime, within
from weaklink.text.pairs import Beside, parted, segments
from weaklink.victims.pairs import check_texts
from weaklink.victims.protocol import Encoded, Floats, ModelGone

Function: TypeAlias = Callable[[list[Any]], Any]
"""Of texts, or of pairs of texts."""

T = TypeVar("T")

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
_SUM_TOLERANCE = 1e-3
_FEWEST_LABELS = 2
_LONGEST_LABEL = 1_000
_MATRIX = 2
_PROBE = "a good film"
_PROBE_PAIR = Beside(after=_PROBE).whole(_PROBE)


class CallableVictim:
    """A function that maps a list of texts to one row of probabilities per text.

    The function may carry an attribute ``labels`` with the names of its labels; without it they
    are ``LABEL_0``, ``LABEL_1`` and so on. Its rows must not depend on the rest of the list.
    With a true attribute ``pairs`` it is given pairs of texts (tuples) in the place of texts.

    Args:
        function: The function.
        name: How the user named it.
        timeout: Seconds that it may take for one list of texts, in a thread of its own; None: as
            long as it likes.

    Raises:
        WeaklinkError: The function does not give one row of probabilities per text.
    """

    def __init__(self, function: Function, name: str, timeout: float | None = None) -> None:
        self.name = name
        self._function = function
        self._timeout = timeout
        self.reads_pairs = self._of_user(lambda: bool(getattr(function, "pairs", False)))
        self.reads_texts = not self.reads_pairs
        self.no_pairs = "" if self.reads_pairs else "the function has no true attribute pairs"
        columns = self._try().shape[1]
        default = [f"LABEL_{i}" for i in range(columns)]
        named = self._of_user(lambda: getattr(function, "labels", default))
        if not isinstance(named, list | tuple) or not all(isinstance(one, str) for one in named):
            raise self._fault("has labels that are not a list of names")
        self.labels = tuple(label.encode(errors="replace").decode() for label in named)
        if any(len(label) > _LONGEST_LABEL for label in self.labels):
            raise self._fault(f"has a label of more than {_LONGEST_LABEL:,} characters")
        if len(set(self.labels)) < len(self.labels):
            raise self._fault("has two labels of the same name")
        if len(self.labels) != columns:
            raise self._fault(f"gives {columns} probabilities for its {len(self.labels)} labels")

    @property
    def unknown(self) -> str:
        """A word that it reads as unknown, as most tokenizers write it."""
        return "[UNK]"

    @property
    def fingerprint(self) -> str:
        """Digest of its name and of the file that defines it; what that file reads is not seen.

        Of a function that stands in no file, as in a notebook, it is of its own source.
        """
        digest = hashlib.sha256(self.name.encode())
        function = inspect.unwrap(self._function)
        defined = function if inspect.isroutine(function) else type(function)
        digest.update(_source_of(defined))
        return digest.hexdigest()

    @property
    def details(self) -> dict[str, str]:
        """What it is, for people."""
        return {"source": f"Python callable {self.name}"}

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the texts: the function may tell any two apart."""
        return list(texts)

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return probabilities of shape (batch, labels), each row made to sum to one.

        Raises:
            ModelGone: The function takes longer than it may.
            WeaklinkError: It gives no probabilities.
        """
        probabilities = self._ask([str(text) for text in batch])
        if probabilities.shape[1] != len(self.labels):
            raise self._fault(f"gave {probabilities.shape[1]} labels, then {len(self.labels)}")
        return probabilities

    def visible(self, text: str) -> int:
        """Return the length of what is attacked: the function is given all of it."""
        return len(parted(text)[0])

    def _try(self) -> Floats:
        """Ask for one text, so that an unsuitable function is found at once."""
        probe = _PROBE_PAIR if self.reads_pairs else _PROBE
        return self._of_user(lambda: self._ask([probe]))

    def _of_user(self, work: Callable[[], T]) -> T:
        """Return what a user's code gives, or tell what it raises."""
        try:
            return work()
        except (WeaklinkError, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise self._fault(_told(error)) from error

    def _ask(self, texts: list[str]) -> Floats:
        check_texts(self, texts)
        asked: list[Any] = [segments(text) if self.reads_pairs else text for text in texts]
        try:
            answer = _in_time(self.name, self._timeout, partial(self._function, asked))
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:  # which would end the process
            raise self._fault(_told(error)) from error
        try:
            array = partial(np.asarray, answer, dtype=np.float64)
            rows = _in_time(self.name, self._timeout, array)
        except (TypeError, ValueError) as error:
            raise self._fault("does not return numbers in rows of equal length") from error
        if rows.ndim != _MATRIX or len(rows) != len(texts) or rows.shape[1] < _FEWEST_LABELS:
            expected = f"({len(texts)}, at least {_FEWEST_LABELS})"
            raise self._fault(f"returns shape {rows.shape} where {expected} is expected")
        if not np.isfinite(rows).all() or (rows < 0).any():
            raise self._fault("returns negative or non-finite probabilities")
        sums = rows.sum(axis=1, keepdims=True)
        worst = sums.flat[np.abs(sums - 1.0).argmax()]
        if abs(worst - 1.0) > _SUM_TOLERANCE:
            raise self._fault(f"returns rows that do not sum to 1 (one sums to {worst:.4g})")
        return np.asarray(rows / sums)

    def _fault(self, fault: str) -> WeaklinkError:
        return WeaklinkError(
            f"{self.name} {fault}.",
            "Make it return one row of probabilities for each text.",
        )


def _in_time(name: str, seconds: float | None, work: Callable[[], T]) -> T:
    """Return what a user's code returns.

    Raises:
        ModelGone: It takes longer than it may.
    """
    try:
        return within(seconds, work)
    except OutOfTime as error:
        raise ModelGone(
            f"{name} did not return within {seconds:g} s.",
            "Mend it, or give more time with --function-timeout.",
        ) from error


def _source_of(defined: Any) -> bytes:  # noqa: ANN401 - a function or a class
    """Return the file that defines something, or its own source, or its code."""
    with suppress(TypeError, OSError):
        path = inspect.getsourcefile(defined)
        if path is not None and Path(path).is_file():
            return Path(path).read_bytes()
    with suppress(TypeError, OSError):
        return inspect.getsource(defined).encode()
    code = getattr(defined, "__code__", None)
    return b"" if code is None else marshal.dumps(code)


def _told(error: BaseException) -> str:
    """Return what a user's code raised, and at which of its lines."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    if isinstance(error, SyntaxError):
        place = f"{Path(error.filename or '').name}, line {error.lineno}"
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - it is the user's, too
        said = "an error that cannot be printed"
    raised = "raised" if isinstance(error, Exception) else "ends the process by"
    return f"{raised} {type(error).__name__}: {said} ({place})"


def names_callable(name: str) -> bool:
    """Return whether ``name`` has the form ``package.module:function``."""
    return _NAME.fullmatch(name) is not None


def load_callable(name: str, timeout: float | None = None) -> CallableVictim:
    """Import ``package.module:function``; modules of the working directory are found too.

    Args:
        name: Its name.
        timeout: Seconds that the import, and the function for one list of texts, may take; None: as
            long as they like.

    Raises:
        WeaklinkError: There is no such module or function, it is not a victim, or takes too long.
    """
    module_name, _, attribute = name.partition(":")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = _in_time(name, timeout, partial(importlib.import_module, module_name))
        function = getattr(module, attribute, None)
    except ModuleNotFoundError as error:
        raise WeaklinkError(
            f"{name} cannot be imported: {error}.",
            "Give package.module:function, importable from the working directory.",
        ) from error
    except (ModelGone, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise WeaklinkError(
            f"{name} cannot be imported: the module {_told(error)}.", "Mend that module."
        ) from error
    if not callable(function):
        functions = [one for one, found in vars(module).items() if callable(found)]
        raise WeaklinkError(
            f"the module {module_name} has no function {attribute}.",
            f"{guess(attribute, functions)}Give package.module:function.",
        )
    return CallableVictim(function, name, timeout)
