"""Files of a run become new at one moment, wherever a process is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tlstudio.core.errors import StorageError
from tlstudio.engine.runs.commit import STAGED, commit, settle
from tlstudio.engine.runs.lock import RunLock

OLD = {"weights": "old", "last": "old", "checkpoint": "old"}
NEW = {"weights": "new", "checkpoint": "new", "run": "new"}

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from tlstudio.engine.runs.commit import commit
left = int(sys.argv[2])
def counted(call):
    def kills(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return kills
for name in ("replace", "rename", "unlink", "rmdir", "mkdir"):
    setattr(Path, name, counted(getattr(Path, name)))
with commit(Path(sys.argv[1])) as new:
    for name in ("weights", "checkpoint", "run"):
        (new.folder / name).write_text("new")
    new.remove("last")
"""


def found(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir() if p.is_file() and p.name != "lock"}


def write(folder: Path, values: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in values.items():
        (folder / name).write_text(text)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    lock = RunLock(folder)
    assert lock.take()
    try:
        yield
    finally:
        lock.release()


@pytest.mark.skipif(os.name == "nt", reason="nobody is killed so there")
def test_a_kill_leaves_all_old_or_all_new(tmp_path: Path) -> None:
    seen = []
    for calls in range(12):
        folder = tmp_path / str(calls)
        write(folder, OLD)
        command = [sys.executable, "-c", KILLED_AT, str(folder), str(calls)]
        is_over = subprocess.run(command, check=False).returncode == 0
        settle(folder)
        seen.append(found(folder))
        assert seen[-1] in (OLD, NEW)
        with locked(folder), commit(folder):  # and the next one is not hindered
            pass
        if is_over:
            break
    assert is_over
    assert seen[0] == OLD and seen[-2] == NEW


def test_what_raises_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write(folder, OLD)
    with pytest.raises(ZeroDivisionError), commit(folder) as new:
        (new.folder / "weights").write_text("new")
        raise ZeroDivisionError
    (folder / "run").mkdir()  # no file can take its place
    with pytest.raises(StorageError), commit(folder) as new:
        for name in NEW:
            (new.folder / name).write_text("new")
    assert found(folder) == OLD
    assert not (folder / STAGED).exists()


def test_who_only_reads_waits_for_the_writer(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write(folder, OLD)
    with locked(folder):
        settle(folder)  # nothing to wait for
    assert found(folder) == OLD
