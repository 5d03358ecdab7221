"""A pickle interpreter that resolves no name and calls nothing: it only records what is asked for.

Pickle is a small language. Its dangerous instructions are ``GLOBAL`` (import a name) and ``REDUCE``
(call it). Here the first gives a `GlobalRef` and the second a `SymbolicObject`; both are inert
records of what the file asked for, and the caller decides what they mean.

A file may also ask for too much: every count is bounded here, no value from it is ever printed or
compared, and only plain values are hashed. What comes out may be nested without end, though:
whoever walks it needs a bound as well.
"""

from __future__ import annotations

import codecs
import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from tlstudio.core.texts import QT_TRANSLATE_NOOP

MAX_PICKLE_BYTES = 64 * 1024 * 1024
_MAX_OPCODES = 2_500_000
_MAX_OBJECTS = 400_000  # containers, calls and entries of the memo: each takes some 100 bytes
_MAX_LINE = 1 << 20
_MAX_TEXT = 16 * 1024 * 1024
_MAX_KEY = 2**60  # Python hashes larger numbers modulo a prime: a file could have all of them clash


class NotInertError(ValueError):
    """The pickle is broken, or uses something that no file of data needs.

    Its text is a sentence of ours: nothing from the file is in it but the names of globals.
    """


class BrokenPickleError(NotInertError):
    """The pickle is cut off or damaged."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GlobalRef:
    """A global that the file mentions. Never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PersistentRef:
    """A persistent id: for torch a storage that lies beside the pickle."""

    value: object


@dataclass(slots=True, eq=False, repr=False)
class SymbolicObject:
    """Stands for the object that calling `maker` with `arguments` would have returned.

    It has no `repr` on purpose: what it holds may be endless to print.

    Attributes:
        maker: usually a `GlobalRef`.
        arguments: the arguments of the call.
        state: what would have become its attributes.
        items: what would have been put into it, were it a mapping; None for nothing.
        members: what would have been appended to it, were it a list or set; None for nothing.
    """

    maker: object
    arguments: tuple[object, ...]
    state: object = None
    items: dict[object, object] | None = None
    members: list[object] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BytesInFile:
    """A string of bytes that was left where it is.

    Attributes:
        offset: of its first byte, from where the pickle began.
        size_bytes: its length.
    """

    offset: int
    size_bytes: int


def global_name(value: object) -> str:
    """The dotted name of a global, or of the class of a persistent one; empty for all else."""
    if isinstance(value, PersistentRef) and isinstance(value.value, tuple) and len(value.value) > 1:
        value = value.value[1]  # before torch 1.6 classes were written as ("module", class, ...)
    return str(value) if isinstance(value, GlobalRef) else ""


def read_pickle(data: bytes) -> object:
    """Interpret a pickle without importing, calling or building anything.

    Returns:
        Plain values, lists, tuples and dicts that may hold `GlobalRef`, `SymbolicObject`,
        `PersistentRef` and, for bytes of more than 255, `BytesInFile`. Values may be shared and may
        contain themselves.

    Raises:
        BrokenPickleError: it is cut off or damaged.
        NotInertError: it is too large, or uses extension codes or out-of-band buffers.
    """
    if len(data) > MAX_PICKLE_BYTES:
        raise NotInertError(QT_TRANSLATE_NOOP("core", "its pickle is too large"))
    return read_pickle_of_data(io.BytesIO(data), len(data))


def read_pickle_of_data(
    file: BinaryIO, size_bytes: int, references: list[PersistentRef] | None = None
) -> object:
    """Interpret a pickle of at most `size_bytes` from where `file` stands, as `read_pickle` does.

    Longer strings of bytes are not read: `BytesInFile` stands for each, so that a pickle of any
    size takes little memory. Afterwards `file` stands behind the pickle.

    Args:
        references: gets every persistent id of the pickle, in order.

    Raises:
        NotInertError: as `read_pickle`; also where a text is longer than it may be.
        OSError: the file cannot be read.
    """
    machine = _Machine(file, size_bytes, references)
    try:
        return machine.run()
    except (NotInertError, OSError, MemoryError):
        raise
    except Exception as error:  # our own indexing raises a dozen types on nonsense
        raise BrokenPickleError("the pickle is broken") from error


class _Machine:
    """The stack and the memo of one pickle. What lies below a mark waits in `outer`."""

    def __init__(
        self, file: BinaryIO, size_bytes: int, references: list[PersistentRef] | None
    ) -> None:
        self.file = file
        self.start = file.tell()
        self.end = self.start + size_bytes
        self.references = references
        self.stack: list[Any] = []
        self.outer: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.objects = 0

    def run(self) -> Any:
        read = self.file.read
        for _ in range(_MAX_OPCODES):
            code = read(1)
            if code == b".":
                return self.stack.pop()
            action = _ACTIONS.get(code)
            if action is None:
                if code in _FOREIGN:
                    raise NotInertError(
                        QT_TRANSLATE_NOOP("core", "its pickle refers to what lies outside of it")
                    )
                raise BrokenPickleError("an unknown opcode, or the end")
            action(self)
        raise NotInertError(QT_TRANSLATE_NOOP("core", "its pickle is too long"))

    def number(self, size: int) -> int:
        """Read an unsigned number."""
        return int.from_bytes(self.bytes_of(size), "little")

    def bytes_of(self, size: int) -> bytes:
        """Read `size` bytes. A length that the pickle claims is compared with its end first."""
        if size > _MAX_LINE and self.file.tell() + size > self.end:
            raise BrokenPickleError("a value reaches beyond the end")
        data = self.file.read(size)
        if len(data) != size:
            raise BrokenPickleError("the pickle has no end")
        return data

    def line(self) -> bytes:
        line = self.file.readline(_MAX_LINE)
        if not line.endswith(b"\n"):
            raise BrokenPickleError("a line is too long, or has no end")
        return line[:-1]

    def count(self) -> None:
        self.objects += 1
        if self.objects > _MAX_OBJECTS:
            raise NotInertError(QT_TRANSLATE_NOOP("core", "its pickle holds too many values"))

    def push(self, value: object) -> None:
        self.stack.append(value)

    def push_made(self, value: object) -> None:
        self.count()
        self.stack.append(value)

    def text(self, width: int) -> None:
        size = self.number(width)
        if size > _MAX_TEXT:
            raise NotInertError(QT_TRANSLATE_NOOP("core", "its pickle is too large"))
        self.stack.append(str(self.bytes_of(size), "utf-8", "surrogatepass"))

    def skipped(self, width: int) -> None:
        size = self.number(width)
        at = self.file.tell()
        if at + size > self.end:
            raise BrokenPickleError("a value reaches beyond the end")
        self.file.seek(size, os.SEEK_CUR)
        self.push_made(BytesInFile(at - self.start, size))

    def mark(self) -> None:
        self.count()
        self.outer.append(self.stack)
        self.stack = []

    def pop_group(self) -> list[Any]:
        """The values since the last mark."""
        group = self.stack
        self.stack = self.outer.pop()
        return group

    def dict_of_group(self) -> None:
        group = self.pop_group()
        self.push_made({})
        self.set_items(group)

    def tuple_of(self, count: int) -> None:
        self.count()
        if len(self.stack) < count:
            raise BrokenPickleError("a tuple lacks values")
        self.stack[-count:] = [tuple(self.stack[-count:])]

    def put(self, index: int) -> None:
        self.count()
        self.memo[index] = self.stack[-1]

    def append(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, list):
            target.extend(values)
        elif isinstance(target, SymbolicObject):
            if target.members is None:
                target.members = []
            target.members.extend(values)
        else:
            raise BrokenPickleError("appending to what is no list")

    def set_items(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if len(values) % 2 or not isinstance(target, dict | SymbolicObject):
            raise BrokenPickleError("setting items of what is no dict")
        if isinstance(target, SymbolicObject):
            if target.items is None:
                target.items = {}
            target = target.items
        for key, value in zip(values[::2], values[1::2], strict=True):
            target[key if _is_key(key) else object()] = value

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.set_items([key, value])

    def make(self, maker: object, arguments: object) -> None:
        arguments = arguments if isinstance(arguments, tuple) else ()
        self.push_made(SymbolicObject(maker, arguments))

    def call(self) -> None:
        arguments = self.stack.pop()
        self.make(self.stack.pop(), arguments)

    def call_with_keywords(self) -> None:
        self.stack.pop()  # keywords
        self.call()

    def set_state(self) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], SymbolicObject):
            self.stack[-1].state = state

    def name_from_stack(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise BrokenPickleError("a name is not text")
        self.push_made(GlobalRef(_shown(module), _shown(name)))

    def name_from_lines(self) -> GlobalRef:
        module, name = self.line(), self.line()
        return GlobalRef(_shown(module.decode()), _shown(name.decode()))

    def instance(self) -> None:
        group = self.pop_group()
        self.make(self.name_from_lines(), tuple(group))

    def object_of_group(self) -> None:
        group = self.pop_group()
        self.make(group[0], tuple(group[1:]))

    def persistent(self, value: object) -> None:
        reference = PersistentRef(value)
        self.push_made(reference)
        if self.references is not None:
            self.references.append(reference)


def _is_key(value: object) -> bool:
    """Whether a value may be hashed; tuples of tuples can take for ever, and name no tensor."""
    if isinstance(value, int | float):
        return -_MAX_KEY < value < _MAX_KEY
    return value is None or isinstance(
        value, str | bytes | GlobalRef | SymbolicObject | PersistentRef
    )


def _shown(name: str) -> str:
    """The name of a global, fit to be shown: names in Python have no other characters."""
    return "".join(c if c.isprintable() else "?" for c in name[:200])


def _whole_number(line: bytes) -> object:
    if line in (b"00", b"01"):  # truth values of protocol 0
        return line == b"01"
    return int(line)


def _quoted(line: bytes) -> str:
    """A string of Python 2, as it stood in the source."""
    line = line.strip()
    if len(line) < 2 or line[:1] not in b"'\"" or line[:1] != line[-1:]:
        raise BrokenPickleError("a string has no quotes")
    return codecs.escape_decode(line[1:-1])[0].decode("latin-1")


_ACTIONS: dict[bytes, Callable[[_Machine], object]] = {
    # plain values
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"I": lambda m: m.push(_whole_number(m.line())),
    b"J": lambda m: m.push(int.from_bytes(m.bytes_of(4), "little", signed=True)),
    b"K": lambda m: m.push(m.file.read(1)[0]),
    b"M": lambda m: m.push(m.number(2)),
    b"L": lambda m: m.push(int(m.line().rstrip(b"L"))),
    b"\x8a": lambda m: m.push(int.from_bytes(m.bytes_of(m.number(1)), "little", signed=True)),
    b"\x8b": lambda m: m.push(int.from_bytes(m.bytes_of(m.number(4)), "little", signed=True)),
    b"F": lambda m: m.push(float(m.line())),
    b"G": lambda m: m.push(struct.unpack(">d", m.bytes_of(8))[0]),
    b"S": lambda m: m.push(_quoted(m.line())),
    b"U": lambda m: m.push(m.bytes_of(m.number(1)).decode("latin-1")),
    b"V": lambda m: m.push(str(m.line(), "raw-unicode-escape")),
    b"X": lambda m: m.text(4),
    b"\x8c": lambda m: m.text(1),
    b"\x8d": lambda m: m.text(8),
    b"C": lambda m: m.push(m.bytes_of(m.number(1))),
    b"T": lambda m: m.skipped(4),
    b"B": lambda m: m.skipped(4),
    b"\x8e": lambda m: m.skipped(8),
    b"\x96": lambda m: m.skipped(8),
    # containers
    b"]": lambda m: m.push_made([]),
    b"}": lambda m: m.push_made({}),
    b")": lambda m: m.push(()),
    b"\x8f": lambda m: m.push_made([]),  # a set; its members may be what cannot be hashed
    b"(": _Machine.mark,
    b"t": lambda m: m.push_made(tuple(m.pop_group())),
    b"\x85": lambda m: m.tuple_of(1),
    b"\x86": lambda m: m.tuple_of(2),
    b"\x87": lambda m: m.tuple_of(3),
    b"l": lambda m: m.push_made(m.pop_group()),
    b"\x91": lambda m: m.push_made(m.pop_group()),
    b"d": _Machine.dict_of_group,
    b"a": lambda m: m.append([m.stack.pop()]),
    b"e": lambda m: m.append(m.pop_group()),
    b"\x90": lambda m: m.append(m.pop_group()),
    b"s": _Machine.set_item,
    b"u": lambda m: m.set_items(m.pop_group()),
    # the stack and the memo
    b"0": lambda m: m.stack.pop(),
    b"1": lambda m: m.pop_group(),
    b"2": lambda m: m.push(m.stack[-1]),
    b"p": lambda m: m.put(int(m.line())),
    b"q": lambda m: m.put(m.file.read(1)[0]),
    b"r": lambda m: m.put(m.number(4)),
    b"\x94": lambda m: m.put(len(m.memo)),
    b"g": lambda m: m.push(m.memo[int(m.line())]),
    b"h": lambda m: m.push(m.memo[m.file.read(1)[0]]),
    b"j": lambda m: m.push(m.memo[m.number(4)]),
    # names and calls, which are only written down
    b"c": lambda m: m.push_made(m.name_from_lines()),
    b"\x93": _Machine.name_from_stack,
    b"R": _Machine.call,
    b"\x81": _Machine.call,
    b"\x92": _Machine.call_with_keywords,
    b"i": _Machine.instance,
    b"o": _Machine.object_of_group,
    b"b": _Machine.set_state,
    b"P": lambda m: m.persistent(m.line().decode("ascii")),
    b"Q": lambda m: m.persistent(m.stack.pop()),
    # said about the pickle itself
    b"\x80": lambda m: m.number(1),
    b"\x95": lambda m: m.number(8),
}
_FOREIGN = frozenset((b"\x82", b"\x83", b"\x84", b"\x97", b"\x98"))  # extension codes, buffers
