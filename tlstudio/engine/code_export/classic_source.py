"""The source of the studio's own networks: the definitions that one of them needs, no others."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module

from tlstudio.core.errors import ModelError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.code_export.sections import joined
from tlstudio.engine.models import classic

_ROOM = classic.__name__ + "."


def classic_call(name: str, classes: str, *, auxiliary: bool = False) -> str:
    """Return the call that builds the classic `name`; `classes` is source text."""
    _, function, arguments = _builder(name)
    more = ["auxiliary=True"] if auxiliary else []
    return f"{function}({', '.join([*arguments, classes, *more])})"


def classic_source(name: str) -> str:
    """Return all definitions that `classic_call` needs, without imports.

    Raises:
        ModelError: the source is not part of this installation.
    """
    module, function, _ = _builder(name)
    rooms: dict[str, _Room] = {}
    needed: dict[str, set[str]] = {}
    try:
        _gather(_room(module, rooms), function, rooms, needed)
    except (OSError, TypeError) as error:
        raise ModelError(
            QT_TRANSLATE_NOOP(
                "core", "The source of {model} is not part of this installation of the studio."
            ),
            QT_TRANSLATE_NOOP(
                "core", "Choose a network of torchvision or timm, or install TLStudio with pip."
            ),
            model=classic.classic_spec(name).title,
        ) from error
    taken: set[str] = set()
    parts = []
    for room_name in sorted(needed, key=lambda room: _depth(room, rooms)):
        room, names = rooms[room_name], needed[room_name]
        text = joined([room.about, *room.sources(names)], 2)
        for clash in sorted(names & taken):
            text = re.sub(rf"\b{clash}\b", f"{clash}_of_{room_name}", text)
        taken |= names
        parts.append(text)
    return joined(parts, 2)


@dataclass(frozen=True)
class _Room:
    """A module of the classics as text."""

    name: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def definitions(self) -> dict[str, ast.stmt]:
        """Functions, classes and constants by name."""
        found: dict[str, ast.stmt] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found |= {t.id: node for t in node.targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = node
        return found

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Names from other modules of the classics: the module, and the name in it."""
        return {
            alias.asname or alias.name: (node.module.removeprefix(_ROOM), alias.name)
            for node in self.tree.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_ROOM)
            for alias in node.names
            if node.module
        }

    @property
    def about(self) -> str:
        """The module's docstring as comments."""
        lines = (ast.get_docstring(self.tree) or "").splitlines()
        return "".join(f"# {line}".rstrip() + "\n" for line in lines)

    def sources(self, names: set[str]) -> Iterator[str]:
        """The text of these definitions in their order, each with the comments above it."""
        lines = self.source.splitlines()
        seen: set[int] = set()
        for name, node in sorted(self.definitions.items(), key=lambda item: item[1].lineno):
            decorators = getattr(node, "decorator_list", [])
            start = min([node.lineno, *(d.lineno for d in decorators)]) - 1
            if name not in names or start in seen:
                continue
            seen.add(start)
            while start and lines[start - 1].startswith("#"):
                start -= 1
            text = "\n".join(lines[start : node.end_lineno]) + "\n"
            yield re.sub(r"  # (type: ignore|noqa)[^\n]*", "", text)


def _gather(room: _Room, name: str, rooms: dict[str, _Room], needed: dict[str, set[str]]) -> None:
    """Add `name` and all that it uses to `needed`."""
    if name in needed.get(room.name, ()):
        return
    used = {node.id for node in ast.walk(room.definitions[name]) if isinstance(node, ast.Name)}
    for inner in sorted(used):
        if inner in room.imported:
            home, original = room.imported[inner]
            _gather(_room(home, rooms), original, rooms, needed)
    own = needed.setdefault(room.name, set())
    own.add(name)
    for inner in sorted(used & room.definitions.keys()):
        _gather(room, inner, rooms, needed)


def _depth(name: str, rooms: dict[str, _Room]) -> int:
    """Count how many modules lie one above another below `name`."""
    homes = {home for home, _ in _room(name, rooms).imported.values()}
    return 1 + max((_depth(home, rooms) for home in homes), default=0)


def _room(name: str, rooms: dict[str, _Room]) -> _Room:
    if name not in rooms:
        rooms[name] = _Room(name, inspect.getsource(import_module(_ROOM + name)))
    return rooms[name]


# The rows that are given nothing but the number of classes.
_WHOLE: dict[str, tuple[str, str, list[str]]] = {
    "_alexnet": ("alexnet", "alexnet_2012", []),
    "_se_googlenet": ("squeeze_excitation", "se_googlenet", []),
}


def _builder(name: str) -> tuple[str, str, list[str]]:
    """Module, function, and what it is given before the number of classes."""
    build = classic.classic_spec(name).build
    if not isinstance(build, partial):
        return _WHOLE[build.__name__]
    values = build.args
    match build.func.__name__:
        case "_lenet":
            return "lenet", "lenet5_modern" if values[0] else "lenet5", []
        case "_vgg":
            return "vgg", "vgg", [f'"{values[0]}"']
        case "_vgg_of_list":
            return "vgg", "vgg_of_list", [f'"{values[0]}"']
        case "_googlenet":
            return "inception", "googlenet_naive" if values[0] else "googlenet_2014", []
        case "_plain":
            return "resnet_cifar", "plain_cifar", [str(values[0])]
        case "_resnet":
            return "resnet_cifar", "resnet_cifar", [str(values[0])]
        case "_shufflenet":
            return "shufflenet", "shufflenet_v1", [str(value) for value in values]
        case "_se":
            return "squeeze_excitation", f"se_{values[0]}", []
    raise AssertionError(f"{build.func.__name__} is not known here")
