"""Feature files: whole or not there, never wrong, and bounded."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tlstudio.core.errors import StorageError
from tlstudio.engine.features import blocks
from tlstudio.engine.features.blocks import KEY_BYTES, FeatureFolder, trim

ROOT = Path(__file__).parents[3]


def key(number: int) -> bytes:
    return number.to_bytes(KEY_BYTES, "big")


def rows(count: int, elements: int = 6) -> torch.Tensor:
    return torch.arange(count * elements, dtype=torch.float32).reshape(count, elements)


def open_folder(path: Path, elements: int = 6, dtype: torch.dtype = torch.float32) -> FeatureFolder:
    return FeatureFolder(path, elements, dtype)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    folder = tmp_path / "ein Ordner – 그림" / "kept"
    open_folder(folder).add([key(n) for n in range(4)], rows(4))
    return folder


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.features")
    return path


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_rows_are_found_again(tmp_path: Path, dtype: torch.dtype) -> None:
    folder = open_folder(tmp_path / "a", dtype=dtype)
    assert folder.find(key(0)) is None
    folder.add([key(n) for n in range(3)], rows(3).to(dtype))
    folder.add([key(n) for n in range(3, 5)], rows(5).to(dtype)[3:])
    for again in (folder, open_folder(tmp_path / "a", dtype=dtype)):
        for number in range(5):
            row = again.find(key(number))
            assert row is not None and torch.equal(row, rows(5).to(dtype)[number])
        assert again.find(key(5)) is None


def test_a_missing_folder_is_empty_and_not_made(tmp_path: Path) -> None:
    assert open_folder(tmp_path / "no" / "such").find(key(0)) is None
    assert not (tmp_path / "no").exists()


def test_half_written_files_are_not_looked_at(filled: Path) -> None:
    path = only_file(filled)
    path.rename(path.with_name(f".{path.name}.abc.part"))
    assert open_folder(filled).find(key(0)) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: b"",
        lambda data: b"garbage" * 50,
        lambda data: b"\xff" * 8 + data[8:],
    ],
)
def test_broken_files_go(filled: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = only_file(filled)
    path.write_bytes(spoil(path.read_bytes()))
    folder = open_folder(filled)
    assert folder.find(key(0)) is None
    assert not path.exists()
    folder.add([key(0)], rows(1))
    assert open_folder(filled).find(key(0)) is not None


def test_files_that_cannot_be_opened_now_stay(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(FeatureFolder, "_file", refuse)
        assert open_folder(filled).find(key(0)) is None
    assert open_folder(filled).find(key(0)) is not None


def test_a_file_that_another_program_cuts_short_costs_its_rows(filled: Path) -> None:
    folder = open_folder(filled)
    path = only_file(filled)
    at = path.read_bytes().index(rows(4)[3].numpy().tobytes())
    os.truncate(path, at + 5)  # a mapped file would end the process here
    assert folder.find(key(3)) is None
    row = folder.find(key(0))
    assert row is not None and torch.equal(row, rows(4)[0])


def test_a_flipped_bit_costs_one_row(filled: Path) -> None:
    path = only_file(filled)
    data = bytearray(path.read_bytes())
    at = data.index(rows(4)[2].numpy().tobytes())
    data[at + 5] ^= 1
    path.write_bytes(data)
    folder = open_folder(filled)
    assert folder.find(key(2)) is None
    for number in (0, 1, 3):
        row = folder.find(key(number))
        assert row is not None and torch.equal(row, rows(4)[number])


@pytest.mark.parametrize(
    "change",
    [
        {"rows": rows(4, 5)},
        {"rows": rows(4).half()},
        {"rows": rows(3)},
        {"rows": torch.tensor(1.0)},
        {"keys": torch.zeros(4, 3, dtype=torch.uint8)},
        {"keys": torch.zeros(KEY_BYTES, dtype=torch.uint8)},
        {"checksums": torch.tensor(1)},
        {"checksums": torch.zeros(4, 2, dtype=torch.int64)},
    ],
)
def test_other_features_are_not_taken(filled: Path, change: dict[str, torch.Tensor]) -> None:
    path = only_file(filled)
    tensors = {name: value.clone() for name, value in load_file(path).items()}
    path.unlink()
    save_file({**tensors, **change}, path)
    assert open_folder(filled).find(key(0)) is None


WRITER = """
import sys, torch
from pathlib import Path
from tests.engine.features.test_blocks import key, open_folder
folder = open_folder(Path(sys.argv[1]))
print("ready", flush=True)
first, value = int(sys.argv[2]), 0
while True:
    numbers = range(first + value, first + value + 20)
    folder.add([key(n) for n in numbers], torch.tensor([[float(n)] * 6 for n in numbers]))
    value += 20
    print(first + value, flush=True)
"""


def test_killed_while_two_write(tmp_path: Path) -> None:
    """What was told to be kept is there, and nothing else than what was written."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "kept"), str(first)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (0, 1_000_000)
    ]
    for writer in writers:
        assert writer.stdout is not None
        for _ in range(4):
            assert writer.stdout.readline()
    time.sleep(0.01)
    told = []
    for writer in writers:
        writer.kill()
        out, _ = writer.communicate()
        assert writer.returncode == -getattr(signal, "SIGKILL", 9)
        told.append(out.split())
    folder = open_folder(tmp_path / "kept")
    for first, lines in zip((0, 1_000_000), told, strict=True):
        until = int(lines[-1]) if lines else first + 60
        for number in range(first, until):
            row = folder.find(key(number))
            assert row is not None and row.tolist() == [float(number)] * 6
    for number, _ in ((int.from_bytes(name, "big"), 0) for name in folder._rows):
        row = folder.find(key(number))
        assert row is not None and row[0] == number


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        open_folder(tmp_path / "file" / "a").add([key(0)], rows(1))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(tensors: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise blocks.SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(blocks, "save_file", full)
    folder = open_folder(tmp_path / "kept")
    with pytest.raises(StorageError, match="No space left"):
        folder.add([key(0)], rows(1))
    assert folder.find(key(0)) is None
    assert list((tmp_path / "kept").iterdir()) == []


# How much is kept


def aged(root: Path, name: str, age_s: float) -> Path:
    """A block of a thousand rows, last used so long ago."""
    folder = root / name.split("/")[0]
    before = set(folder.glob("*"))
    open_folder(folder).add([key(n) for n in range(1000)], rows(1000))
    (path,) = set(folder.glob("*")) - before
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    old, new, middle = (aged(tmp_path, *row) for row in (("a", 30), ("a", 10), ("b", 20)))
    size = old.stat().st_size
    trim(tmp_path, 3 * size)
    assert old.exists()
    trim(tmp_path, 2 * size)
    assert (old.exists(), middle.exists(), new.exists()) == (False, True, True)
    trim(tmp_path, size)
    assert (middle.exists(), new.exists()) == (False, True)
    assert not (tmp_path / "b").exists()
    trim(tmp_path, 0)
    assert list(tmp_path.iterdir()) == []


def test_what_is_found_counts_as_used(tmp_path: Path) -> None:
    old, new = aged(tmp_path, "a", 30), aged(tmp_path, "b", 10)
    assert open_folder(tmp_path / "a").find(key(1)) is not None
    trim(tmp_path, old.stat().st_size)
    assert (old.exists(), new.exists()) == (True, False)


@pytest.mark.skipif(os.name == "nt", reason="a mapped file cannot be removed there")
def test_rows_of_a_removed_file_can_still_be_read(tmp_path: Path) -> None:
    aged(tmp_path, "a", 30)
    folder = open_folder(tmp_path / "a")
    trim(tmp_path, 0)
    row = folder.find(key(7))
    assert row is not None and torch.equal(row, rows(1000)[7])
    folder.add([key(1001)], rows(1))  # makes its folder again
    assert folder.find(key(1001)) is not None


def test_leftovers_of_killed_programs_are_counted_and_go(tmp_path: Path) -> None:
    part = tmp_path / "a" / ".x.features.abc.part"
    part.parent.mkdir()
    part.write_bytes(b"0" * 1000)
    trim(tmp_path, 999)
    assert not part.exists()


def test_nothing_to_trim(tmp_path: Path) -> None:
    trim(tmp_path / "missing", 0)
