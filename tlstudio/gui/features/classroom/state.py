"""The class pack that is being made or opened, and the last one that was."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.classroom.pack import (
    PackContents,
    PackMade,
    PackOpened,
    PackProgressed,
    arrived,
)
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.features.classroom import jobs
from tlstudio.gui.state.quiz import QuizState
from tlstudio.gui.state.session import FeatureState, Session, Step
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.gui.features.classroom.jobs import PackLook


class ClassroomState(FeatureState):
    """Goes on while its dialog is closed; stopped or failed, nothing stays behind.

    Attributes:
        progress: None while nothing is packed or unpacked.
        made: the last pack that was written; None while another one is.
        look: what the pack holds that was chosen last; None while it is being looked into.
        error: why the pack that was chosen last cannot be looked into or taken over.
        make_error: why the last one could not be made.

    Signals:
        changed(): any of these.
        opened(PackOpened): a pack was taken over, and the studio shows it.
    """

    changed = Signal()
    opened = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.progress: PackProgressed | None = None
        self.made: PackMade | None = None
        self.look: PackLook | None = None
        self.error: TLStudioError | None = None
        self.make_error: TLStudioError | None = None
        self._is_making = False
        self._arriving: RunConfig | None = None  # until the dataset of the pack is there
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_ended)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.datasets.glanced.connect(self._on_glanced)

    @property
    def active(self) -> bool:
        return self._worker.active

    def make(self, contents: PackContents, target: Path) -> None:
        """Begin to write a pack; one thing at a time."""
        if self.active:
            return
        self.made = self.make_error = None
        self._is_making = True
        self._worker.start(partial(jobs.make_pack, contents, target))
        self.changed.emit()

    def look_into(self, path: Path) -> None:
        """Find out what is in a pack; nothing is taken from it yet."""
        self.look = self.error = None
        self.changed.emit()
        self._session.engine_pool.submit(
            jobs.look_into_pack, path, done=self._on_looked, failed=self._on_not_looked
        )

    def open(self, folder: Path | None = None) -> None:
        """Take over the pack that was looked into.

        Args:
            folder: where its files go; None for the usual place.
        """
        if self.look is None or self.active:
            return
        self.error = None
        self._is_making = False
        self._worker.start(partial(jobs.open_pack, self.look.path, folder))
        self.changed.emit()

    def cancel(self) -> None:
        self._worker.cancel()

    def close(self) -> None:
        self._worker.wait()

    def _on_looked(self, look: PackLook) -> None:
        self.look = look
        self.changed.emit()

    def _on_not_looked(self, error: TLStudioError) -> None:
        self.error = error
        self.changed.emit()

    def _on_event(self, event: PackProgressed | PackMade | PackOpened) -> None:
        if isinstance(event, PackProgressed):
            self.progress = event
        elif isinstance(event, PackMade):
            self.made = event
        else:
            self._take(event)
        self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self.progress = None
        if self._is_making:
            self.make_error = error
        else:
            self.error = error
        self.changed.emit()

    def _take(self, pack: PackOpened) -> None:
        """Show what came: the dataset, the settings, and where the class begins."""
        session, manifest = self._session, pack.manifest
        if pack.taken:
            session.downloads.arrived.emit()
            session.downloads.refresh()
        if pack.config is not None:
            config = arrived(pack.config, session.network.config)
            self._arriving = config if manifest.dataset is not None else None
            session.network.set_config(config)
        if manifest.dataset is not None and manifest.dataset.sample:
            session.datasets.open_sample(manifest.dataset.sample)
        elif pack.dataset is not None and manifest.dataset is not None:
            session.datasets.open(pack.dataset)
        if pack.quiz is not None:
            session.feature(QuizState).open(pack.quiz, manifest.title)
        session.go_to(Step.DATA)
        self.opened.emit(pack)
        if manifest.lesson:
            session.learn(manifest.lesson)

    def _on_dataset_changed(self) -> None:
        """The preset would adapt the settings to the dataset of the pack, which has its own."""
        if self._arriving is not None and self._session.datasets.index is not None:
            self._session.network.set_config(self._arriving)

    def _on_glanced(self) -> None:
        if self._arriving is not None and not self._session.run.active:
            self._session.network.set_config(self._arriving)
        self._arriving = None  # from here on a person changes them
