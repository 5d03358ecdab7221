"""The Data page: the start view while no dataset is open, the browser while one is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.reading import AmbiguousDatasetError
from tlstudio.gui.features.dataset.start_view import StartView
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.kit.drop_zone import is_image_name, local_paths
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.app.data_browser import Browser
    from tlstudio.gui.app.data_views import DataTab


class DataPage(QWidget):
    """The page where a dataset is opened and browsed. A dataset may be dropped anywhere on it.

    The browser is built when there is something to see in it, or by `prepare`.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._session = session
        self.start = StartView(session)
        self._browser: Browser | None = None
        self._stack = PageStack()
        self._stack.addWidget(self.start)
        vstack(self._stack, parent=self)

        self.start.open_requested.connect(self._ask_folder)
        self.start.file_requested.connect(self._ask_file)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.datasets.asked.connect(self._on_asked)
        self._on_dataset_changed(session.datasets.index)

    @property
    def browser(self) -> Browser:
        """The browser of the open dataset."""
        if self._browser is None:
            from tlstudio.gui.app.data_browser import Browser

            self._browser = Browser(self._session, self._stack)
            self._browser.open_requested.connect(self._ask_folder)
            self._stack.addWidget(self._browser)
        return self._browser

    def show_class(self, class_index: int) -> None:
        """Show the images of one class."""
        self.browser.show_class(class_index)

    def show_tab(self, tab: DataTab) -> None:
        """Bring a view of the open dataset to the front; nothing while none is open."""
        if self._session.datasets.index is not None:
            self.browser.show_tab(tab)

    def prepare(self) -> None:
        """Build what is not seen yet."""
        assert self.browser

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dataset_of(event.mimeData()) is not None and not self._session.run.active:
            event.acceptProposedAction()
            self.start.drop_zone.set_active(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.start.drop_zone.set_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.start.drop_zone.set_active(False)
        dataset = _dataset_of(event.mimeData())
        if dataset is not None:
            event.acceptProposedAction()
            self._open(dataset)

    def _ask_folder(self) -> None:
        file_dialogs.ask_folder(self, self._session, self.tr("Open a folder of images"), self._open)

    def _ask_file(self) -> None:
        file_dialogs.ask_files(
            self,
            self._session,
            self.tr("Open an archive, a table or a packed dataset"),
            (file_dialogs.DATASETS, file_dialogs.ANY_DATASET),
            lambda paths: self._open(paths[0]),
            several=False,
        )

    def _open(self, folder: Path) -> None:
        if not self._session.run.active:
            self._session.datasets.open(folder)

    def _on_asked(self, error: AmbiguousDatasetError) -> None:
        from tlstudio.gui.features.dataset.readings_sheet import ask_reading

        ask_reading(self, self._session, error)

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        focused = QApplication.focusWidget()
        has_focus = focused is not None and self.isAncestorOf(focused)
        opens = index is not None and self._stack.currentWidget() is self.start
        self._stack.setCurrentWidget(self.start if index is None else self.browser)
        if has_focus and opens:
            self.browser.images.grid.setFocus()


def _dataset_of(data: QMimeData) -> Path | None:
    """What a drag carries, if it is one thing that is not called like an image.

    Whether it is a dataset, opening it says: to look is to ask a disk while the mouse moves.
    """
    paths = local_paths(data)
    return paths[0] if len(paths) == 1 and not is_image_name(paths[0]) else None
