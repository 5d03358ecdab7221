"""Runs in folders, as the studio leaves them, without training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.helpers import epoch_record, run_record
from tlstudio.core.config import RunConfig
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.history import EpochRecord, History
from tlstudio.core.runs.kept import RunOrigin
from tlstudio.core.settings import Settings
from tlstudio.engine.runs import files
from tlstudio.engine.runs.store import RunStore


def write_kept(
    folder: Path,
    run_id: str = "",
    *,
    accuracies: tuple[float, ...] = (0.5, 0.75, 0.6),
    end: RunEndReason | None = RunEndReason.FINISHED,
    created: float = 1.0,
) -> Path:
    """A run in its folder; without an end it is one whose process died."""
    epochs = [epoch_record(n, val_accuracy=value) for n, value in enumerate(accuracies, 1)]
    record = run_record(end or RunEndReason.STOPPED, History(tuple(epochs)), elapsed_s=9.0)
    record = replace(
        record,
        settings=Settings(RunConfig().changed(epochs=len(epochs))),
        dataset="fotos",
        fingerprint="f0",
        end=record.end if end else None,
    )
    facts = files.RunFacts(run_id or folder.name, RunOrigin.TERMINAL, created, "/data", {}, 4)
    folder.mkdir(parents=True, exist_ok=True)
    append_epochs(folder, *epochs)
    files.write_run(folder, facts, record)
    return folder


def append_epochs(folder: Path, *epochs: EpochRecord) -> None:
    """Write lines to a run's history as a process that trains does."""
    file = files.HistoryFile(folder)
    for epoch in epochs:
        file.append(epoch)
    file.close()


def some_runs(store: RunStore, count: int = 3) -> list[str]:
    """Ids of runs in the store's folder, oldest first."""
    ids = [f"run-{number}" for number in range(count)]
    for number, run_id in enumerate(ids):
        write_kept(store.folder / run_id, created=float(number))
    return ids
