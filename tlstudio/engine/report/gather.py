"""Gathers what a report shows beside the run itself: what is at hand without much work."""

from __future__ import annotations

import logging
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.kept import KeptRun
from tlstudio.engine.code_export.code import export_code
from tlstudio.engine.code_export.data_part import data_part
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.report.report import Extras

_log = logging.getLogger(__name__)


def gather_extras(run: KeptRun) -> Extras:
    """What is at hand for the report of a run; a part whose files are gone is left out."""
    index = _dataset(run)
    return Extras(script="" if index is None else _script(run, index))


def _dataset(run: KeptRun) -> DatasetIndex | None:
    """The run's dataset, split as for the run; None where it is gone or another one by now."""
    values = run.split or {}
    root = values.get("root") or run.entry.root
    if not root:
        return None
    try:
        config = values.get("split_config")
        index = open_dataset(Path(root), SplitConfig(**config) if config else None)
    except (TLStudioError, TypeError) as error:
        _log.info("the report has no script: %s", error)
        return None
    return index if index.fingerprint == run.entry.fingerprint else None


def _script(run: KeptRun, index: DatasetIndex) -> str:
    settings = run.record.settings
    if settings is None:
        return ""
    try:
        return export_code(settings.config, index, data_part(index), settings.plan).script
    except TLStudioError as error:
        _log.info("the report has no script: %s", error)
        return ""
