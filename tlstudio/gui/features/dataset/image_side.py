"""The strip beside the grid: the chosen image and its facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QMouseEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.dataset import SPLIT_TITLES, Sample
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state import jobs
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.session import Session

PREVIEW_PX = 264


@dataclass(frozen=True, slots=True)
class _Facts:
    """Details of one image, or why there are none."""

    image: ImageRef
    details: Any
    problem: ImageError | None = None


class PreviewImage(ImageViewer):
    """A preview that opens large.

    Signals:
        double_clicked()
    """

    double_clicked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()


class ImageSide(QWidget):
    """Preview, name, class, split, size, format of one image.

    Signals:
        closed(): a person does not want to see it.
        enlarged(): a person wants to see it large.
    """

    closed = Signal()
    enlarged = Signal()

    def __init__(
        self, session: Session, cache: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self._sample: Sample | None = None
        self._class_name = ""
        self.name = ElidedLabel()
        self.close_button = IconButton("", "close", "quiet")
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Close"))
        self.close_button.setProperty("kind", "link")
        self.close_button.setFixedSize(QSize(24, 24))
        self.preview = PreviewImage(cache, framed=True)
        self.preview.setMaximumHeight(PREVIEW_PX)
        self.facts = FactList()
        self.enlarge_button = IconButton(self.tr("Enlarge"), "image")
        self.variations_button = IconButton(self.tr("Its variations"), "shuffle", "quiet")
        self.variations_button.setToolTip(self.tr("This image as it is varied for training"))
        self.folder_button = IconButton(self.tr("Show in folder"), "open", "quiet")
        heading = hstack((self.name, 1), self.close_button)
        buttons = hstack(self.enlarge_button, (self.folder_button, 1), spacing=theme.GRID)
        vstack(
            heading,
            (self.preview, 100),
            self.facts,
            buttons,
            (self.variations_button, Qt.AlignmentFlag.AlignLeft),
            Stretch(1),
            spacing=theme.GRID * 2,
            margins=(0, 0, 0, theme.GRID),
            parent=self,
        )
        self.close_button.clicked.connect(self.closed)
        self.enlarge_button.clicked.connect(self.enlarged)
        self.preview.double_clicked.connect(self.enlarged)
        self.folder_button.clicked.connect(self._open_folder)
        self.variations_button.clicked.connect(self._show_variations)

    def _show_variations(self) -> None:
        if self._sample is not None:
            self._session.feature(BrowsingState).show_variations(self._sample.image)

    def show_sample(self, sample: Sample, class_name: str) -> None:
        """Show an image; its facts follow when its file was looked at."""
        self._sample, self._class_name = sample, class_name
        self.name.set_text(sample.image.name, str(sample.image))
        self.preview.show_image(sample.image)
        is_file = sample.image.path is not None
        self.folder_button.setEnabled(is_file)
        self.folder_button.setToolTip("" if is_file else self.tr("It is not a file of its own."))
        self.facts.set_facts(self._facts_of(None))
        if self._task is not None:
            self._task.cancel()
        self._task = self._session.disk_pool.submit(_read, sample.image, done=self._on_read)

    def set_enlarged(self, enlarged: bool) -> None:
        """Leave the preview out while the same picture is large beside it."""
        self.preview.setVisible(not enlarged)
        self.enlarge_button.setVisible(not enlarged)

    def _facts_of(self, facts: _Facts | None) -> list[tuple[str, str]]:
        sample = self._sample
        assert sample is not None
        rows = [
            (self.tr("Class"), self._class_name),
            (self.tr("Split"), core_text(SPLIT_TITLES[sample.split])),
        ]
        if facts is not None and facts.problem is not None:
            return [*rows, (self.tr("Problem"), error_text(facts.problem))]
        details = facts.details if facts else None
        size = f"{details.width_px} × {details.height_px} px" if details else formats.NONE
        kind = f"{details.format}, {details.mode}" if details else formats.NONE
        weight = formats.file_size(details.file_bytes) if details else formats.NONE
        return [
            *rows,
            (self.tr("Size"), size),
            (self.tr("Format"), kind),
            (self.tr("File"), weight),
        ]

    def _on_read(self, facts: _Facts) -> None:
        self._task = None
        if self._sample is not None and facts.image == self._sample.image:
            self.facts.set_facts(self._facts_of(facts))

    def _open_folder(self) -> None:
        path = self._sample.image.path if self._sample is not None else None
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _read(image: ImageRef) -> _Facts:
    try:
        return _Facts(image, jobs.image_details(image))
    except ImageError as problem:
        return _Facts(image, None, problem)
