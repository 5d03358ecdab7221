"""The modules of a network as a tree whose branches are in order of execution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn


@dataclass(slots=True)
class ModuleRow:
    """A module with its children sorted by execution; `entered` is when it or a child first ran."""

    path: str
    module: nn.Module
    children: list[ModuleRow]
    entered: float


def by_execution(network: nn.Module, first_calls: Mapping[nn.Module, int]) -> ModuleRow:
    """The modules of `network`, sorted by the number of their first call.

    Modules that never ran take the place right after the sibling before them. As in
    `named_modules`, a module that hangs in two places is listed at the first one only.
    """
    seen: set[nn.Module] = set()

    def describe(path: str, module: nn.Module) -> ModuleRow:
        seen.add(module)
        children: list[ModuleRow] = []
        last = -1.0
        for name, child in module.named_children():
            if child in seen:
                continue
            row = describe(f"{path}.{name}" if path else name, child)
            if row.entered < 0:
                row.entered = last
            last = row.entered
            children.append(row)
        children.sort(key=lambda row: row.entered)  # stable: registration order among equals
        own = float(first_calls.get(module, -1))
        ran = [row.entered for row in children if row.entered >= 0]
        return ModuleRow(path, module, children, own if own >= 0 or not ran else min(ran))

    return describe("", network)
