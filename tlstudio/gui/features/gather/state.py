"""The dataset that a person is making: what is in it, what was done, and undoing that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.features.gather import jobs
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state.session import FeatureState, Session

if TYPE_CHECKING:
    from tlstudio.gui.features.gather.jobs import Change, GatherClass


class GatherState(FeatureState):
    """Everything happens on one thread, in the order in which it was asked for.

    Attributes:
        root: the folder of the dataset; None while none is chosen.
        classes: what is in it.

    Signals:
        changed(): another folder, or something in it.
        busy_changed(bool): files are being written or moved.
        progressed(int, int): files copied, files in all.
        failed(TLStudioError): what was asked for could not be done.
        told(Change): images were added; some may have been refused.
    """

    changed = Signal()
    busy_changed = Signal(bool)
    progressed = Signal(int, int)
    failed = Signal(object)
    told = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._pool = TaskPool(1, self)
        self._waiting = 0
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self.root: Path | None = None
        self.classes: tuple[GatherClass, ...] = ()

    @property
    def is_busy(self) -> bool:
        return self._waiting > 0

    @property
    def can_undo(self) -> bool:
        return bool(self._done) and not self.is_busy

    @property
    def can_redo(self) -> bool:
        return bool(self._undone) and not self.is_busy

    @property
    def count(self) -> int:
        """All images."""
        return sum(len(one.images) for one in self.classes)

    def of(self, class_name: str) -> tuple[ImageRef, ...]:
        """The images of a class."""
        found = (one.images for one in self.classes if one.name == class_name)
        return next(found, ())

    def open(self, root: Path, *, is_new: bool) -> None:
        """Begin a new dataset in a folder, or go on with one."""
        self._begin()
        self._pool.submit(
            jobs.opened,
            root,
            is_new,
            done=partial(self._on_opened, root),
            failed=self._on_failed,
        )

    def look_again(self) -> None:
        """Read the folder: it may have changed by itself."""
        if self.root is not None and not self.is_busy:
            self._do(lambda: None)

    def add_class(self, name: str) -> None:
        self._do(partial(jobs.add_class, self._place, name))

    def rename_class(self, before: str, after: str) -> None:
        self._do(partial(jobs.rename_class, self._place, before, after))

    def remove_class(self, name: str) -> None:
        self._do(partial(jobs.remove_class, self._place, name))

    def add_images(self, class_name: str, paths: Sequence[Path]) -> None:
        """Copy images, and those in folders, into a class."""
        self._do(partial(jobs.add_images, self._place, class_name, paths), has_progress=True)

    def add_folders(self, folders: Sequence[Path]) -> None:
        """A class for each folder."""
        self._do(partial(jobs.add_folders, self._place, folders))

    def add_pictures(
        self, class_name: str, pictures: Sequence[bytes], stem: str, suffix: str
    ) -> None:
        """Write pictures of the clipboard or of a camera into a class."""
        self._do(partial(jobs.add_pictures, self._place, class_name, pictures, stem, suffix))

    def move_images(self, images: Sequence[ImageRef], class_name: str) -> None:
        self._do(partial(jobs.move_images, self._place, images, class_name))

    def remove_images(self, images: Sequence[ImageRef]) -> None:
        self._do(partial(jobs.remove_images, self._place, images))

    def undo(self) -> None:
        """Take back the last change."""
        if self.can_undo:
            self._replay(jobs.undo, self._done, self._undone)

    def redo(self) -> None:
        """Make the change again that was taken back."""
        if self.can_redo:
            self._replay(jobs.redo, self._undone, self._done)

    def close(self) -> None:
        self._pool.close()

    @property
    def _place(self) -> Path:
        assert self.root is not None, "no dataset is being made"
        return self.root

    def _do(self, work: Callable[..., Any], *, has_progress: bool = False) -> None:
        self._submit(work, self._on_changed, has_progress=has_progress)

    def _replay(
        self, work: Callable[[Change], None], source: list[Change], target: list[Change]
    ) -> None:
        change = source.pop()

        def on_replayed(
            found: tuple[None, tuple[GatherClass, ...], TLStudioError | None],
        ) -> None:
            _, self.classes, error = found
            (source if error is not None else target).append(change)
            self._end(error)

        self._submit(partial(work, change), on_replayed)

    def _submit(
        self,
        work: Callable[..., Any],
        done: Callable[[Any], None],
        *,
        has_progress: bool = False,
    ) -> None:
        self._begin()
        if has_progress:
            work = partial(work, on_progress=self.progressed.emit)
        task = self._pool.submit(jobs.changed, self._place, work, done=done, failed=self._on_failed)
        task.must_end = True

    def _begin(self) -> None:
        self._waiting += 1
        if self._waiting == 1:
            self.busy_changed.emit(True)

    def _end(self, error: TLStudioError | None = None) -> None:
        self._waiting -= 1
        if self._waiting == 0:
            self.busy_changed.emit(False)
        self.changed.emit()
        if error is not None:
            self.failed.emit(error)

    def _on_opened(self, root: Path, classes: tuple[GatherClass, ...]) -> None:
        self.root, self.classes = root, classes
        self._done.clear()
        self._undone.clear()
        self._end()

    def _on_changed(
        self,
        found: tuple[Change | list[Change] | None, tuple[GatherClass, ...], TLStudioError | None],
    ) -> None:
        change, self.classes, error = found
        changes = change if isinstance(change, list) else [change] if change is not None else []
        happened = [one for one in changes if one]
        self._done += happened
        if happened:
            self._undone.clear()
        self._end(error)
        for one in changes:
            self.told.emit(one)

    def _on_failed(self, error: TLStudioError) -> None:
        self._end(error)
