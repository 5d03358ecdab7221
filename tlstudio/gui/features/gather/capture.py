"""Pictures of a camera on their way into a class."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.capture import FrameView
from tlstudio.gui.kit.frames import FrameSource
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

EVERY_S = 0.2  # while the button is held
Take = Callable[[QImage], object]


class CameraDialog(QDialog):
    """Takes pictures while a button is held, as many as fit into that time.

    Args:
        class_name: where they go, for a person to read.
        take: is given each.
        names: of the cameras.
        make_source: makes the source of one of them.
    """

    def __init__(
        self,
        class_name: str,
        take: Take,
        names: list[str],
        make_source: Callable[[str], FrameSource],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Camera"))
        self._take, self._make_source = take, make_source
        self._source: FrameSource | None = None
        self._last = QImage()
        self.count = 0
        self.view = FrameView(self.tr("Waiting for the camera…"))
        self.cameras = QComboBox()
        self.cameras.addItems(names)
        self.cameras.setVisible(len(names) > 1)
        self.cameras.setAccessibleName(self.tr("Camera"))
        self.status = label("", "hint", wrap=True)
        self.hold_button = IconButton(self.tr("Hold to take pictures"), "camera", "primary")
        self.hold_button.setEnabled(False)
        self._timer = QTimer(self, interval=round(1000 * EVERY_S))
        self._timer.timeout.connect(self._take_one)
        self.hold_button.pressed.connect(self._on_pressed)
        self.hold_button.released.connect(self._timer.stop)
        self.cameras.currentTextChanged.connect(self._begin)
        where = self.tr("Pictures go into “{name}”.").format(name=class_name)
        vstack(
            label(where),
            (self.view, 1),
            self.cameras,
            hstack(self.status, Stretch(), self.hold_button, spacing=theme.GRID),
            spacing=theme.GRID,
            margins=(16, 16, 16, 16),
            parent=self,
        )
        self.resize(QSize(560, 520))
        self._begin(names[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        self._end()
        super().closeEvent(event)

    def _begin(self, name: str) -> None:
        self._end()
        source = self._source = self._make_source(name)
        source.setParent(self)
        source.frame.connect(self._on_frame)
        source.failed.connect(self.status.setText)
        source.start()

    def _end(self) -> None:
        self._timer.stop()
        if self._source is not None:
            self._source.stop()
            self._source.deleteLater()
            self._source = None

    def _on_frame(self, image: QImage) -> None:
        self._last = image
        self.view.show_image(image)
        self.hold_button.setEnabled(True)

    def _on_pressed(self) -> None:
        self._take_one()
        self._timer.start()

    def _take_one(self) -> None:
        self.count += 1
        self._take(self._last)
        self.status.setText(self.tr("%n picture(s) taken", "", self.count))
