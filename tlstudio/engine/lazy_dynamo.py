"""torch's compiler front end, imported when something compiles or exports, not by every program.

The studio runs networks as they are. Yet three places import ``torch._dynamo`` with its eight
hundred modules, a third of the time that all of torch, torchvision and timm take: one name that
torchvision needs for detectors, one decorator in timm, and every step of an optimizer, each only
to say that a compiler has nothing to do here. Until something else of it is asked for, a stand-in
says just that.

https://github.com/pytorch/vision/blob/main/torchvision/ops/roi_align.py (``is_compile_supported``)
and https://github.com/pytorch/pytorch/blob/main/torch/optim/optimizer.py (``graph_break``) import
it. Once neither does, this module can be deleted.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_NAME = "torch._dynamo"
_UTILS = "torch._dynamo.utils"
_SWAP = threading.Lock()


def defer_dynamo() -> None:
    """Import ``torch._dynamo`` as late as can be; nothing happens where it is loaded already."""
    if _NAME not in sys.modules and _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def real_dynamo() -> ModuleType:
    """Import ``torch._dynamo`` itself, in place of the stand-in."""
    with _SWAP:  # not while importing: two threads would wait for each other's modules
        if _finder in sys.meta_path:
            sys.meta_path.remove(_finder)
        if _is_deferred():
            del sys.modules[_NAME]
            sys.modules.pop(_UTILS, None)
            vars(sys.modules["torch"]).pop("_dynamo", None)  # else the import meets the stand-in
    return importlib.import_module(_NAME)


def _is_deferred() -> bool:
    return isinstance(sys.modules.get(_NAME), _StandIn)


class _StandIn(ModuleType):
    """Answers for ``torch._dynamo`` while nothing compiles; any other name brings the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        real_dynamo()
        return getattr(importlib.import_module(self.__name__), name)


def _graph_break(*arguments: object, **options: object) -> None:
    if not _is_deferred():
        real_dynamo().graph_break(*arguments, **options)


def _disable(
    function: Callable[..., Any] | None = None, recursive: bool = True, **options: Any
) -> Callable[..., Any]:
    """As the real one, which is asked at the first call after it is there."""
    if function is None:
        return functools.partial(_disable, recursive=recursive, **options)
    disabled: Callable[..., Any] | None = None

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        nonlocal disabled
        if _is_deferred():
            return function(*arguments, **named)
        if disabled is None:
            disabled = real_dynamo().disable(function, recursive, **options)
        return disabled(*arguments, **named)

    return call


def _is_compile_supported(device_type: str) -> bool:
    real = importlib.import_module(_UTILS) if not _is_deferred() else real_dynamo().utils
    return bool(real.is_compile_supported(device_type))


_ANSWERS: dict[str, dict[str, Callable[..., Any]]] = {
    _NAME: {"graph_break": _graph_break, "disable": _disable},
    _UTILS: {"is_compile_supported": _is_compile_supported},
}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the stand-in for the package and its ``utils``, the real modules for anything else."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name in _ANSWERS:
            return importlib.machinery.ModuleSpec(name, self, is_package=name == _NAME)
        if not name.startswith(f"{_NAME}."):
            return None
        real_dynamo()
        importlib.import_module(name)
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        there = sys.modules.get(spec.name)
        return there if there is not None else _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        if isinstance(module, _StandIn):
            vars(module).update(_ANSWERS[module.__name__])


_finder = _Finder()
