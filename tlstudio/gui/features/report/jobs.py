"""Reports of kept runs: functions for worker threads."""

from __future__ import annotations

from tlstudio.core.data.dataset import DatasetIndex


def html(run_id: str, index: DatasetIndex | None, language: str) -> str:
    """The report of a run as one HTML document.

    Args:
        index: the open dataset, where images that lie in an archive come from.

    Raises:
        StorageError: the run is gone or damaged.
    """
    from tlstudio.engine.report.gather import gather_extras
    from tlstudio.engine.report.report import report_html
    from tlstudio.engine.runs.store import RunStore

    store = RunStore()
    run = store.open(run_id, index)
    return report_html(run, language=language, extras=gather_extras(run, store))


def pdf(run_id: str, index: DatasetIndex | None, language: str) -> bytes:
    """The same on A4 pages.

    Raises:
        StorageError: the run is gone or damaged.
    """
    from tlstudio.gui.features.report.pdf import pdf_of

    return pdf_of(html(run_id, index, language))
