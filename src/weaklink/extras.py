"""What weaklink can do only with packages that a plain installation leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from weaklink.errors import WeaklinkError


@dataclass(frozen=True, slots=True)
class Extra:
    """Packages that are installed together.

    Attributes:
        name: What ``pip install 'weaklink[NAME]'`` calls them.
        purpose: What they are needed for.
        modules: The modules that are imported of them.
    """

    name: str
    purpose: str
    modules: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command that installs them."""
        return f"pip install 'weaklink[{self.name}]'"

    def missing(self) -> list[str]:
        """Return the modules that are not installed."""
        return [module for module in self.modules if find_spec(module) is None]


EXTRAS = (
    Extra("adapters", "LoRA adapters as victims", ("peft",)),
    Extra("fast", "faster scores on a CPU", ("onnx", "onnxruntime", "openvino")),
    Extra("japanese", "tokenizers of Japanese models", ("fugashi", "unidic_lite")),
    Extra("postgresql", "stores on a server", ("adbc_driver_postgresql", "psycopg")),
    Extra("ray", "campaigns on a cluster", ("ray",)),
    Extra("remote", "language models and APIs over HTTP", ("jmespath", "openai")),
    Extra("view", "weaklink view", ("starlette", "uvicorn")),
)


def lack_of(error: BaseException) -> WeaklinkError | None:
    """Return what to say of a module that was not found; None where no extra has it.

    Args:
        error: What an import raised, or what a library made of that.
    """
    module = _missing(error)
    extra = next((one for one in EXTRAS if module in one.modules), None)
    if extra is None:
        return None
    return WeaklinkError(
        f"This needs {module}, which is not installed.", f"Install it: {extra.command}"
    )


def _missing(error: BaseException | None) -> str:
    """Return the package that was not found; "" if another error began it all."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            return error.name.partition(".")[0]
        error = error.__cause__ or error.__context__
    return ""
