"""The functions of the engine that runs are compared with, for worker threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.runs.comparison import RunComparison


def compared(names: Mapping[str, str], index: DatasetIndex | None) -> RunComparison:
    """Read kept runs and lay them side by side; needs no torch.

    Args:
        names: what the window calls each run, by its id.
        index: the open dataset, where images that are no files of their own come from.

    Raises:
        StorageError: one is gone or cannot be read.
    """
    from tlstudio.core.runs.comparison import ComparedRun, compare
    from tlstudio.engine.runs.store import RunStore

    store = RunStore()
    kept = [store.open(run_id) for run_id in names]
    if index is not None:
        kept = [
            store.open(run.entry.id, index) if run.entry.fingerprint == index.fingerprint else run
            for run in kept
        ]
    return compare(ComparedRun.of(run, names[run.entry.id]) for run in kept)
