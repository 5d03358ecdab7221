"""Pretrained weights on their way to this machine and on it: one list, which everybody shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.downloads import (
    Download,
    DownloadProgress,
    DownloadStatus,
    PartialDownload,
    StoredWeights,
    WeightsGuess,
    WeightsName,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.notifications import Notifications


class DownloadsState(QObject):
    """Downloads run one after another, each only because a person asked for it.

    Signals:
        changed(): a download was asked for, went on or ended.
        stored_changed(): `stored` is new.
        import_changed(): a file is being imported, or no longer.
        arrived(): weights came to this machine or went from it.
        choice_asked(Path, WeightsGuess): a file may be several weights; see `import_file`.
    """

    changed = Signal()
    stored_changed = Signal()
    import_changed = Signal()
    arrived = Signal()
    choice_asked = Signal(object, object)
    _told = Signal(object)

    def __init__(
        self,
        network_pool: TaskPool,
        engine_pool: TaskPool,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._network_pool = network_pool  # one thread, which waits for servers
        self._engine_pool = engine_pool
        self._notifications = notifications
        self._downloads: dict[WeightsName, Download] = {}
        self._running: WeightsName | None = None
        self._stop = StopToken()
        self._is_closed = False
        self.stored: tuple[StoredWeights, ...] = ()
        self.folder: Path | None = None  # where torch's downloads go, once `stored` is known
        self.is_listed = False
        self.is_importing = False
        self._told.connect(self._on_told)

    @property
    def downloads(self) -> tuple[Download, ...]:
        """The downloads in the order in which they were asked for."""
        return tuple(self._downloads.values())

    def of(self, name: WeightsName) -> Download | None:
        """The download of these weights, if there is one."""
        return self._downloads.get(name)

    @property
    def total_bytes(self) -> int:
        """The size of all downloaded weights, the unfinished ones included."""
        unfinished = sum(row.progress.done_bytes for row in self.downloads)
        return sum(row.size_bytes for row in self.stored if row.removable) + unfinished

    def fetch(
        self, name: WeightsName, title: str, size_bytes: int = 0, *, restart: bool = False
    ) -> None:
        """Download these weights, after those that were asked for before.

        Args:
            size_bytes: as far as it is known beforehand.
            restart: throw away what has come before.
        """
        if (row := self._downloads.get(name)) is not None and row.active:
            return
        self._downloads.pop(name, None)  # to the end of the queue
        progress = DownloadProgress(0, size_bytes)
        if row is not None and not restart:
            progress = replace(row.progress, bytes_per_s=0.0)
        queued = DownloadStatus.QUEUED
        self._downloads[name] = Download(name, title, queued, progress, is_restart=restart)
        self._start_next()
        self.changed.emit()

    def resume(self, name: WeightsName, *, restart: bool = False) -> None:
        """Go on with a download that was stopped or failed."""
        row = self._downloads.get(name)
        if row is not None:
            self.fetch(name, row.title, row.progress.total_bytes, restart=restart)

    def restart(self, name: WeightsName) -> None:
        """Throw away what has come, and download it again."""
        self.resume(name, restart=True)

    def cancel(self, name: WeightsName) -> None:
        """End a download; what has come is kept."""
        row = self._downloads.get(name)
        if row is None or not row.active:
            return
        if name == self._running:
            self._stop.stop()
        if row.progress.done_bytes:
            progress = replace(row.progress, bytes_per_s=0.0)
            stopped = DownloadStatus.STOPPED
            self._downloads[name] = replace(row, status=stopped, progress=progress)
        else:
            del self._downloads[name]
        self.changed.emit()

    def discard(self, name: WeightsName) -> None:
        """Throw away what a download that was stopped or failed has left."""
        row = self._downloads.get(name)
        if row is None or row.active or name == self._running:
            return
        del self._downloads[name]
        self._engine_pool.submit(
            jobs.discard_partial, *name, done=self._on_discarded, failed=self._on_failed
        )
        self.changed.emit()

    def refresh(self) -> None:
        """Look at what is on this machine."""
        self._engine_pool.submit(
            jobs.stored_weights, done=self._on_listed, failed=self._on_list_failed
        )

    def look_elsewhere(self) -> None:
        """Weights are kept in another folder from now on."""
        self.arrived.emit()
        self.refresh()

    def remove(self, stored: StoredWeights) -> None:
        """Delete downloaded weights."""
        self._engine_pool.submit(
            jobs.remove_weights, *stored.name, done=self._on_removed, failed=self._on_failed
        )

    def import_file(self, path: Path, name: WeightsName | None = None) -> None:
        """Take weights that were downloaded elsewhere.

        Args:
            path: the file; it stays where it is.
            name: what it is, once a person has answered `choice_asked`.
        """
        if name is None:
            self._engine_pool.submit(
                jobs.recognise_weights,
                path,
                done=self._on_recognised,
                failed=self._on_import_failed,
            )
        else:
            self._engine_pool.submit(
                jobs.import_weights,
                path,
                *name,
                done=self._on_imported,
                failed=self._on_import_failed,
            )
        self._set_importing(True)

    def close(self) -> None:
        """End all of it; what has come is kept."""
        self._is_closed = True
        self._stop.stop()

    def _start_next(self) -> None:
        if self._running is not None or self._is_closed:
            return
        waiting = (row for row in self.downloads if row.status is DownloadStatus.QUEUED)
        row = next(waiting, None)
        if row is None:
            return
        self._running = row.name
        self._downloads[row.name] = replace(row, status=DownloadStatus.RUNNING)
        self._stop = StopToken()
        self._network_pool.submit(
            jobs.download_weights,
            *row.name,
            restart=row.is_restart,
            stop=self._stop,
            on_progress=self._told.emit,
            done=self._on_downloaded,
            failed=self._on_download_failed,
        )

    def _end_running(self) -> Download | None:
        """The row of what ran, if it is still wanted to be known."""
        name, self._running = self._running, None
        return self._downloads.get(name) if name is not None else None

    def _set_importing(self, is_importing: bool) -> None:
        self.is_importing = is_importing
        self.import_changed.emit()

    def _on_told(self, progress: DownloadProgress) -> None:
        row = self._downloads.get(self._running) if self._running is not None else None
        if row is not None and row.status is DownloadStatus.RUNNING:
            self._downloads[row.name] = replace(row, progress=progress)
            self.changed.emit()

    def _on_downloaded(self, _: Path) -> None:
        row = self._end_running()
        if row is not None:
            del self._downloads[row.name]
            self._notifications.success(
                self.tr("The weights of {name} are here.").format(name=row.title)
            )
        self._start_next()
        self.changed.emit()
        self.arrived.emit()
        self.refresh()

    def _on_download_failed(self, error: TLStudioError) -> None:
        row = self._end_running()
        if row is not None and row.status is DownloadStatus.RUNNING:
            progress = replace(row.progress, bytes_per_s=0.0)
            failed = DownloadStatus.FAILED
            self._downloads[row.name] = replace(row, status=failed, progress=progress, error=error)
            self._notifications.error(error)
        self._start_next()
        self.changed.emit()
        self.refresh()  # whether anything is left of it

    def _on_listed(
        self, found: tuple[tuple[StoredWeights, ...], tuple[PartialDownload, ...], Path]
    ) -> None:
        self.stored, partials, self.folder = found
        self.is_listed = True
        left = {partial.name: partial for partial in partials}
        for row in self.downloads:
            if row.active or row.name == self._running:
                left.pop(row.name, None)
            elif row.status is DownloadStatus.STOPPED and row.name not in left:
                del self._downloads[row.name]
        for name, partial in left.items():
            known = self._downloads.get(name)
            progress = DownloadProgress(partial.done_bytes, partial.total_bytes)
            stopped = Download(name, partial.title, DownloadStatus.STOPPED, progress)
            self._downloads[name] = replace(known, progress=progress) if known else stopped
        self.changed.emit()
        self.stored_changed.emit()

    def _on_removed(self, _: Path) -> None:
        self.arrived.emit()
        self.refresh()

    def _on_discarded(self, _: None) -> None:
        self.refresh()

    def _on_failed(self, error: TLStudioError) -> None:
        self._notifications.error(error)
        self.refresh()

    def _on_list_failed(self, error: TLStudioError) -> None:
        self.is_listed = True  # as far as it could be
        self._notifications.error(error)
        self.stored_changed.emit()

    def _on_recognised(self, found: tuple[Path, WeightsGuess]) -> None:
        path, guess = found
        if guess.is_certain:
            self.import_file(path, guess.choices[0])
        else:
            self._set_importing(False)
            self.choice_asked.emit(path, guess)

    def _on_imported(self, name: WeightsName) -> None:
        self._set_importing(False)
        self._downloads.pop(name, None)
        self._notifications.success(
            self.tr("The weights of {name} are here.").format(name=name.model)
        )
        self.changed.emit()
        self.arrived.emit()
        self.refresh()

    def _on_import_failed(self, error: TLStudioError) -> None:
        self._set_importing(False)
        self._notifications.error(error)
