"""No test touches what is private to a module or an object of the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PROTOCOLS = {"_asdict", "_fields", "_replace", "_repr_html_"}
"""Names that start with an underscore and are public: of named tuples and of IPython."""
OTHERS = {"_attn_implementation"}
"""What transformers tells in no other way."""


def is_private(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.strip("_") != "" and last[0] == "_" and not (
        last.startswith("__") or last in PROTOCOLS | OTHERS
    )  # fmt: skip


def assigned(tree: ast.AST) -> set[str]:
    """Return the names that a test file itself gives to functions, classes and attributes."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                names.add(name)
    return names


def touched(tree: ast.AST) -> Iterator[str]:
    """Yield the private names of others that a test file imports, reads, sets or patches."""
    own = assigned(tree)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("weaklink"):
                yield from (alias.name for alias in names if is_private(alias.name))
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=name) if name not in own and is_private(name):
                yield name
            case ast.Call(func=ast.Attribute(attr="setattr" | "delattr" | "object"), args=args):
                yield from patched(args)
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "delattr"), args=args):
                yield from patched(args)
            case ast.Call(func=ast.Name(id="patch") | ast.Attribute(attr="patch"), args=args):
                yield from patched(args)


def patched(arguments: list[ast.expr]) -> Iterator[str]:
    match arguments:
        case [ast.Name(id="self"), *_]:
            pass
        case [ast.Constant(value=str(name)), *_] | [_, ast.Constant(value=str(name)), *_]:
            if is_private(name):
                yield name


@pytest.mark.parametrize(
    "source",
    [
        "from weaklink.a import _b",
        "a._b()",
        "a._b = 1",
        "monkeypatch.setattr(a, '_b', 1)",
        "monkeypatch.setattr('weaklink.a._b', 1)",
        "patch.object(a, '_b')",
        "patch('weaklink.a._b')",
        "getattr(a, '_b')",
    ],
)
def test_a_private_name_is_found(source):
    assert len([*touched(ast.parse(source))]) == 1


def test_no_test_touches_what_is_private():
    found = {}
    for path in TESTS.rglob("*.py"):
        if names := sorted(touched(ast.parse(path.read_text(encoding="utf-8")))):
            found[str(path.relative_to(TESTS))] = names
    assert found == {}
