"""The scorecard of weight files: fuzzed, malicious and crafted ones, each in a watched process.

    python -m tests.benchmarks.weight_files [--fuzzed 40000] [--folder FOLDER] [--only fuzzed]

Each file is opened as the window would: read, walked, and where it holds tensors, recognised. Told
of each kind are the files, how many could be read and were refused, the slowest (seconds of this
process), and the most memory over three times the file; and what must never be: an audited event
(Python's audit hooks: imports, processes, sockets, files other than the one), a process that hung
or died, and an error that is no plain sentence.

``--folder`` takes further files, such as those that picklescan and modelscan keep in their tests.
Linux only: peaks of memory are asked of /proc.
"""

from __future__ import annotations

import argparse
import faulthandler
import gzip
import io
import json
import lzma
import os
import pickle
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from argparse import Namespace
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.engine.weights import hostile

LIMIT_S = 10
LIMIT_BYTES = 200 * 1024 * 1024
PATIENCE_S = 120  # by the clock: the machine may be busy
BATCH = 4000
KINDS = ("fuzzed", "malicious", "crafted", "large", "folder")

_SIGNS = (0, 1, 2, 0x7F, 0x80, 0xFF, *b"(.)}]NRbcqhtueQX\x85\x86\x87\x8a\x8b\x81\x93\x94")
_OPCODES = (  # what files have most of, more than once
    b"N\x88\x89I0J1M2LFGSUVXC]}()\x8ftl\x85\x86\x87dae\x90su012pqr\x94ghjc\x93R\x81iobPQ\x80\x95"
    b"KKqqhhXX((((tttRRuuQQ"
)


@dataclass(frozen=True)
class File:
    """One file to be opened.

    Attributes:
        kind: of the five.
        name: what it is called, with its suffix.
        make: its bytes; None for a sparse file of `size_bytes` that begins with `start`.
    """

    kind: str
    name: str
    make: Callable[[], bytes] | None
    start: bytes = b""
    size_bytes: int = 0

    def write(self, path: Path) -> None:
        if self.make is not None:
            path.write_bytes(self.make())
            return
        with path.open("wb") as file:
            file.write(self.start)
            file.truncate(self.size_bytes)


# ---------------------------------------------------------------------------------------- fuzzed


@cache
def bases() -> dict[str, bytes]:
    """Small files of every form that is opened, by their names."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(8, 3)
    )
    state = network.state_dict()
    shared = torch.arange(12.0).reshape(3, 4)
    checkpoint = {
        "epoch": 3,
        "args": Namespace(lr=0.1, name="x"),
        "state_dict": OrderedDict((f"module.{name}", value) for name, value in state.items()),
        "optimizer": {
            "state": {0: {"step": torch.tensor(3.0)}},
            "param_groups": [{"betas": (0, 1)}],
        },
        "tied": {"a": shared, "b": shared.t(), "h": shared.half(), "t": shared > 3},
    }

    def saved(value: object, **options: Any) -> bytes:
        target = io.BytesIO()
        torch.save(value, target, **options)
        return target.getvalue()

    from safetensors.torch import save

    safe = save(dict(state), metadata={"format": "pt"})
    made = {
        "state.pth": saved(state),
        "checkpoint.ckpt": saved(checkpoint),
        "model.pt": saved(network),
        "protocol4.pth": saved(checkpoint, pickle_protocol=4),
        "old.pth": saved(checkpoint, _use_new_zipfile_serialization=False),
        "old_model.pth": saved(network, _use_new_zipfile_serialization=False),
        "w.safetensors": safe,
        "bare.pkl": pickle.dumps({"a": [1, 2.5, "x"], "b": (None, True, b"bytes")}, 4),
        "dumped.pkl": pickle.dumps({"model": state, "array": np.ones((9, 20)), "epoch": 3}),
        "dumped_model.pkl": pickle.dumps(network, 5),
    }
    made["w.pth.gz"] = gzip.compress(made["state.pth"], mtime=0)
    made["w.tar"] = hostile.tar("w.pth", made["checkpoint.ckpt"])
    made["w.tar.xz"] = lzma.compress(hostile.tar("w.safetensors", safe), preset=0)
    made["w.zip"] = hostile.zipped({"a/w.pth": made["old.pth"], "__MACOSX/._w.pth": b"x"})
    made["nested.zip"] = hostile.zipped({"w.tar.gz": gzip.compress(made["w.tar"], mtime=0)})
    return made


def fuzzed(seed: int, count: int) -> Iterator[File]:
    """Files that were changed in some places, and pickles of random opcodes."""
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        name = rng.choice(sorted(bases()))
        way = rng.choice(_WAYS)
        yield File(
            "fuzzed", f"{number}_{way.__name__}_{name}", lambda r=rng, n=name, w=way: w(r, n)
        )


def changed_bytes(rng: random.Random, name: str) -> bytes:
    """Anywhere in the file."""
    return _changed(rng, bases()[name])


def changed_inside(rng: random.Random, name: str) -> bytes:
    """Within what a checksum covers, and the checksum made anew."""
    return _inside(rng, bases()[name], _changed)


def random_pickle(rng: random.Random, name: str) -> bytes:
    """Opcodes in any order, where the pickle of the file was."""
    return _inside(rng, bases()[name], lambda r, _: _program(r))


def spliced(rng: random.Random, name: str) -> bytes:
    """The beginning of one file and the end of another."""
    one, other = bases()[name], bases()[rng.choice(sorted(bases()))]
    return one[: rng.randrange(len(one))] + other[rng.randrange(len(other)) :]


def cut(rng: random.Random, name: str) -> bytes:
    data = bases()[name]
    return data[: rng.randrange(len(data))]


_WAYS = (changed_bytes, changed_inside, changed_inside, random_pickle, spliced, cut)


def _changed(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8, 30))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(6):
            case 0 if changed:
                changed[at % len(changed)] ^= 1 << rng.randrange(8)
            case 1 if changed:
                changed[at % len(changed)] = rng.choice(_SIGNS)
            case 2:
                changed[at:at] = bytes(rng.choice(_SIGNS) for _ in range(rng.randrange(1, 9)))
            case 3:
                del changed[at : at + rng.randrange(1, 20)]
            case 4:
                size = rng.choice((1, 2, 4, 8))
                value = rng.choice((0, 1, 2**31 - 1, 2**32 - 1, 2**62, 2**64 - 1, len(data)))
                changed[at : at + size] = (value % 256**size).to_bytes(size, "little")
            case _:
                start = rng.randrange(len(changed) + 1)
                changed[at:at] = changed[start : start + rng.randrange(1, 60)]
    return bytes(changed)


def _inside(
    rng: random.Random, data: bytes, change: Callable[[random.Random, bytes], bytes]
) -> bytes:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        pickles = [name for name in files if name.endswith("data.pkl")]
        chosen = pickles[0] if pickles and rng.random() < 0.8 else rng.choice(sorted(files))
        files[chosen] = change(rng, files[chosen])
        return hostile.zipped(files, rng.choice((0, 8)))
    if data.startswith(b"\x1f\x8b"):
        return gzip.compress(_inside(rng, gzip.decompress(data), change), mtime=0)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.compress(change(rng, lzma.decompress(data)), preset=0)
    if data[8:9] == b"{":
        length = int.from_bytes(data[:8], "little")
        header = change(rng, data[8 : 8 + length])
        return struct.pack("<Q", len(header)) + header + data[8 + length :]
    at = data.find(b"\x80\x02", 60) if data.startswith(b"\x80\x02") else 0
    end = data.rfind(b"\x80\x02") if at > 0 else len(data)
    return data[: max(at, 0)] + change(rng, data[max(at, 0) : end]) + data[end:]


def _program(rng: random.Random) -> bytes:
    parts = [b"\x80\x02"]
    for _ in range(rng.choice((5, 20, 100, 400))):
        code = rng.choice(_OPCODES)
        parts.append(bytes((code,)) + _argument(rng, bytes((code,))))
        if rng.random() < 0.1:
            parts.append(rng.choice((hostile.tensor(), hostile.storage(), hostile.TOWER)))
    return b"".join(parts) + rng.choice((b".", b"u.", b"tR.", b""))


def _argument(rng: random.Random, code: bytes) -> bytes:
    if code in b"Kqh\x80":
        return bytes((rng.choice((0, 1, 2, 3, 255)),))
    if code in b"M":
        return rng.randbytes(2)
    if code in b"Jrj":
        return struct.pack("<I", rng.choice((0, 1, 2, 300, 2**31, 2**32 - 1)))
    if code in b"G\x95":
        return rng.randbytes(8)
    if code in b"UC\x8a\x8c":
        size = rng.randrange(20)
        return bytes((size,)) + rng.randbytes(size)
    if code in b"XTB\x8b":
        text = rng.choice(
            (b"storage", b"0", b"_modules", b"_metadata", b"\xed\xa0\x80", b"\x1b[2J")
        )
        return struct.pack("<I", rng.choice((len(text),) * 9 + (2**31,))) + text
    if code in b"ci":
        return rng.choice(
            (
                b"torch._utils\n_rebuild_tensor_v2\n",
                b"torch._utils\n_rebuild_parameter\n",
                b"torch\nFloatStorage\n",
                b"collections\nOrderedDict\n",
                b"os\nsystem\n",
                b"builtins\neval\n",
            )
        )
    return rng.choice((b"1\n", b"'a'\n", b"nan\n", b"\n")) if code in b"ILFSVPgp" else b""


# ------------------------------------------------------------------------- malicious and crafted


def malicious(marker: str) -> Iterator[File]:
    """Calls in every place of a file, in every form."""
    state = {"weight": torch.ones(2, 2), "bias": torch.ones(2)}
    for call_name, call in hostile.calls(marker).items():
        module = torch.nn.Linear(2, 2)
        module.innocent = call  # type: ignore[assignment]
        places = {
            "alone": call,
            "value": {**state, "x": call},
            "key": {**state, call: 1},
            "nested": {"state_dict": state, "extra": [{"x": (call,)}]},
            "module": {"model": module},
            "list": [state, call],
        }
        for place, value in places.items():
            for form in ("new", "old", "protocol 4", "bare"):
                yield File(
                    "malicious",
                    f"{call_name} {place} {form}.pth",
                    lambda value=value, form=form: _in_form(value, form),
                )


def _in_form(value: object, form: str) -> bytes:
    target = io.BytesIO()
    if form == "bare":
        return pickle.dumps(value)
    torch.save(
        value,
        target,
        _use_new_zipfile_serialization=form != "old",
        pickle_protocol=4 if form == "protocol 4" else 2,
    )
    return target.getvalue()


def crafted() -> Iterator[File]:
    """Files that were made to hang or to fill the memory."""
    for name, data in hostile.PICKLES.items():
        yield File("crafted", f"{name} new.pth", lambda data=data: hostile.torch_zip(data))
        yield File(
            "crafted", f"{name} packed.pth", lambda data=data: hostile.torch_zip(data, None, 8)
        )
        yield File("crafted", f"{name} old.pth", lambda data=data: hostile.torch_old(data))
        yield File("crafted", f"{name} bare.pkl", lambda data=data: data)
    for name, data in hostile.SAFETENSORS.items():
        yield File("crafted", f"{name}.safetensors", lambda data=data: data)
    for name, data in hostile.archives():
        yield File("crafted", f"{name}.zip", lambda data=data: data)


def large() -> Iterator[File]:
    """The same by sheer size."""
    text, table, tensor = hostile.text, hostile.table, hostile.tensor

    def texts(size: int, value: bytes) -> bytes:
        return b"\x80\x02X" + struct.pack("<I", size) + value + b"."

    memos = b"".join(b"}r" + struct.pack("<I", n) for n in range(199_000))
    number = b"G" + struct.pack(">d", 1.1)
    names = [text(f"layer{n}.weight") for n in range(600_000)]
    many: dict[str, Callable[[], bytes]] = {
        "20 MB of opcodes": lambda: b"\x80\x02" + b"N0" * 10_000_000 + b"N.",
        "20 MB of dicts": lambda: b"\x80\x02" + b"}" * 20_000_000 + b".",
        "20 MB of marks": lambda: b"\x80\x02" + b"(" * 20_000_000 + b".",
        "20 MB of tuples": lambda: b"\x80\x02N" + b"\x85" * 20_000_000 + b".",
        "600,000 names": lambda: table(*(name + b"K\x01" for name in names)),
        "600,000 tensors": lambda: table(*(name + tensor() for name in names)),
        "30,000 tensors": lambda: table(*(name + tensor() for name in names[:30_000])),
        "30,000 long names": lambda: table(
            *(text("a." * 400 + str(n)) + tensor() for n in range(30_000))
        ),
        "30,000 names of one network": lambda: table(
            *(text(f"{n}.layer1.0.conv1.weight") + tensor() for n in range(30_000))
        ),
        "just few enough dicts": lambda: b"\x80\x02](" + b"}" * 399_000 + b"e.",
        "just few enough texts": lambda: b"\x80\x02](" + b"X\x02\0\0\0ab" * 2_400_000 + b"e.",
        "just few enough numbers": lambda: b"\x80\x02](" + number * 2_400_000 + b"e.",
        "just few enough memos": lambda: b"\x80\x02](" + memos + b"e.",
        "just few enough calls": lambda: b"\x80\x02ca\nb\nq\0](" + b"h\0)R" * 390_000 + b"e.",
        "a text of 60 MB": lambda: texts(60_000_000, "é".encode() * 30_000_000),
        "a text of 60 MB and a face": lambda: texts(60_000_004, "😀".encode() + b"a" * 60_000_000),
        "a text of 16 MB and a face": lambda: texts(16_000_004, "😀".encode() + b"a" * 16_000_000),
        "a number of 30 MB": lambda: (
            b"\x80\x02\x8b" + struct.pack("<i", 30_000_000) + b"\x01" * 30_000_000 + b"."
        ),
        "one dict again and again": lambda: table(
            text("a") + b"}q\0(" + b"".join(text(f"k{n}") + b"N" for n in range(1000)) + b"u",
            text("b") + b"](" + b"h\0" * 400 + b"e",
        ),
    }  # fmt: skip
    for name, make in many.items():
        yield File("large", f"{name} new.pth", lambda make=make: hostile.torch_zip(make()))
        yield File(
            "large", f"{name} packed.pth", lambda make=make: hostile.torch_zip(make(), None, 8)
        )
        yield File("large", f"{name} old.pth", lambda make=make: hostile.torch_old(make()))
    starts = {
        "nothing.safetensors": b"",
        "header of 2 GiB.safetensors": struct.pack("<Q", (2 << 30) - 8) + b"{",
        "header of 16 MiB.safetensors": struct.pack("<Q", 16 << 20) + b'{"a":{}}',
        "zip.pth": b"PK\x03\x04",
        "pickle.pth": b"\x80\x02",
        "text pickle.pth": b"\x80\x02V",
        "old.pth": hostile.torch_old(table(text("a") + tensor())),
        "gz.pth": b"\x1f\x8b\x08\0\0\0\0\0\0\0",
        "tar.tar": hostile.tar("w.pth", b"x")[:512],
        "html.pth": b"<html>",
        "nothing.pth": b"",
    }
    for name, start in starts.items():
        yield File("large", f"sparse 2 GiB {name}", None, start, 2 << 30)


# ---------------------------------------------------------------------------------------- watched


@dataclass
class Row:
    """What was found of one kind of file."""

    files: int = 0
    opened: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    slowest: str = ""
    most_bytes: int = 0
    most: str = ""
    faults: list[str] = field(default_factory=list)

    def add(self, told: dict[str, Any]) -> None:
        self.files += 1
        self.opened += told["opened"]
        self.refused += not told["opened"]
        if told["seconds"] > self.slowest_s:
            self.slowest_s, self.slowest = told["seconds"], told["name"]
        if told["bytes"] > self.most_bytes:
            self.most_bytes, self.most = told["bytes"], told["name"]
        if told["seconds"] > LIMIT_S:
            told["faults"].append(f"{told['seconds']:.1f} s")
        if told["bytes"] > LIMIT_BYTES:
            told["faults"].append(f"{told['bytes'] >> 20} MiB over three times the file")
        self.faults += [f"{told['name']}: {fault}" for fault in told["faults"]]


def open_one(path: Path) -> tuple[bool, list[str]]:
    """Open a file as the window would: whether it could be read, and what must not be."""
    from tlstudio.core.errors import WeightsError
    from tlstudio.engine.weights.load import load_weights
    from tlstudio.engine.weights.read import read_weights

    faults: list[str] = []
    is_read = False
    try:
        raw = read_weights(path)
        is_read = True
        len(repr(raw.values))
        load_weights(path)
    except WeightsError as error:
        said = f"{error} {error.hint_text}"
        if not said.replace(path.name, "").isprintable() or len(said) > 1000:
            faults.append(f"a sentence: {said!a:.200}")
    except BaseException as error:
        faults.append(f"{type(error).__name__}: {error!s:.200}")
    return is_read, faults


def all_files(options: argparse.Namespace) -> Iterator[File]:
    if "fuzzed" in options.only:
        yield from fuzzed(options.seed, options.fuzzed)
    if "malicious" in options.only:
        yield from malicious(str(Path(tempfile.gettempdir()) / "weight_files_marker"))
    if "crafted" in options.only:
        yield from crafted()
    if "large" in options.only:
        yield from large()
    if "folder" in options.only:
        for folder in options.folder:
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                yield File("folder", path.name, path.read_bytes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fuzzed", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, action="append", default=[])
    parser.add_argument("--only", choices=KINDS, action="append")
    parser.add_argument("--from-file", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.only = options.only or list(KINDS)
    if options.child:
        _child(options)
        return
    rows: dict[str, Row] = {}
    done = 0
    while (done := _batch(done, rows)) >= 0:
        print(f"{done} files", file=sys.stderr, flush=True)
    for kind, row in rows.items():
        print(
            f"{kind:10} {row.files:6} files, read {row.opened}, refused {row.refused}; slowest "
            f"{row.slowest_s:.2f} s ({row.slowest}); most memory {row.most_bytes / 2**20:.0f} MiB "
            f"over three times the file ({row.most}); faults {len(row.faults)}"
        )
        print("\n".join(f"    {fault}" for fault in row.faults[:40]))


def _batch(first: int, rows: dict[str, Row]) -> int:
    """Run some files in a process of their own; the number of the next, -1 where none is left."""
    command = [sys.executable, "-m", "tests.benchmarks.weight_files", *sys.argv[1:]]
    child = subprocess.Popen(
        [*command, "--child", "--from-file", str(first)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    started: dict[str, Any] = {}
    number = first
    for line in child.stdout:
        told = json.loads(line)
        if "end" in told:
            child.wait()
            return -1 if told["end"] else number
        if "seconds" not in told:
            started = told
            continue
        number, started = number + 1, {}
        rows.setdefault(told["kind"], Row()).add(told)
    code = child.wait()
    if not started:
        raise SystemExit(f"a process ended with {code} between two files")
    fault = "hung" if code == 1 else f"ended the process ({code})"
    started |= {"opened": False, "seconds": 0.0, "bytes": 0, "faults": [fault]}
    rows.setdefault(started["kind"], Row()).add(started)
    return number + 1


def _child(options: argparse.Namespace) -> None:
    """Open `BATCH` files, and print a line before and after each."""
    heard: list[str] = []
    now = {"path": "", "is_open": False}

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if not now["is_open"] or event == "builtins.id":
            return
        if event == "open" and str(arguments[0]) == now["path"]:
            return
        if event in ("open", "tempfile.mkstemp") and str(arguments[0]).startswith(_TEMPORARY):
            return
        heard.append(f"{event} {arguments[:1]!r:.100}")

    real = os.dup(1)
    with os.fdopen(real, "w") as output, tempfile.TemporaryDirectory(prefix="weights.") as folder:
        os.dup2(2, 1)
        b"x".decode("raw-unicode-escape")  # whatever is imported late is imported now
        for name, data in bases().items():
            path = Path(folder) / f"warm {name}"
            path.write_bytes(data)
            open_one(path)
        sys.addaudithook(hear)
        limit = _status("VmSize") + 4 * LIMIT_BYTES
        is_last = True
        for number, file in enumerate(all_files(options)):
            if number < options.from_file:
                continue
            if number >= options.from_file + BATCH:
                is_last = False
                break
            path = Path(folder) / f"{number}{Path(file.name).suffix}"
            told: dict[str, Any] = {"kind": file.kind, "name": file.name}
            print(json.dumps(told), file=output, flush=True)
            file.write(path)
            size = path.stat().st_size
            resource.setrlimit(resource.RLIMIT_AS, (limit + 4 * size, resource.RLIM_INFINITY))
            faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
            before, start = _reset_peak(), time.process_time()
            now |= {"path": str(path), "is_open": True}
            opened, faults = open_one(path)
            now["is_open"] = False
            told["seconds"] = time.process_time() - start
            told["bytes"] = _status("VmHWM") - before - 3 * size
            faulthandler.cancel_dump_traceback_later()
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            told |= {"opened": opened, "faults": [*faults, *dict.fromkeys(heard)][:5]}
            heard.clear()
            print(json.dumps(told), file=output, flush=True)
            path.unlink()
        print(json.dumps({"end": is_last}), file=output, flush=True)


_TEMPORARY = tempfile.gettempdir()


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def _reset_peak() -> int:
    """Let the peak of memory begin anew; what is taken now comes back."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


if __name__ == "__main__":
    main()
