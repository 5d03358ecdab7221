"""A file of weights on its way in: read, reported, and used as a person decides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.storage import is_there
from tlstudio.core.weights.report import LoadingReport, LoadingWay
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Dialog, FeatureState, Session, Step

if TYPE_CHECKING:
    from tlstudio.gui.state.jobs import OpenedWeights


class LoadingState(FeatureState):
    """The file that was chosen last.

    What leaves no question is used at once; else a person sees the report first.

    Signals:
        changed(): another report, of another file, copy or network.
        names_read(object): the names of classes in a text file.
        names_failed(TLStudioError): a text file has none.

    Attributes:
        report: of the file; None before there is one.
        path: of the file.
        wanted: what a person chose the file for.
    """

    changed = Signal()
    names_read = Signal(object)
    names_failed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._opened: OpenedWeights | None = None
        self.report: LoadingReport | None = None
        self.path = Path()
        self.wanted = LoadingWay.EVERYTHING

    def open(self, path: Path, wanted: LoadingWay = LoadingWay.EVERYTHING) -> None:
        """Read a file in the background; use it, or ask about it."""
        session = self._session

        def begin(_: bool) -> None:
            session.engine_pool.submit(
                jobs.open_weights,
                path,
                done=lambda read: self._on_read(read[0], read[1], wanted),
                failed=session.notifications.error,
            )

        session.disk_pool.submit(is_there, path, done=begin)

    @property
    def fault(self) -> TLStudioError | None:
        """Why nothing can answer with it; None if something can."""
        return None if self._opened is None else self._opened.fault()

    def choose(self, place: str, model: str) -> None:
        """Take another of the copies in the file, or take it for another network."""
        if self._opened is not None:
            self._session.engine_pool.submit(
                jobs.chosen_weights,
                self._opened,
                place,
                model,
                done=lambda read: self._on_chosen(read[0], read[1]),
                failed=self._session.notifications.error,
            )

    def read_names(self, path: Path) -> None:
        """Read names of classes from a text file."""
        self._session.disk_pool.submit(
            jobs.read_class_names, path, done=self.names_read.emit, failed=self.names_failed.emit
        )

    def load(self, names: tuple[str, ...] = ()) -> None:
        """Answer with it.

        Args:
            names: of its classes, whatever the file says; empty for those of the file.
        """
        if self._opened is not None:
            self._session.classifier.load_opened(self._opened, names)
            self._end()

    def start(self) -> None:
        """Let the next run begin with it."""
        report, session = self.report, self._session
        if report is None:
            return
        is_first = not report.copies or report.copy == report.copies[0].place
        start = str(self.path) if is_first else f"{self.path}#{report.copy}"
        changed = report.build.settings() if report.build != BuildConfig() else {}
        session.network.change(
            model=report.model, initialisation="file", start_from=start, **changed
        )
        session.go_to(Step.MODEL)
        session.notifications.success(
            self.tr("The next run starts from {name}.").format(name=self.path.name)
        )
        self._end()

    def _on_read(self, opened: OpenedWeights, report: LoadingReport, wanted: LoadingWay) -> None:
        self.path, self.wanted = opened.path, wanted
        self._on_chosen(opened, report)
        index = self._session.datasets.index
        is_of_dataset = index is None or len(index.classes) == report.num_classes
        if report.is_certain(wanted) and wanted is LoadingWay.BACKBONE:
            self.start()
        elif report.is_certain(wanted) and is_of_dataset:
            self.load()
        else:
            self._session.open_dialog(Dialog.LOADING)

    def _on_chosen(self, opened: OpenedWeights, report: LoadingReport) -> None:
        self._opened, self.report = opened, report
        self.changed.emit()

    def _end(self) -> None:
        self._opened = None  # which may be gigabytes
