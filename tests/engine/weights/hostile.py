"""Files that were made to hang, to fill the memory, or to have something run."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator

import torch

TOWER = b")" + b"2\x86" * 60  # ((..), (..)): sixty calls to write, 2^60 to walk, hash or print
DEEP = b")" + b"\x85" * 5000
GLOBAL = b"ctorch._utils\n_rebuild_tensor_v2\n"
SIZES = b"(K\x02t(K\x01t\x89ccollections\nOrderedDict\n)RtR"


def walked(value: object) -> None:
    """What is handed on may be printed whole, and its names as they are."""
    assert len(repr(value)) < 20_000_000
    if isinstance(value, dict):
        assert all(isinstance(key, int) or key.isprintable() for key in value)


def text(value: str) -> bytes:
    data = value.encode("utf-8")
    return b"X" + struct.pack("<I", len(data)) + data


def storage(
    kind: bytes = b"ctorch\nFloatStorage\n",
    key: bytes = text("0"),
    count: bytes = b"K\x02",
) -> bytes:
    return b"(" + text("storage") + kind + key + text("cpu") + count + b"tQ"


def tensor(reference: bytes = storage(), sizes: bytes = SIZES, maker: bytes = GLOBAL) -> bytes:
    return maker + b"(" + reference + b"K\x00" + sizes


def table(*entries: bytes) -> bytes:
    return b"\x80\x02}(" + b"".join(entries) + b"u."


PICKLES: dict[str, bytes] = {
    "tower as a key": table(TOWER + b"K\x01"),
    "tower as a value": table(text("a") + TOWER),
    "tower as the name of a tensor": table(TOWER + tensor()),
    "tower as the kind of a storage": table(text("a") + tensor(storage(kind=TOWER))),
    "tower as the key of a storage": table(text("a") + tensor(storage(key=TOWER))),
    "tower as the count of a storage": table(text("a") + tensor(storage(count=TOWER))),
    "tower as a storage": table(text("a") + tensor(TOWER + b"Q")),
    "tower as a maker": table(text("a") + tensor(maker=TOWER)),
    "tower as a shape": table(text("a") + tensor(sizes=TOWER + TOWER + b"\x89NtR")),
    "tower as arguments": table(text("a") + b"cos\nsystem\n" + TOWER + b"R"),
    "tower as a class": table(text("a") + TOWER + b")\x81"),
    "tower as attributes": table(text("a") + b"cos\nsystem\n)R" + TOWER + b"b"),
    "tower as buffers": table(
        text("a") + b"ca\nb\n)R}(" + text("_modules") + b"}" + text("_buffers") + TOWER + b"ub"
    ),
    "deep value": table(text("a") + DEEP),
    "deep key": table(DEEP + b"K\x01"),
    "list in itself": table(text("a") + b"]q\x00h\x00ah\x00a"),
    "dict in itself": b"\x80\x02}q\x00(" + text("model") + b"h\x00" + text("ema") + b"h\x00u.",
    "module in itself": b"\x80\x02ca\nb\n)Rq\x00}("
    + text("_modules") + b"}(" + text("x") + b"h\x00" + text("y") + b"h\x00uub.",
    "lists of lists of lists": table(
        text("a"), b"]q\x00" + b"".join(b"](" + b"h\x00" * 9 + b"eq\x00" for _ in range(40))
    ),
    "huge memo": b"\x80\x02Nr\xff\xff\xff\xff.",
    "huge text": b"\x80\x02X\xff\xff\xff\xffa.",
    "huge bytes": b"\x80\x02\x8e" + b"\xff" * 7 + b"\x0fa.",
    "huge number": b"\x80\x02\x8b\xff\xff\xff\x7fa.",
    "long number": table(text("a") + b"\x8b" + struct.pack("<i", 300_000) + b"\x01" * 300_000),
    "long text number": table(text("a") + b"I" + b"9" * 5000 + b"\n"),
    "no numbers": table(text("a") + b"Inan\n"),
    "many marks": b"\x80\x02" + b"(" * 50_000 + b".",
    "many dicts": b"\x80\x02" + b"}" * 50_000 + b".",
    "many opcodes": b"\x80\x02" + b"N0" * 60_000 + b"N.",
    "many names": table(*(text(f"n{n}") + b"K\x01" for n in range(60_000))),
    "appended one by one": b"\x80\x02ca\nb\n)R" + b"Na" * 50_000 + b".",
    "clashing numbers": table(
        *(b"\x8a\x0a" + (n * (2**61 - 1)).to_bytes(10, "little") + b"N" for n in range(20_000))
    ),
    "half a character": table(b"X\x03\x00\x00\x00\xed\xa0\x80" + tensor()),
    "control characters": table(text("\x1b[31m\x07\r\n") + tensor(), text("a") + text("\x1b[2J")),
    "control characters as a global": table(text("a") + b"c\x1b[2J\x07\n\x00\x01\x02\n)R"),
    "claims a huge tensor": table(
        text("a") + tensor(sizes=b"\x8a\x08" + b"\xff" * 7 + b"\x3f\x85K\x01\x85\x89NtR")
    ),
    "empty and huge": table(
        text("a"),
        tensor(sizes=b"(K\x00" + b"J\xff\xff\xff\x7f" * 4 + b"t(" + b"K\x01" * 5 + b"t\x89NtR"),
    ),
    "negative": table(text("a") + tensor(sizes=b"(J\xff\xff\xff\xfft(K\x01t\x89NtR")),
    "beyond its storage": table(text("a") + tensor(storage(count=b"K\x63"))),
    "out of band": b"\x80\x05\x97.",
    "extension": b"\x80\x02\x82\x01.",
    "nothing": b"\x80\x02.",
    "only a mark": b"\x80\x02(.",
}  # fmt: skip
"""Pickles by what they try."""


def torch_zip(data: bytes, storages: dict[str, bytes] | None = None, method: int = 0) -> bytes:
    """A file as torch.save writes it, with any pickle."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("w/data.pkl", data)
        archive.writestr("w/version", "3\n")
        for key, content in (storages if storages is not None else {"0": bytes(8)}).items():
            archive.writestr(f"w/data/{key}", content)
    return target.getvalue()


def torch_old(data: bytes) -> bytes:
    """A file as torch before 1.6 wrote it, with any pickle."""
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}
    head = (0x1950A86A20F9469CFC6C, 1001, system)
    parts = [pickle.dumps(value, 2) for value in head]
    keys = pickle.dumps(["0"], 2)
    return b"".join(parts) + data + keys + struct.pack("<q", 2) + bytes(8)


def safetensors(header: bytes | object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def _one(**changes: object) -> dict[str, object]:
    return {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changes}


SAFETENSORS: dict[str, bytes] = {
    "longer than the file": safetensors(_one(), bytes(8), length=10**9),
    "as long as can be": safetensors(_one(), bytes(8), length=2**64 - 1),
    "deep": safetensors(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "many parts": safetensors(b'{"a":[' + b"{}," * 300_000 + b"{}]}"),
    "no table": safetensors([1, 2]),
    "another encoding": safetensors('{"a":1}'.encode("utf-16-le")),
    "no tensors": safetensors({"a": 1}),
    "overlapping": safetensors(_one() | {"b": _one()["a"]}, bytes(8)),
    "huge": safetensors(_one(shape=[2**62, 2**62]), bytes(8)),
    "negative": safetensors(_one(shape=[-2]), bytes(8)),
    "truth as a number": safetensors(_one(shape=[True, 2]), bytes(8)),
    "endless": safetensors(b'{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,8]}}', bytes(8)),
    "beyond the end": safetensors(_one(data_offsets=[0, 80], shape=[20]), bytes(8)),
    "notes are no text": safetensors(_one() | {"__metadata__": [1]}, bytes(7)),
    "control characters": safetensors({"\x1b[2J\x07": _one()["a"]}, bytes(8)),
    "empty and huge": safetensors(_one(shape=[0, 2**61, 2**61], data_offsets=[0, 0])),
}


def tar(name: str, data: bytes, mode: str = "w") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def _nested(times: int) -> bytes:
    data = torch_zip(table())
    for _ in range(times):
        data = zipped({"w.pth": data})
    return data


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("w/data.pkl", bytes(102 << 20))
    return target.getvalue()


def archives() -> Iterator[tuple[str, bytes]]:
    """Archives by what they try. They are made on demand: some take a second."""
    import gzip

    yield "nested archives", _nested(12)
    yield "bomb", _bomb()
    yield "bomb in gz", gzip.compress(bytes(102 << 20), 1)
    yield "several", zipped({"a.pth": b"a", "b.pth": b"b"})
    yield "none", zipped({"a.jpg": b"a", "b.jpg": b"b"})
    yield "tar beyond its end", tar("w.pth", bytes(2000))[:1500]
    yield "directory of nothing", b"PK\x03\x04" + b"PK\x05\x06" + b"\xff" * 16 + b"\0\0"
    whole = bytearray(torch_zip(table(text("a") + tensor())))
    at = whole.rfind(b"PK\x05\x06")
    struct.pack_into("<L", whole, at + 16, 0)
    yield "directory elsewhere", bytes(whole)


class Call:
    """What unpickling would turn into a call."""

    def __init__(self, call: Callable[..., object], *arguments: object) -> None:
        self.call = (call, arguments)

    def __reduce__(self) -> tuple[object, ...]:
        return self.call


def calls(marker: str) -> dict[str, Call]:
    """Calls that leave a file behind, or change the process."""
    return {
        "system": Call(os.system, f"touch '{marker}'"),
        "eval": Call(eval, f"open({marker!r}, 'w')"),
        "exec": Call(exec, f"open({marker!r}, 'w')"),
        "open": Call(open, marker, "w"),
        "setattr": Call(setattr, torch.nn.Linear, "forward", os.system),
        "import": Call(__import__, "antigravity"),
    }
