"""Kept runs as the window asks for them: functions for worker threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.runs.kept import KeptRun, RunEntry, RunMarks

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
    from tlstudio.core.data.options import ReadOptions
    from tlstudio.core.runs.events import RunEvent, StopToken
    from tlstudio.core.runs.record import RunRecord
    from tlstudio.core.settings import Settings
    from tlstudio.engine.runs.store import RunStore
    from tlstudio.gui.state.jobs import Classifier


@dataclass(frozen=True, slots=True)
class RunList:
    """All kept runs, newest first, and the bytes of their files."""

    entries: tuple[RunEntry, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run with its network; without one where its weights cannot be read."""

    run: KeptRun
    classifier: Classifier | None


def store() -> RunStore:
    """The runs in the user's data folder."""
    from tlstudio.engine.runs.store import RunStore

    return RunStore()


def list_runs() -> RunList:
    """Read the list. Needs no torch."""
    entries = store().entries()
    return RunList(entries, sum(entry.size_bytes for entry in entries))


def find_run(path: Path) -> RunEntry | None:
    """The run in a folder, or the one that a file `run.json` tells of; None where none is.

    Raises:
        StorageError: there is such a file, but no run of the studio is in it.
    """
    from tlstudio.engine.runs.files import RUN

    folder = path.parent if path.name == RUN else path
    return store().find(folder) if (folder / RUN).is_file() else None


def keep_run(
    settings: Settings,
    index: DatasetIndex,
    stop: StopToken,
    classifier: Classifier,
    run_id: str,
    *,
    resume: bool,
) -> Iterator[RunEvent]:
    """Train, and keep the run from its first epoch on."""
    from tlstudio.engine.runs.recording import keep_run

    yield from keep_run(
        settings, index, stop, classifier, store=store(), run_id=run_id, resume=resume
    )


def begun_record(settings: Settings, index: DatasetIndex, resume: str) -> RunRecord:
    """The record that a run begins with: empty, or what the run `resume` has done already."""
    from dataclasses import replace

    from tlstudio.core.runs.record import RunRecord

    if not resume:
        run_id = store().new_id()
        record = RunRecord(settings, index.name, index.fingerprint, index.classes)
        return replace(record, run_id=run_id)
    from tlstudio.engine.runs.recording import resumed_record

    return resumed_record(store(), resume, settings)


def open_run(run_id: str, index: DatasetIndex | None) -> OpenedRun:
    """Read a run with its network.

    Raises:
        StorageError: it is gone or damaged.
    """
    from tlstudio.core.errors import TLStudioError

    runs = store()
    run = runs.open(run_id, index)
    try:
        return OpenedRun(run, runs.classifier(run_id))
    except TLStudioError:
        if run.entry.has_weights:
            raise
        return OpenedRun(run, None)


def how_read(run_id: str) -> tuple[SplitConfig | None, ReadOptions]:
    """How the dataset of a run was split, None where it says so itself, and read. No torch."""
    run = store().open(run_id)
    return run.split_config, run.read_options


def read_run(run_id: str, index: DatasetIndex | None) -> KeptRun:
    """Read a run without its network. Needs no torch."""
    return store().open(run_id, index)


def add_weights(classifier: Classifier, name: str) -> RunEntry:
    """Keep what was loaded from a file."""
    return store().add_weights(classifier, name)


def set_marks(run_id: str, marks: RunMarks) -> RunEntry:
    return store().set_marks(run_id, marks)


def delete_runs(ids: Sequence[str]) -> RunList:
    """Put runs aside; returns the list without them."""
    store().delete(ids)
    return list_runs()


def restore_runs(ids: Sequence[str]) -> RunList:
    """Bring deleted runs back; returns the list with them."""
    store().restore(ids)
    return list_runs()


def over_budget(limit_bytes: int) -> tuple[str, ...]:
    """Ids of the old runs without a star that are over the limit."""
    return tuple(entry.id for entry in store().over_budget(limit_bytes))


def empty_deleted() -> None:
    store().empty_deleted()
