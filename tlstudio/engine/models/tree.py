"""The layer tree of a network, found by running it once without data."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from tlstudio.core.errors import StorageError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.storage import cache_dir, cached_record, keep_newest, write_record
from tlstudio.engine.code_digest import code_digest
from tlstudio.engine.inspection.recurrence import QuickRecurrence
from tlstudio.engine.models.build import AS_IT_IS
from tlstudio.engine.models.empty_pass import looked_through, watched
from tlstudio.engine.models.execution_order import ModuleRow, by_execution
from tlstudio.engine.models.heads import head_paths, is_inside

KEPT = 64  # of large networks each takes a megabyte
_VERSION = 1


@lru_cache(maxsize=KEPT)
def layer_tree(model: str, num_classes: int, build: BuildConfig = AS_IT_IS) -> LayerTree:
    """The module tree of a catalog model with a head of `num_classes` outputs.

    Built on torch's meta device: no weights, no memory, well under a second. It is kept on disk,
    since the first such pass of a process imports for half a second.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: `num_classes` is below 1, or it does not take such inputs.
    """

    def look(network: nn.Module, image_px: int, channels: int) -> LayerTree:
        return tree_of(network, model, num_classes, image_px, channels)

    path = _path(model, num_classes, build)
    kept = cached_record(path, LayerTree, _VERSION) if path is not None else None
    if kept is not None and (kept.model, kept.num_classes) == (model, num_classes):
        return kept
    tree = looked_through(model, num_classes, build, look)
    if path is not None:
        with contextlib.suppress(StorageError):  # then it is found again the next time
            write_record(path, tree, _VERSION)
            keep_newest(path.parent, "*.json", KEPT)
    return tree


def _path(model: str, num_classes: int, build: BuildConfig) -> Path | None:
    """Where a tree is kept; None where it is not known what it depends on."""
    code = code_digest()
    name = hashlib.sha256(f"{code} {model} {num_classes} {build}".encode()).hexdigest()[:32]
    return cache_dir() / "trees" / f"{name}.json" if code else None


def tree_of(
    network: nn.Module, model: str, num_classes: int, image_px: int, channels: int = 3
) -> LayerTree:
    """The module tree of `network`, in order of execution.

    Runs one forward pass in eval mode with an empty image ``[1, channels, image_px, image_px]`` on
    the network's own device, and leaves its mode and hooks as they were.

    Raises:
        ModelError: the network has no head that the studio knows.
    """
    heads = head_paths(network)
    calls = _record_calls(network, (1, channels, image_px, image_px))
    builder = _Builder(calls, heads)
    return LayerTree(model, num_classes, builder.node(by_execution(network, calls.first)), heads[0])


@dataclass(slots=True)
class _Calls:
    """Records of one forward pass, by module."""

    first: dict[nn.Module, int] = field(default_factory=dict)
    shape: dict[nn.Module, tuple[int, ...]] = field(default_factory=dict)

    def entered(self, module: nn.Module, _inputs: Any) -> None:
        self.first.setdefault(module, len(self.first))

    def left(self, module: nn.Module, _inputs: Any, output: Any) -> None:
        while isinstance(output, tuple | list) and output:
            output = output[0]
        if isinstance(output, torch.Tensor):
            self.shape.setdefault(module, tuple(output.shape[1:]))


def _record_calls(network: nn.Module, shape: tuple[int, ...]) -> _Calls:
    calls = _Calls()
    watch = watched(network, calls.entered, calls.left)
    with torch.no_grad(), watch, QuickRecurrence():
        network(torch.zeros(shape, device=next(network.parameters()).device))
    return calls


class _Builder:
    """Turns described modules into nodes, numbering leaves in order of execution."""

    def __init__(self, calls: _Calls, heads: tuple[str, ...]) -> None:
        self._calls = calls
        self._heads = heads
        self._order = 0

    def node(self, row: ModuleRow) -> LayerNode:
        order = self._order
        children = tuple(self.node(child) for child in row.children)
        if not children:
            self._order += 1
        own = sum(parameter.numel() for parameter in row.module.parameters(recurse=False))
        return LayerNode(
            path=row.path,
            kind=type(row.module).__name__,
            output_shape=self._calls.shape.get(row.module, ()),
            own_parameters=own,
            parameters=own + sum(child.parameters for child in children),
            order=order,
            is_head=is_inside(row.path, self._heads),
            is_norm=isinstance(row.module, _NormBase) and row.module.track_running_stats,
            children=children,
        )
