"""The dataset that a kept run was trained on."""

from __future__ import annotations

import logging
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import KeptRun
from tlstudio.engine.data.sources import open_dataset

_log = logging.getLogger(__name__)


def dataset_of(run: KeptRun, stop: StopToken | None = None) -> DatasetIndex | None:
    """The run's dataset, split as for the run; None where it is gone or another one by now."""
    root = (run.split or {}).get("root") or run.entry.root
    if not root:
        return None
    try:
        index = open_dataset(
            Path(root), run.split_config, run.read_options, manifest=run.manifest, stop=stop
        )
    except TLStudioError as error:
        _log.info("the dataset of run %s cannot be opened: %s", run.entry.id, error)
        return None
    return index if index.fingerprint == run.entry.fingerprint else None
