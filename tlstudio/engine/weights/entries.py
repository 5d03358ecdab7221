"""The tensors of a weights file under one name each, however its script had packed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from tlstudio.engine.weights.inert import Unread

_MAX_DEPTH = 6
_MAX_VALUES = 200_000

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileEntries:
    """What a file holds, by names with dots: those of nested mappings stand before the others.

    Attributes:
        tensors: dense ones on the CPU, with all their values.
        nests: the name of the mapping that each of them lies in; empty for the file itself.
        unusable: why others are left out (``quantised``, ``meta``, ``sparse``, ...), by name.
        others: names of numbers, texts and lists, which are no part of a network.
    """

    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    nests: dict[str, str] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shape of each tensor."""
        return {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}


def entries_of(values: Mapping[Any, Any]) -> FileEntries:
    """Lay nested mappings flat; what is too deep, or more than any network has, is left out.

    A mapping that occurs twice is looked at twice, so a file may say much with few bytes: what is
    looked at is counted.
    """
    entries = FileEntries()
    seen = 0
    waiting: list[tuple[str, Mapping[Any, Any], int]] = [("", values, 0)]
    while waiting:
        nest, mapping, depth = waiting.pop()
        inner: list[tuple[str, Mapping[Any, Any], int]] = []
        for key, value in mapping.items():
            seen += 1
            if seen > _MAX_VALUES:
                return entries
            if not isinstance(key, str | int):
                continue
            name = f"{nest}.{key}" if nest else str(key)
            if isinstance(value, torch.Tensor):
                _take(entries, nest, name, value)
            elif isinstance(value, Unread) and value.is_tensor:
                entries.unusable[name] = value.kind
            elif isinstance(value, Mapping) and value and depth < _MAX_DEPTH:
                inner.append((name, value, depth + 1))
            else:
                entries.others.append(name)
        waiting += reversed(inner)
    return entries


def _take(entries: FileEntries, nest: str, name: str, value: torch.Tensor) -> None:
    why = _fault(value)
    if why:
        entries.unusable[name] = why
    else:
        entries.tensors[name] = value
        entries.nests[name] = nest


def _fault(value: torch.Tensor) -> str:
    """Why a tensor is of no use; empty if it is a dense one that is as large as it says.

    A few bytes of a file can describe a tensor of terabytes that repeats one number.
    """
    if value.is_quantized:
        return "quantised"
    if value.is_meta:
        return "meta"
    if value.layout is not torch.strided:
        return "sparse"
    if value.is_complex() or value.device.type != "cpu":
        return "unknown"
    if value.numel() * value.itemsize > value.untyped_storage().nbytes():
        return "repeated"
    return ""
