"""What killed programs left half-written is swept from the studio's own folders."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.storage import atomic_path, cache_dir, config_dir, documents_dir, runs_dir
from tlstudio.engine.classroom.half_opened import classes_dir, half_opened
from tlstudio.engine.leftovers import sweep
from tlstudio.engine.runs.commit import STAGED
from tlstudio.engine.runs.lock import LOCK, RunLock

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


def test_the_folder_of_a_pack_whose_opening_was_killed_goes() -> None:
    place = classes_dir() / "Week 3"
    killed, running, own = half_opened(place), half_opened(place), classes_dir() / ".mine.part"
    for folder in (killed, running, own):
        write(folder / "image.png")
    write(killed / LOCK)  # which the system let go of
    lock = RunLock(running)
    assert lock.take()
    assert sweep() == 1
    assert not killed.exists()
    assert running.exists()
    assert own.exists()
    lock.release()
