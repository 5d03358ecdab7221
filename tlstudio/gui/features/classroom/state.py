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
from tlstudio.gui.state.session import Session, Step
from tlstudio.gui.state.work import WorkState

if TYPE_CHECKING:
    from tlstudio.gui.features.classroom.jobs import PackLook


class ClassroomState(WorkState):
    """Goes on while its dialog is closed; stopped or failed, nothing stays behind.

    Attributes:
        made: the last pack that was written; None while another one is.
        look: what the pack holds that was chosen last; None while it is being looked into.
        error: why the pack that was chosen last cannot be looked into or taken over.
        make_error: why the last one could not be made.

    Signals:
        opened(PackOpened): a pack was taken over, and the studio shows it.
    """

    opened = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.made: PackMade | None = None
        self.look: PackLook | None = None
        self.make_error: TLStudioError | None = None
        self._is_making = False
        self._arriving: RunConfig | None = None  # until the dataset of the pack is there
        session.datasets.changed.connect(self._on_dataset_changed)
        session.datasets.glanced.connect(self._on_glanced)

    def make(self, contents: PackContents, target: Path) -> None:
        """Begin to write a pack; one thing at a time."""
        if self.active:
            return
        self.made = self.make_error = None
        self._is_making = True
        self._begin(partial(jobs.make_pack, contents, target))

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
        self._is_making = False
        self._begin(partial(jobs.open_pack, self.look.path, folder))

    def _on_looked(self, look: PackLook) -> None:
        self.look = look
        self.changed.emit()

    def _on_not_looked(self, error: TLStudioError) -> None:
        self.error = error
        self.changed.emit()

    def take(self, event: PackProgressed | PackMade | PackOpened) -> None:
        if isinstance(event, PackProgressed):
            self.progress = event
        elif isinstance(event, PackMade):
            self.made = event
        else:
            self._show(event)

    def end(self) -> None:
        if self._is_making:
            self.make_error, self.error = self.error, None

    def _show(self, pack: PackOpened) -> None:
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
