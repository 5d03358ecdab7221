"""A pickle interpreter that resolves no name and calls nothing: it only records what is asked for.

Pickle is a small language. Its dangerous instructions are ``GLOBAL`` (import a name) and ``REDUCE``
(call it). Here the first gives a `GlobalRef` and the second a `SymbolicObject`; both are inert
records of what the file asked for, and the caller decides what they mean.
"""

from __future__ import annotations

import os
import pickletools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

MAX_PICKLE_BYTES = 64 * 1024 * 1024
_MAX_OPCODES = 4_000_000
_MAX_VALUE_BYTES = 1 << 20


class NotInertError(ValueError):
    """The pickle is broken, or uses something that no file of data needs."""


@dataclass(frozen=True, slots=True, eq=False)
class GlobalRef:
    """A global that the file mentions. Never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class PersistentRef:
    """A persistent id: for torch a storage that lies beside the pickle."""

    value: object


@dataclass(slots=True, eq=False)
class SymbolicObject:
    """Stands for the object that calling `maker` with `arguments` would have returned.

    Attributes:
        maker: usually a `GlobalRef`.
        arguments: the arguments of the call.
        state: what would have become its attributes.
        items: what would have been put into it, were it a mapping.
        members: what would have been appended to it, were it a list or set.
    """

    maker: object
    arguments: tuple[object, ...]
    state: object = None
    items: dict[object, object] = field(default_factory=dict)
    members: list[object] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class BytesInFile:
    """A string of bytes that was left where it is.

    Attributes:
        offset: of its first byte, from where the pickle began.
        size_bytes: its length.
    """

    offset: int
    size_bytes: int


class _Mark:
    """Marks the beginning of a group of values on the stack."""


_MARK = _Mark()
_PLAIN_KEYS = (str, int, float, bool, bytes, type(None), GlobalRef, SymbolicObject, PersistentRef)


def read_pickle(data: bytes) -> object:
    """Interpret a pickle without importing, calling or building anything.

    Returns:
        Plain values, lists, tuples and dicts that may hold `GlobalRef`, `SymbolicObject` and
        `PersistentRef`. Values may be shared and may contain themselves.

    Raises:
        NotInertError: it is broken, too large, or uses extension codes or out-of-band buffers.
    """
    if len(data) > MAX_PICKLE_BYTES:
        raise NotInertError("the pickle is too large")
    return _interpret((opcode.name, argument) for opcode, argument, _ in pickletools.genops(data))


def read_pickle_of_data(file: BinaryIO, size_bytes: int) -> object:
    """Interpret a pickle of `size_bytes` from where `file` stands, as `read_pickle` does.

    Strings of bytes are not read but for the shortest (255 at most): `BytesInFile` stands for each,
    so that a pickle of any size takes little memory.

    Raises:
        NotInertError: as `read_pickle`; also where a text is longer than 1 MiB.
        OSError: the file cannot be read.
    """
    return _interpret(_steps(file, file.tell(), size_bytes))


def _interpret(steps: Iterator[tuple[str, Any]]) -> object:
    machine = _Machine()
    try:
        for count, (opcode, argument) in enumerate(steps):
            if count > _MAX_OPCODES:
                raise NotInertError("the pickle is too long")
            if opcode == "STOP":
                return machine.pop()
            machine.step(opcode, argument)
    except (NotInertError, OSError):
        raise
    except Exception as error:  # the readers and our own indexing raise a dozen types on nonsense
        raise NotInertError(str(error)) from error
    raise NotInertError("the pickle has no end")


def _steps(file: BinaryIO, start: int, size_bytes: int) -> Iterator[tuple[str, Any]]:
    """Names of opcodes with their arguments; a text protocol's lines are bounded as well."""
    end = start + size_bytes
    while code := file.read(1):
        opcode = _OPCODES.get(code.decode("latin-1"))
        if opcode is None:
            raise NotInertError("unknown opcode")
        argument: Any = None
        if (width := _COUNTED.get(opcode.name)) is not None:
            length = int.from_bytes(file.read(width), "little")
            at = file.tell()
            if at + length > end:
                raise NotInertError("a string reaches beyond the end")
            argument = BytesInFile(at - start, length)
            file.seek(length, os.SEEK_CUR)
        elif opcode.arg is not None:
            argument = opcode.arg.reader(_Bounded(file))  # type: ignore[arg-type]
        yield opcode.name, argument


class _Bounded:
    """A file that pickletools may read small values from: no length in it can take all memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        if size > _MAX_VALUE_BYTES:
            raise NotInertError("a value is too long")
        return self._file.read(size)

    def readline(self) -> bytes:
        line = self._file.readline(_MAX_VALUE_BYTES)
        if len(line) == _MAX_VALUE_BYTES:
            raise NotInertError("a value is too long")
        return line


_OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}
# Strings of bytes with their length in front: opcode -> bytes of that length
_COUNTED = {"BINSTRING": 4, "BINBYTES": 4, "BINBYTES8": 8, "BYTEARRAY8": 8}


class _Machine:
    """The stack and the memo of one pickle."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def step(self, opcode: str, argument: Any) -> None:
        if opcode in _CONSTANTS:
            self.stack.append(argument)
        elif opcode in _FIXED:
            self.stack.append(_FIXED[opcode]())
        elif opcode in _ACTIONS:
            _ACTIONS[opcode](self, argument)
        elif opcode not in _SILENT:
            raise NotInertError(f"opcode {opcode} has no place in a file of data")

    def pop(self) -> Any:
        value = self.stack.pop()
        if value is _MARK:
            raise NotInertError("a group has no beginning")
        return value

    def pop_group(self) -> list[Any]:
        """The values since the last mark."""
        for start in range(len(self.stack) - 1, -1, -1):
            if self.stack[start] is _MARK:
                group = self.stack[start + 1 :]
                del self.stack[start:]
                return group
        raise NotInertError("a group has no beginning")

    def drop(self) -> None:
        self.stack.pop()

    def drop_group(self) -> None:
        self.pop_group()

    def dict_of_group(self) -> None:
        group = self.pop_group()
        self.stack.append({})
        self.set_items(group)

    def tuple_of(self, count: int) -> None:
        values = [self.pop() for _ in range(count)]
        self.stack.append(tuple(reversed(values)))

    def put(self, index: int) -> None:
        self.memo[index] = self.stack[-1]

    def append(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, list):
            target.extend(values)
        elif isinstance(target, SymbolicObject):
            target.members.extend(values)
        else:
            raise NotInertError("appending to what is no list")

    def set_items(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if len(values) % 2 or not isinstance(target, dict | SymbolicObject):
            raise NotInertError("setting items of what is no dict")
        items = target.items if isinstance(target, SymbolicObject) else target
        for key, value in zip(values[::2], values[1::2], strict=True):
            # Tuples of tuples can take for ever to hash; such keys name no tensor.
            items[key if isinstance(key, _PLAIN_KEYS) else object()] = value

    def make(self, maker: object, arguments: object) -> None:
        self.stack.append(SymbolicObject(maker, arguments if isinstance(arguments, tuple) else ()))

    def call(self) -> None:
        arguments = self.pop()
        self.make(self.pop(), arguments)

    def call_with_keywords(self) -> None:
        self.pop()  # keywords
        self.call()

    def set_state(self) -> None:
        state = self.pop()
        if isinstance(self.stack[-1], SymbolicObject):
            self.stack[-1].state = state

    def name_from_stack(self) -> None:
        name, module = self.pop(), self.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise NotInertError("a name is not text")
        self.stack.append(GlobalRef(module, name))

    def name_from_text(self, text: str) -> None:
        module, _, name = text.partition(" ")
        self.stack.append(GlobalRef(module, name))

    def instance(self, text: str) -> None:
        group = self.pop_group()
        self.name_from_text(text)
        self.make(self.pop(), tuple(group))

    def object_of_group(self) -> None:
        group = self.pop_group()
        self.make(group[0], tuple(group[1:]))


_CONSTANTS = frozenset(
    (
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING"),
        *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    )
)
_FIXED: dict[str, Callable[[], object]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,
    "MARK": lambda: _MARK,
}
_SILENT = frozenset({"PROTO", "FRAME"})
_ACTIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "POP": lambda m, _: m.drop(),
    "POP_MARK": lambda m, _: m.drop_group(),
    "DUP": lambda m, _: m.stack.append(m.stack[-1]),
    "PUT": lambda m, index: m.put(index),
    "BINPUT": lambda m, index: m.put(index),
    "LONG_BINPUT": lambda m, index: m.put(index),
    "MEMOIZE": lambda m, _: m.put(len(m.memo)),
    "GET": lambda m, index: m.stack.append(m.memo[index]),
    "BINGET": lambda m, index: m.stack.append(m.memo[index]),
    "LONG_BINGET": lambda m, index: m.stack.append(m.memo[index]),
    "TUPLE": lambda m, _: m.stack.append(tuple(m.pop_group())),
    "TUPLE1": lambda m, _: m.tuple_of(1),
    "TUPLE2": lambda m, _: m.tuple_of(2),
    "TUPLE3": lambda m, _: m.tuple_of(3),
    "LIST": lambda m, _: m.stack.append(m.pop_group()),
    "FROZENSET": lambda m, _: m.stack.append(m.pop_group()),
    "DICT": lambda m, _: m.dict_of_group(),
    "APPEND": lambda m, _: m.append([m.pop()]),
    "APPENDS": lambda m, _: m.append(m.pop_group()),
    "ADDITEMS": lambda m, _: m.append(m.pop_group()),
    "SETITEM": lambda m, _: m.set_items([m.pop(), m.pop()][::-1]),
    "SETITEMS": lambda m, _: m.set_items(m.pop_group()),
    "GLOBAL": lambda m, text: m.name_from_text(text),
    "STACK_GLOBAL": lambda m, _: m.name_from_stack(),
    "REDUCE": lambda m, _: m.call(),
    "NEWOBJ": lambda m, _: m.call(),
    "NEWOBJ_EX": lambda m, _: m.call_with_keywords(),
    "INST": lambda m, text: m.instance(text),
    "OBJ": lambda m, _: m.object_of_group(),
    "BUILD": lambda m, _: m.set_state(),
    "PERSID": lambda m, value: m.stack.append(PersistentRef(value)),
    "BINPERSID": lambda m, _: m.stack.append(PersistentRef(m.pop())),
}
