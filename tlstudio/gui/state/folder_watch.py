"""Watching folders on a thread of its own: to ask for it may take as long as a drive is gone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QThread, QTimer, Signal

WATCHED_FOLDERS = 256
WATCH_AFTER_MS = 100  # first the dataset is shown
PATIENCE_MS = 1000


class _Watcher(QThread):
    """Watches the same folders until it is told to quit.

    Signals:
        began(list): the folders that are watched, as strings.
        changed(str): something in this folder.
    """

    began = Signal(list)
    changed = Signal(str)

    def __init__(self, folders: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._folders = list(folders)

    def run(self) -> None:
        watcher = QFileSystemWatcher()
        watcher.directoryChanged.connect(self.changed)
        watcher.addPaths(self._folders)
        self.began.emit(watcher.directories())
        self.exec()


class FolderWatch(QObject):
    """Tells of changes in the folders of one dataset.

    Attributes:
        folders: that are watched, as strings; it takes a moment until they are.

    Signals:
        changed(): files or folders came, went or were renamed in one of them.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folders: tuple[str, ...] = ()
        self._wanted: tuple[str, ...] = ()
        self._watcher: _Watcher | None = None
        self._soon = QTimer(self, singleShot=True, interval=WATCH_AFTER_MS)
        self._soon.timeout.connect(self._begin)

    def watch(self, folders: Sequence[Path]) -> None:
        """Watch the first of these folders, in a moment, and no others any more."""
        self._end()
        self._wanted = tuple(str(folder) for folder in folders[:WATCHED_FOLDERS])
        self._soon.start()

    def close(self) -> bool:
        """Watch nothing any more; returns whether the thread has ended."""
        self._soon.stop()
        watchers = self.findChildren(_Watcher)
        self._end()
        ended = [watcher.wait(PATIENCE_MS) for watcher in watchers]
        return all(ended)

    def _begin(self) -> None:
        if self._wanted:
            self._watcher = _Watcher(self._wanted, self)
            self._watcher.began.connect(self._on_began)
            self._watcher.changed.connect(self._on_changed)
            self._watcher.finished.connect(self._watcher.deleteLater)
            self._watcher.start()

    def _end(self) -> None:
        """One that hangs in a question to its drive ends when it has its answer."""
        self.folders = ()
        if self._watcher is not None:
            self._watcher.quit()
            self._watcher = None

    def _on_began(self, folders: list[str]) -> None:
        if self.sender() is self._watcher:
            self.folders = tuple(folders)

    def _on_changed(self) -> None:
        if self.sender() is self._watcher:
            self.changed.emit()
