"""The inert reader: takes tensors out of a pickled model without running a word of the pickle.

A file made by ``torch.save(model)`` names classes and functions that loading would import and call.
Here nothing of that happens: the pickle is read on paper (`symbolic`), the few forms that torch
gives to tensors and modules are recognised, and everything else is left where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch

from tlstudio.engine.symbolic_pickle import (
    GlobalRef,
    NotInertError,
    PersistentRef,
    SymbolicObject,
    read_pickle,
)
from tlstudio.engine.weights.archive import TorchArchive

_MAX_DEPTH = 64
_MAX_MODULES = 50_000
_MAX_TENSORS = 200_000
_MAX_DIMENSIONS = 16

_STORAGES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
_TENSOR_MAKERS = {"torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor"}
_PARAMETER_MAKERS = {
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
}


@dataclass(frozen=True, slots=True)
class InertModel:
    """The state dict and the facts that were read from a whole-model file.

    Attributes:
        state: parameters and buffers by their names, as `state_dict` would spell them; tensors that
            share memory in the file share it here.
        kind: class name of the module, e.g. ``ResNet``; empty for a plain mapping of tensors.
        attributes: plain attributes of the outermost module (text, numbers, truth values).
    """

    state: dict[str, torch.Tensor]
    kind: str
    attributes: Mapping[str, str | int | float | bool]


def read_inert(archive: TorchArchive) -> InertModel:
    """Read the tensors of a pickled module, or of a mapping with one of them or with tensors in it.

    Raises:
        NotInertError: there are no tensors in a form that torch gives them.
        BrokenArchiveError: the archive is damaged.
    """
    if archive.byte_order != "little":
        raise NotInertError("it was written on a big-endian machine")
    root = read_pickle(archive.read("data.pkl"))
    reader = _TensorReader(archive)
    module = _find_module(root)
    if module is None:
        return InertModel(dict(_tensors_of_mapping(root, reader)), "", {})
    state: dict[str, torch.Tensor] = {}
    _Collector(reader, state).collect(module, "", 0)
    attributes = {
        key: value
        for key, value in _attributes(module).items()
        if isinstance(key, str) and isinstance(value, str | int | float)
    }
    kind = module.maker if isinstance(module.maker, GlobalRef) else GlobalRef("", "")
    if str(kind) in ("copyreg.__newobj__", "copyreg._reconstructor") and module.arguments:
        first = module.arguments[0]
        kind = first if isinstance(first, GlobalRef) else kind
    return InertModel(state, kind.name, attributes)


def _find_module(root: object) -> SymbolicObject | None:
    """The module itself, or the first one among the values of a mapping."""
    if _is_module(root):
        assert isinstance(root, SymbolicObject)
        return root
    for value in _mapping(root).values():
        if _is_module(value):
            assert isinstance(value, SymbolicObject)
            return value
    return None


def _is_module(value: object) -> bool:
    return isinstance(value, SymbolicObject) and "_modules" in _attributes(value)


def _attributes(made: SymbolicObject) -> dict[object, object]:
    """Return the attributes of a symbolic object; with ``__slots__`` they are part of a pair."""
    state = made.state
    if isinstance(state, tuple) and len(state) == 2:
        state = state[0]
    return state if isinstance(state, dict) else {}


def _mapping(value: object) -> dict[object, object]:
    """The items of a dict, or of what would have become one."""
    if isinstance(value, SymbolicObject):
        return value.items
    return value if isinstance(value, dict) else {}


def _tensors_of_mapping(
    root: object, reader: _TensorReader, depth: int = 0
) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of a mapping under their names; of nested mappings, the first that has any."""
    items = _mapping(root)
    found = False
    for key, value in items.items():
        tensor = reader.tensor(value)
        if tensor is not None and isinstance(key, str):
            found = True
            yield key, tensor
    if found or depth > 3:
        return
    for value in items.values():
        nested = dict(_tensors_of_mapping(value, reader, depth + 1))
        if nested:
            yield from nested.items()
            return


class _Collector:
    """Walks the modules of the file as `state_dict` walks real ones."""

    def __init__(self, reader: _TensorReader, state: dict[str, torch.Tensor]) -> None:
        self._reader = reader
        self._state = state
        self._modules = 0

    def collect(self, module: SymbolicObject, prefix: str, depth: int) -> None:
        self._modules += 1
        if depth > _MAX_DEPTH or self._modules > _MAX_MODULES:
            raise NotInertError("its modules are nested too deeply")
        attributes = _attributes(module)
        passing = _names_in(attributes.get("_non_persistent_buffers_set"))
        for group in ("_parameters", "_buffers"):
            for key, value in _mapping(attributes.get(group)).items():
                if value is None or (group == "_buffers" and key in passing):
                    continue
                tensor = self._reader.tensor(value)
                if tensor is None or not isinstance(key, str):
                    raise NotInertError(f"{prefix}{key} is not a tensor in torch's own form")
                self._state[prefix + key] = tensor
        if len(self._state) > _MAX_TENSORS:
            raise NotInertError("it has too many tensors")
        for key, value in _mapping(attributes.get("_modules")).items():
            if value is None:
                continue
            if not isinstance(key, str) or not isinstance(value, SymbolicObject):
                raise NotInertError(f"{prefix}{key} is not a module")
            self.collect(value, f"{prefix}{key}.", depth + 1)


def _names_in(value: object) -> set[str]:
    """The texts in a set, as pickle writes sets: ``set([...])``."""
    members: list[object] = []
    if isinstance(value, SymbolicObject):
        members = value.members
        if value.arguments and isinstance(value.arguments[0], list):
            members = members + value.arguments[0]
    elif isinstance(value, list):
        members = value
    return {member for member in members if isinstance(member, str)}


class _TensorReader:
    """Makes tensors from their descriptions, each bound checked against its storage."""

    def __init__(self, archive: TorchArchive) -> None:
        self._archive = archive
        self._storages: dict[tuple[str, torch.dtype], torch.Tensor] = {}

    def tensor(self, value: object) -> torch.Tensor | None:
        """The tensor that `value` describes; None where it describes something else.

        Raises:
            NotInertError: it describes a tensor that does not lie within its storage.
        """
        if not isinstance(value, SymbolicObject):
            return None
        maker, arguments = str(value.maker), value.arguments
        if maker in _PARAMETER_MAKERS and arguments:
            inner = arguments[0]
            is_tensor = isinstance(inner, SymbolicObject) and str(inner.maker) in _TENSOR_MAKERS
            return self.tensor(inner) if is_tensor else None
        if maker not in _TENSOR_MAKERS or len(arguments) < 4:
            return None
        storage = self._storage(arguments[0])
        offset, size, stride = arguments[1:4]
        sizes, strides = _numbers(size), _numbers(stride)
        if not _is_count(offset) or len(sizes) != len(strides) or len(sizes) > _MAX_DIMENSIONS:
            raise NotInertError("a tensor has an impossible shape")
        assert isinstance(offset, int)
        if 0 in sizes:
            return torch.empty(sizes, dtype=storage.dtype)
        last = offset + sum((n - 1) * step for n, step in zip(sizes, strides, strict=True))
        elements = 1
        for n in sizes:
            elements *= n
        if last >= storage.numel() or elements > storage.numel():
            raise NotInertError("a tensor reaches beyond its storage")
        return storage.as_strided(sizes, strides, offset)

    def _storage(self, reference: object) -> torch.Tensor:
        """The whole storage as a flat tensor."""
        described = reference.value if isinstance(reference, PersistentRef) else None
        if not isinstance(described, tuple) or len(described) != 5:
            raise NotInertError("a tensor has no storage")
        _, kind, key, _, count = described
        dtype = _STORAGES.get(kind.name) if isinstance(kind, GlobalRef) else None
        if dtype is None or not isinstance(key, str) or not key.isalnum() or not _is_count(count):
            raise NotInertError(f"a storage of kind {kind} cannot be read")
        if (key, dtype) not in self._storages:
            data = self._archive.read(f"data/{key}")
            if len(data) != count * dtype.itemsize:
                raise NotInertError("a storage has another size than it should")
            if data and dtype is torch.bool and not set(data) <= {0, 1}:
                raise NotInertError("a truth value is neither true nor false")
            self._storages[key, dtype] = (
                torch.frombuffer(bytearray(data), dtype=dtype)
                if data
                else torch.empty(0, dtype=dtype)
            )
        return self._storages[key, dtype]


def _numbers(value: object) -> tuple[int, ...]:
    """A tuple of sizes or strides; torch writes some as ``torch.Size([...])``."""
    if isinstance(value, SymbolicObject) and str(value.maker) == "torch.Size" and value.arguments:
        value = value.arguments[0]
    if not isinstance(value, tuple | list) or not all(_is_count(n) for n in value):
        raise NotInertError("a tensor has an impossible shape")
    return tuple(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62
