"""Functions that are imported when they are called: the window is up before torch is."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class later:  # noqa: N801  # reads as a function where it is used
    """Stands for ``module.name``, which is imported at the first call, on the caller's thread."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.load()(*args, **kwargs)

    def load(self) -> Any:
        """Import what it stands for, without calling it."""
        return getattr(import_module(self._module), self._name)
