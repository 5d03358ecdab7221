"""The inert reader: takes tensors out of a pickle without running a word of it.

A file made by `torch.save` names classes and functions that loading would import and call. Here
nothing of that happens: the pickle is read on paper (`symbolic_pickle`), the few forms that torch
gives to tensors and modules are recognised, and everything else becomes a plain value or is only
mentioned. torch's own unpickler has no part in it: it hashes and copies whatever it is told to.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import torch

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import (
    BytesInFile,
    NotInertError,
    PersistentRef,
    SymbolicObject,
    global_name,
)
from tlstudio.engine.weights.metadata import METADATA_ATTRIBUTE, METADATA_KEY

Storages = Callable[[str], torch.Tensor]
"""Gives the bytes of a storage, by its key, as uint8 ``[N]``; raises `BrokenArchiveError`."""

Within = Callable[[BytesInFile], torch.Tensor]
"""Gives bytes that lie in the pickle itself, as uint8 ``[N]``; raises `BrokenArchiveError`."""

Nested = Callable[[torch.Tensor], tuple[torch.dtype, torch.Tensor]]
"""Gives the type and the bytes of the storage that a file of torch within a pickle holds."""

_MAX_DEPTH = 32
_MAX_VALUES = 500_000
_MAX_MODULE_DEPTH = 64
_MAX_DIMENSIONS = 16
_MAX_NESTED = 10_000  # storages within a pickle; the largest networks have some 3,000
_MAX_NAME = 1000
_MAX_BITS = 1024  # of a whole number; larger ones cannot even be printed
_SPARE_BYTES = 64 * 1024 * 1024

_DTYPES = {
    "Float": torch.float32,
    "Double": torch.float64,
    "Half": torch.float16,
    "BFloat16": torch.bfloat16,
    "Long": torch.int64,
    "Int": torch.int32,
    "Short": torch.int16,
    "Char": torch.int8,
    "Byte": torch.uint8,
    "Bool": torch.bool,
    "ComplexFloat": torch.complex64,
    "ComplexDouble": torch.complex128,
}
_STORAGES = {
    f"torch.{place}{name}Storage": dtype
    for name, dtype in _DTYPES.items()
    for place in ("", "cuda.")
} | {
    "torch.storage.UntypedStorage": torch.uint8,
    "torch.UntypedStorage": torch.uint8,
    # of quantised tensors, which are not read; but in old files their length is needed
    "torch.QInt8Storage": torch.uint8,
    "torch.QUInt8Storage": torch.uint8,
    "torch.QInt32Storage": torch.int32,
}
_NAMED_DTYPES = {
    str(dtype): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)
}
_UTILS = "torch._utils."
_TENSOR_MAKERS = {f"{_UTILS}_rebuild_tensor", f"{_UTILS}_rebuild_tensor_v2"}
_TENSOR_MAKER_OF_DTYPE = f"{_UTILS}_rebuild_tensor_v3"
# What wraps another tensor, and which argument that is
_WRAPPERS = {
    f"{_UTILS}_rebuild_parameter": 0,
    f"{_UTILS}_rebuild_parameter_with_state": 0,
    f"{_UTILS}_rebuild_device_tensor_from_cpu_tensor": 0,
    "torch.nn.parameter.Parameter": 0,
}
_NESTED_STORAGE = "torch.storage._load_from_bytes"
_SUBCLASS_MAKER = "torch._tensor._rebuild_from_type_v2"
# Tensors that cannot be had as dense ones on the CPU; what to call them
_OTHER_TENSORS = {
    f"{_UTILS}_rebuild_qtensor": "quantised",
    f"{_UTILS}_rebuild_sparse_tensor": "sparse",
    f"{_UTILS}_rebuild_sparse_csr_tensor": "sparse",
    f"{_UTILS}_rebuild_nested_tensor": "nested",
    f"{_UTILS}_rebuild_meta_tensor_no_storage": "meta",
    f"{_UTILS}_rebuild_wrapper_subclass": "wrapped",
    f"{_UTILS}_rebuild_device_tensor_from_numpy": "XLA",
    f"{_UTILS}_rebuild_xla_tensor": "XLA",
}
_NEW_OBJECT = {"copyreg.__newobj__", "copyreg._reconstructor", "copy_reg._reconstructor"}
_PATHS = {f"pathlib.{name}" for name in ("PosixPath", "WindowsPath", "PurePosixPath", "Path")} | {
    "pathlib.PureWindowsPath",
    "pathlib._local.PosixPath",
    "pathlib._local.WindowsPath",
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Stands for a value that has no plain form.

    Attributes:
        kind: the class or function that would have made it; or what kind of tensor it is:
            ``quantised``, ``sparse``, ``nested``, ``meta``, ``wrapped``, ``XLA`` or ``expanded``.
        is_tensor: whether it is a tensor, though not a dense one on the CPU.
    """

    kind: str
    is_tensor: bool = False


@dataclass(frozen=True, slots=True)
class InertFile:
    """What was read of a pickle.

    Attributes:
        values: its outermost value, in plain form (`read_inert`).
        kind: the class of the first module in it, e.g. ``ResNet``; empty where there is none.
        attributes: plain attributes of that module (text, numbers, truth values).
        metadata: the studio's own JSON; empty where there is none.
    """

    values: object
    kind: str = ""
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    metadata: str = ""


def read_inert(
    root: object,
    storages: Storages,
    file_bytes: int,
    within: Within | None = None,
    nested: Nested | None = None,
) -> InertFile:
    """Put what a pickle says into plain form.

    That is a tree of dicts, lists, tuples, text, bytes, numbers, None and tensors, bounded in depth
    and size, so that it may be walked and printed. Keys are whole numbers, or text that may be
    shown; entries with other keys are left out. Modules become their state dicts, other objects
    their attributes, numpy's scalars numbers, paths and dates text; what remains is `Unread`.
    Tensors that share memory in the file share it here.

    Args:
        root: what `read_pickle` returned.
        file_bytes: size of the whole file, which bounds that of all tensors together.
        within, nested: for what lies in the pickle itself, as `pickle.dump` puts tensors and arrays
            of numpy there. Without them arrays are `Unread`.

    Raises:
        NotInertError: a tensor is described in another form than torch's, or reaches beyond its
            storage; or there is too much of anything.
        BrokenArchiveError: a storage is missing or damaged.
    """
    reader = _Reader(_Tensors(storages, file_bytes, within, nested))
    values = reader.plain(root)
    text = reader.attributes.get(METADATA_ATTRIBUTE, "")
    metadata = text if isinstance(text, str) and text else _own_metadata(root)
    return InertFile(values, reader.kind, reader.attributes, metadata)


def storage_dtype(reference: PersistentRef) -> tuple[str, torch.dtype, int]:
    """The key, the type and the number of elements of a storage.

    Raises:
        NotInertError: it is described in another form than torch's.
    """
    described = reference.value
    if isinstance(described, tuple) and len(described) in (5, 6) and described[0] == "storage":
        kind, key, _, count = described[1:5]
        dtype = _STORAGES.get(global_name(kind))
        is_whole = len(described) == 5 or described[5] is None
        if dtype and isinstance(key, str) and key.isalnum() and _is_count(count) and is_whole:
            assert isinstance(count, int)
            return key, dtype, count
    raise NotInertError(QT_TRANSLATE_NOOP("core", "it has tensors of an unknown kind"))


def is_storage(reference: PersistentRef) -> bool:
    """Whether a persistent id is that of a storage; before torch 1.6 classes had some as well."""
    described = reference.value
    return isinstance(described, tuple) and bool(described) and _is_text(described[0], "storage")


def _is_text(value: object, wanted: str) -> bool:
    return isinstance(value, str) and value == wanted


def _own_metadata(root: object) -> str:
    """The studio's JSON in the `_metadata` of a state dict."""
    attributes = _attributes(root) if isinstance(root, SymbolicObject) else {}
    text = _items(attributes.get("_metadata")).get(METADATA_KEY)
    return text if isinstance(text, str) else ""


def _is_module(made: SymbolicObject) -> bool:
    return "_modules" in _attributes(made)


def _attributes(made: SymbolicObject) -> dict[object, object]:
    """Return the attributes of a symbolic object; with ``__slots__`` they are part of a pair."""
    state = made.state
    if isinstance(state, tuple) and len(state) == 2:
        state = state[0]
    return state if isinstance(state, dict) else {}


def _items(value: object) -> dict[object, object]:
    """The items of a dict, or of what would have become one."""
    if not isinstance(value, SymbolicObject):
        return value if isinstance(value, dict) else {}
    if value.items is not None:
        return value.items
    first = value.arguments[0] if value.arguments else None
    if not global_name(value.maker).startswith("collections."):
        return {}
    if isinstance(first, dict):  # a Counter
        return first
    pairs = first if isinstance(first, list) else []  # an OrderedDict of Python 2
    return {
        pair[0]: pair[1]
        for pair in pairs
        if isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str)
    }


def _class_name(made: SymbolicObject) -> str:
    """The dotted name of the class that would have been made."""
    name = global_name(made.maker)
    first = global_name(made.arguments[0]) if made.arguments else ""
    return first if name in _NEW_OBJECT and first else name


class _Reader:
    """Puts symbolic values into plain form, and remembers the first module."""

    def __init__(self, tensors: _Tensors) -> None:
        self._tensors = tensors
        self._values = 0
        self._seen: set[int] = set()
        self.kind = ""
        self.attributes: dict[str, str | int | float | bool] = {}

    def plain(self, value: object, depth: int = 0) -> object:
        """The plain form of `value`; the deeper ends of it are left out."""
        self._count()
        match value:
            case None | bool() | float():
                return value
            case int():
                return value if value.bit_length() <= _MAX_BITS else Unread("int")
            case str():
                return _text(value)
            case bytes():
                return value
            case dict() | list() | tuple() | SymbolicObject() if depth >= _MAX_DEPTH:
                return Unread("too deep")
            case dict():
                return self._mapping(value, depth)
            case list():
                return [self.plain(item, depth + 1) for item in value]
            case tuple():
                return tuple([self.plain(item, depth + 1) for item in value])
            case SymbolicObject():
                return self._object(value, depth)
        return Unread(global_name(value) or "unknown")

    def _count(self, how_many: int = 1) -> None:
        self._values += how_many
        if self._values > _MAX_VALUES:
            raise NotInertError(QT_TRANSLATE_NOOP("core", "its pickle holds too many values"))

    def _mapping(self, items: Mapping[object, object], depth: int) -> dict[object, object]:
        return {key: self.plain(value, depth + 1) for key, value in items.items() if _is_name(key)}

    def _object(self, made: SymbolicObject, depth: int) -> object:
        tensor = self._tensors.tensor(made)
        if tensor is not None:
            return tensor
        if _is_module(made):
            return self._module(made)
        name = _class_name(made)
        scalar = _scalar(made, name)
        if scalar is not None:
            return scalar
        items = _items(made)
        if items or name.startswith("collections."):
            return self._mapping(items, depth)
        members = made.members or _first_list(made)
        if members:
            return [self.plain(member, depth + 1) for member in members]
        if _attributes(made) and id(made) not in self._seen:  # objects often point at each other
            self._seen.add(id(made))
            return self._mapping(_attributes(made), depth)
        return Unread(name or "unknown")

    def _module(self, module: SymbolicObject) -> dict[str, torch.Tensor | Unread]:
        if not self.kind:
            self.kind = _class_name(module).rpartition(".")[2] or "Module"
            self.attributes = {
                key: _text(value) if isinstance(value, str) else value
                for key, value in _attributes(module).items()
                if isinstance(key, str) and isinstance(value, str | int | float)
            }
        state: dict[str, torch.Tensor | Unread] = {}
        self._collect(module, "", 0, state)
        return state

    def _collect(
        self,
        module: SymbolicObject,
        prefix: str,
        depth: int,
        state: dict[str, torch.Tensor | Unread],
    ) -> None:
        """Walk the modules of the file as `state_dict` walks real ones."""
        self._count()
        if depth > _MAX_MODULE_DEPTH or len(prefix) > _MAX_NAME:
            raise NotInertError(QT_TRANSLATE_NOOP("core", "its modules are nested too deeply"))
        attributes = _attributes(module)
        passing = _names_in(attributes.get("_non_persistent_buffers_set"))
        for group in ("_parameters", "_buffers"):
            for key, value in _items(attributes.get(group)).items():
                self._count()
                if value is None or (group == "_buffers" and key in passing):
                    continue
                tensor = self._tensors.tensor(value)
                if tensor is None or not _is_name(key):
                    raise NotInertError(
                        QT_TRANSLATE_NOOP("core", "it has tensors of an unknown kind")
                    )
                state[f"{prefix}{key}"] = tensor
        for key, value in _items(attributes.get("_modules")).items():
            if value is None:
                continue
            if not _is_name(key) or not isinstance(value, SymbolicObject):
                raise NotInertError(QT_TRANSLATE_NOOP("core", "its modules are no modules"))
            self._collect(value, f"{prefix}{key}.", depth + 1, state)


def _is_name(key: object) -> bool:
    """Whether a key may be shown: text of one line, or a whole number."""
    if isinstance(key, str):
        return len(key) <= _MAX_NAME and key.isprintable()
    return isinstance(key, int)


def _text(value: str) -> str:
    """A file may hold halves of characters, which nothing can print."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def _first_list(made: SymbolicObject) -> list[object] | None:
    """The members of a set, a deque or a list that were given to the call: ``set([...])``."""
    first = made.arguments[0] if len(made.arguments) == 1 else None
    return first if isinstance(first, list) else None


def _names_in(value: object) -> set[str]:
    """The texts in a set, as pickle writes sets."""
    members = value
    if isinstance(value, SymbolicObject):
        members = [*(value.members or ()), *(_first_list(value) or ())]
    return {m for m in members if isinstance(m, str)} if isinstance(members, list) else set()


# ------------------------------------------------------------------------------------- scalars


def _scalar(made: SymbolicObject, name: str) -> str | int | float | bool | None:
    """A scalar of numpy as a number, a path or a date as text; None for what is none of them."""
    arguments = made.arguments
    if name.startswith("numpy.") and name.endswith(".multiarray.scalar") and len(arguments) == 2:
        return _numpy_scalar(*arguments)
    if name in _PATHS and all(isinstance(part, str) for part in arguments):
        parts = [part for part in arguments if isinstance(part, str)]
        return _text("/".join(parts).replace("//", "/", 1))
    if name in ("datetime.datetime", "datetime.date") and arguments:
        data = _bytes(arguments[0])
        if len(data) == 10 or len(data) == 4:
            year, *rest = int.from_bytes(data[:2], "big"), *data[2:7]
            day = f"{year:04}-{rest[0]:02}-{rest[1]:02}"
            return f"{day} {rest[2]:02}:{rest[3]:02}:{rest[4]:02}" if len(data) == 10 else day
    return None


_NUMBERS = {
    "f8": ("d", torch.float64), "f4": ("f", torch.float32), "f2": ("e", torch.float16),
    "i8": ("q", torch.int64), "i4": ("i", torch.int32), "i2": ("h", torch.int16),
    "i1": ("b", torch.int8), "u8": ("Q", torch.uint64), "u4": ("I", torch.uint32),
    "u2": ("H", torch.uint16), "u1": ("B", torch.uint8), "b1": ("?", torch.bool),
}  # fmt: skip


def _numpy_scalar(dtype: object, data: object) -> int | float | bool | None:
    code, _ = _numpy_type(dtype)
    raw = _bytes(data)
    if not code or len(raw) != struct.calcsize(code):
        return None
    (number,) = struct.unpack(code, raw)
    return number  # type: ignore[no-any-return]


def _numpy_type(dtype: object) -> tuple[str, torch.dtype | None]:
    """Format of `struct`, and torch's type of such numbers if they are little-endian."""
    if not isinstance(dtype, SymbolicObject) or global_name(dtype.maker) != "numpy.dtype":
        return "", None
    kind = dtype.arguments[0] if dtype.arguments else None
    code, same = _NUMBERS.get(kind, ("", None)) if isinstance(kind, str) else ("", None)
    state = dtype.state
    order = state[1] if isinstance(state, tuple) and len(state) > 1 else "<"
    if _is_text(order, ">"):
        return code and f">{code}", None
    return code and f"<{code}", same


def _bytes(value: object) -> bytes:
    """Bytes; before protocol 3 they were written as a call of `_codecs.encode`."""
    if isinstance(value, SymbolicObject) and global_name(value.maker) == "_codecs.encode":
        value = value.arguments[0] if value.arguments else b""
    if isinstance(value, str) and len(value) <= 16:
        value = value.encode("latin-1", "replace")
    return value if isinstance(value, bytes) else b""


# ------------------------------------------------------------------------------------- tensors


class _Tensors:
    """Makes tensors from their descriptions, each bound checked against its storage."""

    def __init__(
        self, storages: Storages, file_bytes: int, within: Within | None, nested: Nested | None
    ) -> None:
        self._read = storages
        self._within = within
        self._nested = nested
        self._types: dict[int, torch.dtype] = {}  # of storages within the pickle, by their place
        self._storages: dict[str, torch.Tensor] = {}
        self._made: dict[int, torch.Tensor | Unread] = {}
        self._truths: set[str] = set()
        self._left = 2 * file_bytes + _SPARE_BYTES

    def tensor(self, value: object) -> torch.Tensor | Unread | None:
        """The tensor that `value` describes; None where it describes something else.

        Raises:
            NotInertError: it describes a tensor that does not lie within its storage.
        """
        if not isinstance(value, SymbolicObject):
            return None
        if id(value) not in self._made:
            made = self._make(value, 0)
            if made is None:
                return None
            self._made[id(value)] = made
        return self._made[id(value)]

    def _make(self, value: SymbolicObject, depth: int) -> torch.Tensor | Unread | None:
        maker, arguments = global_name(value.maker), value.arguments
        if maker in _OTHER_TENSORS:
            return Unread(_OTHER_TENSORS[maker], is_tensor=True)
        if depth < 4 and arguments:
            inner: object = None
            if maker in _WRAPPERS:
                inner = arguments[_WRAPPERS[maker]]
            elif maker in _NEW_OBJECT and global_name(arguments[0]) in _WRAPPERS:
                inner = arguments[1] if len(arguments) > 1 else None
            elif maker == _SUBCLASS_MAKER and len(arguments) > 2:
                parts = arguments[2]
                inner = SymbolicObject(arguments[0], parts) if isinstance(parts, tuple) else None
            if isinstance(inner, SymbolicObject):
                return self._make(inner, depth + 1)
        if maker in _TENSOR_MAKERS and len(arguments) >= 4:
            return self._view(*arguments[:4], dtype=None)
        if maker == _TENSOR_MAKER_OF_DTYPE and len(arguments) >= 7:
            dtype = _NAMED_DTYPES.get(global_name(arguments[6]))
            if dtype is None or not _is_plain_dtype(dtype):
                return Unread(global_name(arguments[6]) or "unknown", is_tensor=True)
            return self._view(*arguments[:4], dtype=dtype)
        return self._array(value, maker)

    def _array(self, value: SymbolicObject, maker: str) -> torch.Tensor | Unread | None:
        """An array of numpy in a pickle of its own."""
        is_fortran: object
        if maker.endswith(".multiarray._reconstruct") and isinstance(value.state, tuple):
            parts = value.state[1:5]  # the first is a version
            shape, kind, is_fortran, data = parts if len(parts) == 4 else (None,) * 4
        elif maker.endswith(".numeric._frombuffer") and len(value.arguments) == 4:
            data, kind, shape, order = value.arguments
            is_fortran = _is_text(order, "F")
        else:
            return None
        if self._within is None or not isinstance(data, BytesInFile | bytes):
            return None
        _, dtype = _numpy_type(kind)
        if dtype is None:
            return Unread("numpy.ndarray", is_tensor=True)
        sizes = _numbers(shape)
        if isinstance(data, BytesInFile):
            found = self._bytes_within(data)
        else:
            found = torch.tensor([*data], dtype=torch.uint8)
        if found.numel() != math.prod(sizes) * dtype.itemsize:
            raise _impossible()
        self._charge(found.numel())
        flat = self._typed(f"array {id(data)}", found, dtype)
        if is_fortran is True:
            return flat.view(sizes[::-1]).permute(*range(len(sizes))[::-1])
        return flat.view(sizes)

    def _bytes_within(self, place: BytesInFile) -> torch.Tensor:
        key = f"at {place.offset}"
        if key not in self._storages:
            assert self._within is not None
            self._storages[key] = self._within(place)
        return self._storages[key]

    def _charge(self, size_bytes: int) -> None:
        self._left -= size_bytes
        if self._left < 0:
            raise NotInertError(
                QT_TRANSLATE_NOOP("core", "its tensors are much larger than the file")
            )

    def _view(
        self, reference: object, offset: object, size: object, stride: object,
        *, dtype: torch.dtype | None,
    ) -> torch.Tensor | Unread:  # fmt: skip
        storage = self._storage(reference, dtype)
        sizes, strides = _numbers(size), _numbers(stride)
        if not _is_count(offset) or len(sizes) != len(strides):
            raise _impossible()
        assert isinstance(offset, int)
        if 0 in sizes:
            if not _is_count(math.prod(n for n in sizes if n)):
                raise _impossible()
            return torch.empty(sizes, dtype=storage.dtype)
        elements = math.prod(sizes)
        last = offset + sum((n - 1) * step for n, step in zip(sizes, strides, strict=True))
        if last >= storage.numel():
            raise NotInertError(QT_TRANSLATE_NOOP("core", "a tensor reaches beyond its storage"))
        if elements > storage.numel():
            return Unread("expanded", is_tensor=True)
        self._charge(elements * storage.itemsize)
        return storage.as_strided(sizes, strides, offset)

    def _storage(self, reference: object, dtype: torch.dtype | None) -> torch.Tensor:
        """The whole storage as a flat tensor."""
        if isinstance(reference, SymbolicObject):
            key, stored, data = self._nested_storage(reference)
            return self._typed(key, data, dtype or stored)
        if not isinstance(reference, PersistentRef):
            raise _no_storage()
        key, stored, count = storage_dtype(reference)
        if key not in self._storages:
            self._storages[key] = self._read(key)
        data = self._storages[key]
        if data.numel() != count * stored.itemsize:
            raise NotInertError(
                QT_TRANSLATE_NOOP("core", "a storage has another size than it says")
            )
        return self._typed(key, data, dtype or stored)

    def _nested_storage(self, made: SymbolicObject) -> tuple[str, torch.dtype, torch.Tensor]:
        """A storage as `pickle.dump` puts it into a pickle: a whole file of torch, as bytes."""
        place = made.arguments[0] if made.arguments else None
        if (
            self._nested is None
            or self._within is None
            or global_name(made.maker) != _NESTED_STORAGE
            or not isinstance(place, BytesInFile)
        ):
            raise _no_storage()
        key = f"in {place.offset}"
        if key not in self._storages:
            if len(self._types) >= _MAX_NESTED:
                raise NotInertError(QT_TRANSLATE_NOOP("core", "its pickle holds too many values"))
            self._types[place.offset], self._storages[key] = self._nested(self._within(place))
        return key, self._types[place.offset], self._storages[key]

    def _typed(self, key: str, data: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Bytes looked at as numbers."""
        if data.numel() % dtype.itemsize:
            raise _impossible()
        if dtype is torch.bool and key not in self._truths:
            if data.numel() and int(data.max()) > 1:
                raise NotInertError(
                    QT_TRANSLATE_NOOP("core", "a truth value is neither true nor false")
                )
            self._truths.add(key)
        return data.view(dtype)


@cache
def _is_plain_dtype(dtype: torch.dtype) -> bool:
    """Whether bytes can be looked at as such numbers: quantised and narrow types cannot."""
    try:
        torch.empty(16, dtype=torch.uint8).view(dtype).float()
    except (RuntimeError, TypeError, NotImplementedError):
        return False
    return True


def _no_storage() -> NotInertError:
    return NotInertError(QT_TRANSLATE_NOOP("core", "a tensor has no storage"))


def _impossible() -> NotInertError:
    return NotInertError(QT_TRANSLATE_NOOP("core", "a tensor has an impossible shape"))


def _numbers(value: object) -> tuple[int, ...]:
    """A tuple of sizes or strides; torch writes some as ``torch.Size([...])``."""
    if isinstance(value, SymbolicObject) and global_name(value.maker) == "torch.Size":
        value = value.arguments[0] if value.arguments else None
    if not isinstance(value, tuple | list) or len(value) > _MAX_DIMENSIONS:
        raise _impossible()
    if not all(_is_count(n) for n in value):
        raise _impossible()
    return tuple(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62
