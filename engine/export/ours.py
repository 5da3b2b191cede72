"""The source of our own Keras classes, for scripts that shall run without nnplay: read as text, so it cannot drift."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"
FILES = ("optimizers.py", "schedules.py")
Definition = ast.ClassDef | ast.FunctionDef


@dataclass(frozen=True)
class Carried:
    """A class as source, with all that it needs of its file.

    Attributes:
        imports: the lines that import what it uses.
        code: the definitions, the class itself last.
    """

    imports: tuple[str, ...]
    code: str


@cache
def carried(name: str) -> Carried:
    """Return one of our classes by its name, such as "NotesAdam".

    Raises:
        LookupError: there is no such class.
    """
    for file in FILES:
        source = (BUILD / file).read_text(encoding="utf-8")
        tree = ast.parse(source)
        definitions = {node.name: node for node in tree.body if isinstance(node, Definition)}
        if name in definitions:
            wanted = _needed(name, definitions)
            kept = [node for other, node in definitions.items() if other in wanted]
            used = {word for node in kept for word in _names(node)}
            code = "\n\n\n".join(_text(node, source) for node in kept)
            return Carried(tuple(_imports(tree, used)), code)
    raise LookupError(f"no class {name} in {', '.join(FILES)}")


def _needed(name: str, definitions: dict[str, Definition]) -> set[str]:
    """Return the names of a definition and of all that it uses."""
    found, waiting = set[str](), [name]
    while waiting:
        found.add(here := waiting.pop())
        waiting += [word for word in _names(definitions[here]) if word in definitions and word not in found]
    return found


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _text(node: Definition, source: str) -> str:
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def _imports(tree: ast.Module, used: set[str]) -> Iterator[str]:
    """Yield a line for each import of which something is used."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for each in node.names:
                if (each.asname or each.name) in used:
                    yield ast.unparse(ast.Import([each]) if isinstance(node, ast.Import) else _only(node, each))


def _only(node: ast.ImportFrom, name: ast.alias) -> ast.ImportFrom:
    return ast.ImportFrom(node.module, [name], node.level)
