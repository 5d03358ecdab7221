"""What killed programs left half-written is swept from the studio's own folders."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.storage import atomic_path, cache_dir, config_dir, documents_dir, runs_dir
from tlstudio.engine.leftovers import sweep
from tlstudio.engine.runs.commit import STAGED
from tlstudio.engine.runs.lock import RunLock

NAME = ".file.json.0123abcd.part"


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    return path


def test_ours_goes_and_nothing_else() -> None:
    gone = [
        write(folder / NAME)
        for folder in (config_dir(), documents_dir(), cache_dir() / "a" / "b", runs_dir() / "r")
    ]
    gone.append(write(runs_dir() / "r" / STAGED / "weights"))
    stays = [
        write(cache_dir() / "weights.pth.part"),  # a download that goes on
        write(documents_dir() / "mine" / NAME),  # of a person's own folder
        write(runs_dir() / "training" / STAGED / "weights"),
    ]
    lock = RunLock(runs_dir() / "training")
    assert lock.take()
    with atomic_path(cache_dir() / "written now") as temporary:
        assert sweep() == len(gone)
        assert temporary.exists()
    lock.release()
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in stays)
