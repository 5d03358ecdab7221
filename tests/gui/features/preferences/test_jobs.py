"""Folders are moved and the preferences say so, even if nobody waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.runs.runs import some_runs
from tlstudio.core.errors import StorageError
from tlstudio.core.storage import preferences_path, runs_dir, usual_runs_dir, write_preferences
from tlstudio.engine.runs.store import RunStore
from tlstudio.gui.features.preferences import jobs


def test_moved_runs_are_found_by_the_next_start(tmp_path: Path) -> None:
    some_runs(RunStore(), 2)
    write_preferences({"threads": 2}, preferences_path())
    jobs.move("runs_folder", None, tmp_path / "new", preferences_path())
    assert runs_dir() == tmp_path / "new" and len(RunStore().entries()) == 2


def test_runs_stay_where_the_preferences_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_runs(RunStore(), 2)

    def refuse(values: object, file: Path) -> None:
        raise StorageError("It cannot be written.")

    monkeypatch.setattr(jobs, "write_preferences", refuse)
    with pytest.raises(StorageError):
        jobs.move("runs_folder", None, tmp_path / "new", preferences_path())
    assert runs_dir() == usual_runs_dir() and len(RunStore().entries()) == 2
