"""The open dataset: opening, splitting, watching its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from tlstudio.core.data.dataset import DatasetIndex, ImagesGlance, Split, SplitConfig
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.notifications import Notifications

WATCHED_FOLDERS = 256
WATCH_AFTER_MS = 100  # first the dataset is shown; asking the system takes 20 ms
SETTLE_MS = 800  # copying many files makes many signals


class DatasetState(QObject):
    """The open dataset.

    Attributes:
        index: the open dataset; None on the start page.
        frozen: while a run reads it, the dataset does not reload by itself.
        is_sample: whether it is one of those that travel with the studio.

    Signals:
        changed(DatasetIndex | None): another dataset, another split, or the folder changed.
        loading_changed(bool): a folder is being read.
        progressed(int, int): files read, files in all.
        recent_changed(): the list of recent datasets.
        missed(TLStudioError): the folder could not be opened; the open dataset stays.
        glanced(): `glance` tells what the images of the open dataset look like.
    """

    changed = Signal(object)
    loading_changed = Signal(bool)
    progressed = Signal(int, int)
    recent_changed = Signal()
    missed = Signal(object)
    glanced = Signal()

    def __init__(
        self,
        pool: TaskPool,
        preferences: Preferences,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._preferences = preferences
        self._notifications = notifications
        self.index: DatasetIndex | None = None
        self.frozen = False
        self._task: Task | None = None
        self._stop = StopToken()
        self.is_sample = False
        self._sample_title = ""
        self.glance: ImagesGlance | None = None
        self._glance_task: Task | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_folder_changed)
        self._watch_soon = QTimer(self, singleShot=True, interval=WATCH_AFTER_MS)
        self._watch_soon.timeout.connect(self._watch_folders)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._on_folder_settled)

    @property
    def loading(self) -> bool:
        return self._task is not None

    @property
    def recent(self) -> tuple[Path, ...]:
        return self._preferences.recent_datasets

    def watched_folders(self) -> list[str]:
        """Folders whose changes are noticed."""
        return self._watcher.directories()

    def open(self, folder: Path) -> None:
        """Read a folder in the background."""
        self._open(folder, None, is_sample=False)

    def open_sample(self, name: str) -> None:
        """Open one of the sample datasets that travel with the studio."""
        titles = {sample.name: sample.title for sample in jobs.sample_datasets()}
        self._sample_title = titles.get(name, name)
        self._start(jobs.sample_dataset_folder, name, done=self._on_sample_found)

    def reload(self) -> None:
        """Read the open folder again."""
        if self.index is not None:
            self._open(self.index.root, self.index.split_config, is_sample=self.is_sample)

    def split(self, config: SplitConfig) -> None:
        """Split a folder of class folders anew, and remember that split for the folder."""
        if self.index is not None:
            self._pool.submit(
                jobs.store_split, self.index.root, config, failed=self._notifications.error
            )
            self._open(self.index.root, config, is_sample=self.is_sample)

    def cancel_loading(self) -> None:
        """Stop reading a folder; the open dataset stays."""
        self._cancel()

    def close(self) -> None:
        """Close the dataset and go back to the start page."""
        self._cancel()
        self._watch()
        self._forget_glance()
        self.index = None
        self.changed.emit(None)

    def clear_recent(self) -> None:
        self._preferences.clear_recent_datasets()
        self.recent_changed.emit()

    def _open(self, folder: Path, split: SplitConfig | None, *, is_sample: bool) -> None:
        self._cancel()
        self.is_sample = is_sample
        self._stop = StopToken()
        self._start(
            jobs.open_dataset,
            folder,
            split,
            stop=self._stop,
            done=self._on_opened,
            progressed=self.progressed.emit,
        )

    def _start(self, *args: object, **kwargs: object) -> None:
        self._task = self._pool.submit(*args, failed=self._on_failed, **kwargs)  # type: ignore[arg-type]
        self.loading_changed.emit(True)

    def _cancel(self) -> None:
        self._stop.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.loading_changed.emit(False)

    def _on_sample_found(self, folder: Path) -> None:
        self._open(folder, None, is_sample=True)

    def _on_opened(self, index: DatasetIndex) -> None:
        self._task = None
        if self.is_sample:
            index = replace(index, name=self._sample_title)
        self.index = index
        self._forget_glance()
        self._watch()
        if not self.is_sample:
            self._preferences.add_recent_dataset(index.root)
            self.recent_changed.emit()
        self.loading_changed.emit(False)
        self.changed.emit(index)
        images = [sample.image for sample in index.by_split[Split.TRAIN]]
        self._glance_task = self._pool.submit(jobs.glance, images, done=self._on_glanced)

    def _on_glanced(self, glance: ImagesGlance | None) -> None:
        self.glance = glance
        self.glanced.emit()

    def _forget_glance(self) -> None:
        if self._glance_task is not None:
            self._glance_task.cancel()
            self._glance_task = None
        self.glance = None

    def _on_failed(self, error: TLStudioError) -> None:
        self._task = None
        self.loading_changed.emit(False)
        self._notifications.error(error)
        self.missed.emit(error)

    def _watch(self) -> None:
        """Forget the folders of another dataset, and watch those of this one in a moment."""
        if old := self._watcher.directories():
            self._watcher.removePaths(old)
        self._watch_soon.start()

    def _watch_folders(self) -> None:
        if self.index is not None and self.index.folders:
            self._watcher.addPaths([str(path) for path in self.index.folders[:WATCHED_FOLDERS]])

    def _on_folder_changed(self, folder: str) -> None:
        self._settle.start()

    def _on_folder_settled(self) -> None:
        if self.index is None or self.loading:
            return
        if self.frozen:
            self._settle.start()  # look again when the run is over
            return
        self._notifications.info(self.tr("The folder changed; the dataset was read again."))
        self.reload()
