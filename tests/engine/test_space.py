"""What the studio keeps: measured, given back, moved without losing any of it."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from tests.engine.runs.runs import some_runs, write_kept
from tlstudio.core.errors import StorageError
from tlstudio.core.storage import cache_dir, preferences_path, usual_runs_dir, write_preferences
from tlstudio.engine import space
from tlstudio.engine.runs.lock import RunLock
from tlstudio.engine.runs.store import RunStore


@pytest.fixture(params=["one disk", "two disks"])
def disks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Between two disks nothing can be renamed."""
    if request.param == "two disks":
        rename = Path.rename

        def only_within(path: Path, to: Path) -> Path:
            if ("new" in path.parts) != ("new" in Path(to).parts):
                raise OSError(errno.EXDEV, "another disk")
            return rename(path, to)

        monkeypatch.setattr(Path, "rename", only_within)
    return str(request.param)


def move_runs(new: Path | None, old: Path | None = None) -> space.Moved:
    """Move, switch, and tidy up, as the window does."""
    moved = space.move("runs_folder", old, new)
    write_preferences({"runs_folder": str(new or "")}, preferences_path())
    space.remove(moved.copied)
    return moved


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith("runs.sqlite")}


def test_runs_move_with_deleted_ones_and_those_kept_elsewhere(disks: str, tmp_path: Path) -> None:
    store, new = RunStore(), tmp_path / "new"
    some_runs(store)
    store.delete(["run-1"])
    write_kept(tmp_path / "elsewhere")
    store.find(tmp_path / "elsewhere")
    before = {entry.id for entry in store.entries()}
    assert move_runs(new).count == 4
    moved = RunStore()
    assert moved.folder == new and {entry.id for entry in moved.entries()} == before
    moved.restore(["run-1"])
    assert "run-1" in {entry.id for entry in moved.entries()}
    assert not names(usual_runs_dir()) - {".deleted"}
    assert move_runs(None, new).left == 0
    assert {entry.id for entry in RunStore().entries()} == before | {"run-1"}


def test_nothing_changes_where_moving_fails(
    disks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, new = RunStore(), tmp_path / "new"
    some_runs(store)
    before, renamed, copy = names(store.folder), space._renamed, space._copy

    def fail(item: Path, to: Path) -> bool:
        if item.name == "run-2":
            raise OSError(errno.ENOSPC, "No space left on device")
        return bool((renamed if disks == "one disk" else copy)(item, to))

    monkeypatch.setattr(space, "_renamed" if disks == "one disk" else "_copy", fail)
    with pytest.raises(StorageError, match="No space left"):
        space.move("runs_folder", None, new)
    assert names(store.folder) == before and not names(new)


def test_what_is_of_the_same_name_stays(tmp_path: Path) -> None:
    store, other = RunStore(), RunStore(tmp_path)
    some_runs(store, 2)
    some_runs(other, 1)
    moved = space.move("runs_folder", None, tmp_path)
    assert (moved.count, moved.left) == (1, 1)
    assert names(store.folder) == {"run-0"}


def test_a_run_that_goes_on_is_not_moved(tmp_path: Path) -> None:
    store = RunStore()
    some_runs(store, 2)
    lock = RunLock(store.folder / "run-1")
    assert lock.take()
    with pytest.raises(StorageError, match="run is going on"):
        space.move("runs_folder", None, tmp_path)
    lock.release()


def test_a_folder_is_not_moved_into_itself() -> None:
    some_runs(RunStore(), 1)
    for folder in (usual_runs_dir() / "run-0", usual_runs_dir(), usual_runs_dir().parent):
        with pytest.raises(StorageError, match="lies within"):
            space.move("runs_folder", None, folder)


def test_weights_of_other_programs_are_copied(own_home: Path, tmp_path: Path) -> None:
    from tlstudio.engine.models.places import checkpoints_below

    file = checkpoints_below(None) / "a.pth"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a")
    (file.parent / "b.pth.part").write_bytes(b"b")  # is coming
    assert space.has_any("weights_folder", None)
    moved = space.move("weights_folder", None, tmp_path)
    assert (moved.count, moved.copied) == (1, ()) and file.exists()
    assert names(checkpoints_below(tmp_path)) == {"a.pth"}


def test_a_folder_with_a_persons_own_files_gets_one_for_the_studio(tmp_path: Path) -> None:
    assert space.own_folder("runs_folder", tmp_path) == tmp_path
    (tmp_path / "thesis.txt").write_text("mine")
    own = space.own_folder("runs_folder", tmp_path)
    assert own.parent == tmp_path and space.own_folder("runs_folder", own) == own


def test_only_features_are_emptied() -> None:
    for name, size in (("features", 5), ("pooled", 7), ("leaderboards", 11)):
        folder = cache_dir() / name / "part"
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(bytes(size))
    (cache_dir() / "speeds.json").write_text(json.dumps({}))
    assert space.cache_size() == space.CacheSize(12, 13)
    assert space.empty_features() == space.CacheSize(0, 13)
