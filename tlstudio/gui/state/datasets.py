"""The open dataset: opening, splitting, watching its folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QObject, QTimer, Signal

from tlstudio.core.data.dataset import DatasetIndex, ImagesGlance, SplitConfig
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.reading import AmbiguousDatasetError
from tlstudio.core.errors import DatasetError, TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import is_there
from tlstudio.gui.kit import language
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.folder_watch import FolderWatch
from tlstudio.gui.state.notifications import Level, Notifications

SETTLE_MS = 800  # copying many files makes many signals


class DatasetState(QObject):
    """The open dataset.

    Attributes:
        index: the open dataset; None on the start page.
        manifest: what a person changed about it without touching its files; `index` follows as soon
            as no run reads it.
        is_sample: whether it is one of those that travel with the studio.
        is_silent: whether what is being opened has not answered for a while.
        unreachable: recent datasets that were looked for and did not answer, or are gone.

    Signals:
        edited(Manifest, Manifest): the changes by hand before, and now.
        changed(DatasetIndex | None): another dataset, another split, or the folder changed.
        loading_changed(bool): a folder is being read.
        progressed(int, int): files read, files in all.
        recent_changed(): the list of recent datasets.
        reached(): `unreachable` changed.
        fell_silent(): `is_silent` became true.
        missed(TLStudioError): the folder could not be opened; the open dataset stays.
        asked(AmbiguousDatasetError): it can be read in several ways, and `read_as` says in which.
        glanced(): `glance` tells what the images of the open dataset look like.
    """

    changed = Signal(object)
    edited = Signal(object, object)
    loading_changed = Signal(bool)
    progressed = Signal(int, int)
    recent_changed = Signal()
    reached = Signal()
    fell_silent = Signal()
    missed = Signal(object)
    asked = Signal(object)
    glanced = Signal()

    def __init__(
        self,
        pool: TaskPool,
        reach_pool: TaskPool,
        preferences: Preferences,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._reach_pool = reach_pool
        self._preferences = preferences
        self._notifications = notifications
        self.index: DatasetIndex | None = None
        self.manifest = Manifest()
        self._frozen = False
        self._manifests = _ManifestWriter()
        self._edit_task: Task | None = None
        self._asked_split: SplitConfig | None = None  # remembered once the dataset is split so
        self._task: Task | None = None
        self._stop = StopToken()
        self.is_sample = False
        self.is_silent = False
        self._title = ""  # of the open dataset, where it is not that of its folder
        self.unreachable: frozenset[Path] = frozenset()
        self._looking: set[Path] = set()
        self._has_progressed = False
        self.glance: ImagesGlance | None = None
        self._glance_task: Task | None = None
        self._watch = FolderWatch(self)
        self._watch.changed.connect(self._on_folder_changed)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._on_folder_settled)

    @property
    def loading(self) -> bool:
        return self._task is not None

    @property
    def recent(self) -> tuple[Path, ...]:
        return self._preferences.recent_datasets

    @property
    def frozen(self) -> bool:
        """Whether a run reads it: then it neither reloads by itself nor follows the manifest."""
        return self._frozen

    @frozen.setter
    def frozen(self, frozen: bool) -> None:
        self._frozen = frozen
        self._follow_manifest()

    def watched_folders(self) -> list[str]:
        """Folders whose changes are noticed."""
        return list(self._watch.folders)

    def look_for_recent(self) -> None:
        """Find out which of the recent datasets can be reached; `unreachable` will tell."""
        for folder in self.recent:
            if folder not in self._looking:
                self._looking.add(folder)
                self._reach_pool.submit(
                    is_there,
                    folder,
                    done=partial(self._on_looked, folder),
                    stuck=self._on_looking_stuck,
                )

    def open(
        self,
        folder: Path,
        split: SplitConfig | None = None,
        title: str = "",
        options: ReadOptions | None = None,
    ) -> None:
        """Read a folder in the background.

        Args:
            split: how to split it; None as it was split last.
            title: what to call it; empty for the folder's own name.
            options: how to read it; None as it was read last.
        """
        named = (folder.name, title)  # a run of a sample dataset names both
        samples = (one for one in jobs.sample_datasets() if (one.name, one.title) == named)
        sample = next(samples, None) if title else None
        self._title = title if sample is None else sample.title
        self._open(folder, split, options, is_sample=sample is not None)

    def open_sample(self, name: str) -> None:
        """Open one of the sample datasets that travel with the studio."""
        titles = {sample.name: sample.title for sample in jobs.sample_datasets()}
        self._title = titles.get(name, name)
        self._start(jobs.sample_dataset_folder, name, done=self._on_sample_found)

    def reload(self) -> None:
        """Read the open folder again."""
        if self.index is not None:
            index = self.index
            self._open(index.root, index.split_config, index.options, is_sample=self.is_sample)

    def split(self, config: SplitConfig) -> None:
        """Split the dataset by other settings, and remember them where that can be done."""
        if self.index is not None:
            self._open(self.index.root, config, self.index.options, is_sample=self.is_sample)
            self._asked_split = config

    def read_as(self, options: ReadOptions, root: Path | None = None) -> None:
        """Read a dataset in another way, and remember that way for it.

        Args:
            root: which one; None for the open one.
        """
        is_open = self.index is not None and root in (None, self.index.root)
        place = self.index.root if self.index is not None and root is None else root
        if place is not None:
            self._pool.submit(jobs.store_options, place, options, failed=self._notifications.error)
            self._open(place, None, options, is_sample=is_open and self.is_sample)

    def edit(self, manifest: Manifest) -> None:
        """Leave images out, or give them another class; remembered for the folder."""
        before = self.manifest
        if self.index is None or manifest == before:
            return
        self.manifest = manifest
        self._manifests.keep(self._pool, self.index.root, manifest, self._notifications.error)
        self.edited.emit(before, manifest)
        self._follow_manifest()

    def bring_manifest(self, file: Path) -> None:
        """Take a manifest that was made with a copy of the dataset, or a table of its split."""
        if self.index is not None:
            is_table = file.suffix.lower() == ".csv"
            self._pool.submit(
                jobs.placed_by if is_table else jobs.brought_manifest,
                file,
                self.index,
                done=partial(self._on_manifest_brought, self.index.root),
                failed=self._notifications.error,
            )

    def _on_manifest_brought(self, root: Path, brought: tuple[Manifest, int]) -> None:
        if self.index is None or self.index.root != root:
            return
        manifest, missing = brought
        self.edit(manifest)
        text = self.tr("%n change(s) to the dataset", "", len(manifest))
        hint = self.tr("%n image(s) of the file are not in this dataset.", "", missing)
        self._notifications.success(text, hint if missing else "")

    def _follow_manifest(self) -> None:
        """Let the index have the changes of the manifest, in the background."""
        if self._edit_task is not None:
            self._edit_task.cancel()
            self._edit_task = None
        if self.index is not None and not self.frozen and self.index.manifest != self.manifest:
            self._edit_task = self._pool.submit(
                jobs.edited_dataset,
                self.index,
                self.manifest,
                done=self._on_edited,
                failed=self._notifications.error,
            )

    def _on_edited(self, index: DatasetIndex) -> None:
        self._edit_task = None
        self.index = index
        self.changed.emit(index)

    def cancel_loading(self) -> None:
        """Stop reading a folder; the open dataset stays."""
        self._cancel()

    def close(self) -> None:
        """Close the dataset and go back to the start page."""
        self._cancel()
        self._watch.watch(())
        self._forget_glance()
        self.index, self.manifest = None, Manifest()
        self._follow_manifest()
        self.changed.emit(None)

    def stop_watching(self) -> bool:
        """Notice no changes any more; returns whether all threads ended. Only for the end."""
        return self._watch.close()

    def clear_recent(self) -> None:
        self._preferences.clear_recent_datasets()
        self.recent_changed.emit()

    def _open(
        self,
        folder: Path,
        split: SplitConfig | None,
        options: ReadOptions | None,
        *,
        is_sample: bool,
    ) -> None:
        self._cancel()
        self.is_sample = is_sample
        self._stop = StopToken()
        self._start(
            jobs.open_dataset,
            folder,
            split,
            options,
            stop=self._stop,
            done=self._on_opened,
            progressed=self.progressed.emit,
        )

    def _start(self, *args: object, **kwargs: object) -> None:
        self.is_silent = self._has_progressed = False
        kwargs |= {"failed": self._on_failed, "stuck": self._on_stuck}
        self._task = self._pool.submit(*args, **kwargs)  # type: ignore[arg-type]
        self._task.progressed.connect(self._on_progressed)
        self.loading_changed.emit(True)

    def _cancel(self) -> None:
        self._stop.stop()
        self._asked_split = None
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.loading_changed.emit(False)

    def _on_stuck(self, task: Task) -> None:
        """A large folder has told of files by now; this one may lie on a drive that is gone."""
        if task is self._task and not self._has_progressed:
            self.is_silent = True
            self.fell_silent.emit()

    def _on_progressed(self) -> None:
        self._has_progressed = True

    def _on_looking_stuck(self, task: Task) -> None:
        self._mark(task.args[0], False)

    def _on_looked(self, folder: Path, found: bool) -> None:
        self._looking.discard(folder)
        self._mark(folder, found)

    def _mark(self, folder: Path, found: bool) -> None:
        unreachable = self.unreachable - {folder} if found else self.unreachable | {folder}
        if unreachable != self.unreachable:
            self.unreachable = unreachable
            self.reached.emit()

    def _on_sample_found(self, folder: Path) -> None:
        self._open(folder, None, None, is_sample=True)

    def _on_opened(self, index: DatasetIndex) -> None:
        self._task = None
        asked, self._asked_split = self._asked_split, None
        if asked is not None:
            self._pool.submit(jobs.store_split, index.root, asked, failed=self._notifications.error)
        if self._title:
            index = replace(index, name=self._title)
        is_other = self.index is None or self.index.root != index.root
        if is_other:
            self.manifest = index.manifest
        elif index.manifest != self.manifest:  # changed while it was read, or not written yet
            index = jobs.edited_dataset(index, self.manifest)
        self.index = index
        self._forget_glance()
        self._watch.watch(index.folders)
        self._mark(index.root, True)
        if not self.is_sample:
            self._preferences.add_recent_dataset(index.root)
            self.recent_changed.emit()
        self.loading_changed.emit(False)
        self.changed.emit(index)
        self._glance_task = self._pool.submit(jobs.glance, index, done=self._on_glanced)

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
        if isinstance(error, AmbiguousDatasetError):
            self.asked.emit(error)
        elif isinstance(error, DatasetError) and error.instead is not None:
            self._notifications.post(
                Level.ERROR,
                language.error_text(error),
                language.error_hint(error),
                action=self.tr("Open “{name}” instead").format(name=error.instead.name),
                act=partial(self.open, error.instead),
            )
        else:
            self._notifications.error(error)
        self.missed.emit(error)

    def _on_folder_changed(self) -> None:
        self._settle.start()

    def _on_folder_settled(self) -> None:
        if self.index is None or self.loading:
            return
        if self.frozen:
            self._settle.start()  # look again when the run is over
            return
        self._notifications.info(self.tr("The folder changed; the dataset was read again."))
        self.reload()


class _ManifestWriter:
    """Writes manifests in the background, so that the latest one of each dataset stays.

    The pool has several threads, and what came first might be written last.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._latest: dict[Path, Manifest] = {}

    def keep(
        self,
        pool: TaskPool,
        root: Path,
        manifest: Manifest,
        failed: Callable[[TLStudioError], None],
    ) -> None:
        self._latest[root] = manifest
        pool.submit(self._write, root, manifest, failed=failed).must_end = True

    def _write(self, root: Path, manifest: Manifest) -> None:
        with self._lock:
            if self._latest[root] is manifest:
                jobs.store_manifest(root, manifest)
