"""Writing the charts and the numbers of a run to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from tlstudio.gui.features.training.history_view import HistoryView
from tlstudio.gui.kit import exports, file_dialogs
from tlstudio.gui.state.session import Session


class HistoryExport(QObject):
    """Asks where to, and writes in the background."""

    def __init__(self, session: Session, history: HistoryView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._history = history
        history.png_requested.connect(self._on_png_requested)
        history.csv_requested.connect(self._on_csv_requested)

    def write_png(self, path: Path) -> None:
        self._submit(exports.write_image, path, self._history.image())

    def write_csv(self, path: Path) -> None:
        self._submit(exports.write_history, path, self._session.run.history)

    def _on_png_requested(self) -> None:
        title = self.tr("Export the charts")
        self._ask(title, "history.png", file_dialogs.PNG, self.write_png)

    def _on_csv_requested(self) -> None:
        title = self.tr("Export the numbers")
        self._ask(title, "history.csv", file_dialogs.CSV, self.write_csv)

    def _ask(
        self, title: str, name: str, kind: file_dialogs.Filter, chosen: Callable[[Path], None]
    ) -> None:
        preferences = self._session.preferences
        file_dialogs.ask_target(self._history, preferences, title, name, (kind,), chosen)

    def _submit(self, work: Callable[..., Any], path: Path, value: object) -> None:
        self._session.disk_pool.submit(
            work, path, value, done=self._on_written, failed=self._session.notifications.error
        )

    def _on_written(self, path: Path) -> None:
        self._session.notifications.success(
            self.tr("Saved {name}.").format(name=path.name), str(path.parent)
        )
