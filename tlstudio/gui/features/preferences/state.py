"""What goes on while folders are changed and space is measured, whether or not it is looked at."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.preferences import PreferencesGroup
from tlstudio.gui.features.preferences import jobs
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state.session import FeatureState, Session

if TYPE_CHECKING:
    from tlstudio.gui.features.preferences.jobs import CacheSize, Kept, Moved


class PreferencesState(FeatureState):
    """Measures, empties and moves what is kept.

    Attributes:
        group: the page that is shown.
        cache: the size of the cache folder; None while it is not known.
        moving: the folder that is being moved; empty for none.
        said: how the last change of a folder went.

    Signals:
        changed(): any of these changed.
        asked(str, object): what is kept, and the new folder or None for the usual one; whether to
            move what is in the old one is for a person to say, and `use` does it.
    """

    changed = Signal()
    asked = Signal(str, object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.group = PreferencesGroup.GENERAL
        self.cache: CacheSize | None = None
        self.moving = ""
        self.said = ""

    def folder(self, kind: str) -> Path | None:
        """The folder in force; None for the usual one."""
        told: str = getattr(self._session.preferences.config, kind)
        return Path(told) if told else None

    def measure(self) -> None:
        """Look how much the cache takes."""
        failed = self._session.notifications.error
        self._session.disk_pool.submit(jobs.cache_size, done=self._on_measured, failed=failed)

    def empty_features(self) -> None:
        """Give the space of kept features back."""
        self.cache = None
        self.changed.emit()
        failed = self._session.notifications.error
        self._session.disk_pool.submit(jobs.empty_features, done=self._on_emptied, failed=failed)

    def propose(self, kind: Kept, chosen: Path | None) -> None:
        """Use another folder; what is in the old one is asked about first."""
        old = self.folder(kind)
        task = self._pool(kind).submit(jobs.usable, kind, chosen, old)
        task.done.connect(self._on_usable)
        task.failed.connect(self._on_failed)

    def use(self, kind: Kept, folder: Path | None, *, is_moved: bool) -> None:
        """Use a folder from now on.

        Args:
            kind: what is kept there.
            folder: None for the usual one.
            is_moved: whether what is in the old one goes along; else it stays.
        """
        old = self.folder(kind)
        if not is_moved:
            self.said = ""
            self._prefer(kind, folder)
            return
        self.moving, self.said = kind, ""
        self.changed.emit()
        task = self._pool(kind).submit(
            jobs.move,
            kind,
            old,
            folder,
            self._session.preferences.file,
            progressed=self._on_progressed,
            failed=self._on_failed,
        )
        task.must_end = True
        task.done.connect(partial(self._on_moved, kind, folder))

    def _pool(self, kind: str) -> TaskPool:
        """Where the libraries have weights is for torch to say."""
        is_weights = kind == "weights_folder"
        return self._session.engine_pool if is_weights else self._session.disk_pool

    def _prefer(self, kind: str, folder: Path | None) -> None:
        self._session.preferences.change(**{kind: "" if folder is None else str(folder)})
        self.changed.emit()
        if kind == "cache_folder":
            self.measure()

    def _on_usable(self, found: tuple[Kept, Path | None, bool]) -> None:
        kind, folder, has_any = found
        if folder == self.folder(kind):
            return
        if has_any:
            self.asked.emit(kind, folder)
        else:
            self.use(kind, folder, is_moved=False)

    def _on_progressed(self, done: int, total: int) -> None:
        self.said = self.tr("Moving: {done} of {total}").format(done=done, total=total)
        self.changed.emit()

    def _on_moved(self, kind: Kept, folder: Path | None, moved: Moved) -> None:
        self.moving = ""
        self.said = self.tr("%n thing(s) are in the new folder.", "", moved.count)
        if moved.left:
            stayed = self.tr("%n stayed, as there is one of the same name.", "", moved.left)
            self.said += " " + stayed
        self._prefer(kind, folder)

    def _on_failed(self, error: TLStudioError) -> None:
        self.moving, self.said = "", error_text(error)
        self._session.notifications.error(error)
        self.changed.emit()

    def _on_measured(self, size: CacheSize) -> None:
        self.cache = size
        self.changed.emit()

    def _on_emptied(self, size: CacheSize) -> None:
        self._on_measured(size)
        self._session.forecasts.look_again()
