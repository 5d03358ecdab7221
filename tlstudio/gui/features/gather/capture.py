"""Frames of a camera or a video on their way into a class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QDialog, QDoubleSpinBox, QProgressBar, QWidget

from tlstudio.gui.kit import frames, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.frames import EveryFrame, FrameSource
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnail_painter import fitted

EVERY_S = 0.2  # while the button is held
STEPS = 1000
LEAST_S, MOST_S, USUAL_S = 0.0, 60.0, 1.0
Take = Callable[[QImage], object]


class FrameView(QWidget):
    """The picture that came last, as large as there is room."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text, self._image = text, QImage()
        self.setMinimumSize(320, 240)
        self.setAccessibleName(text)

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image.isNull():
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        else:
            size = self._image.size().toSizeF()
            painter.drawImage(fitted(size, self.rect().toRectF()), self._image)


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


class VideoDialog(QDialog):
    """Takes a frame of a video for every so many seconds.

    Args:
        path: of the video.
        class_name: where they go, for a person to read.
        take: is given each frame.
        make_source: makes the source of the video.
    """

    def __init__(
        self,
        path: Path,
        class_name: str,
        take: Take,
        make_source: Callable[[Path], FrameSource],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Frames of a video"))
        self._path, self._take, self._make_source = path, take, make_source
        self._source: FrameSource | None = None
        self.count = 0
        self.view = FrameView(path.name)
        self.every = every_field()
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("How much of the video has been seen"))
        self.status = label("", "hint", wrap=True)
        self.start_button = IconButton(self.tr("Take frames"), "play", "primary", self._start)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        where = self.tr("Frames of “{video}” go into “{name}”.")
        vstack(
            label(where.format(video=path.name, name=class_name), wrap=True),
            (self.view, 1),
            hstack(label(self.tr("A frame every")), self.every, Stretch(), spacing=theme.GRID),
            self.bar,
            self.status,
            hstack(Stretch(), self.close_button, self.start_button, spacing=theme.GRID),
            spacing=theme.GRID,
            margins=(16, 16, 16, 16),
            parent=self,
        )
        self.resize(QSize(520, 480))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._end()
        super().closeEvent(event)

    def _start(self) -> None:
        self.start_button.setEnabled(False)
        self.every.setEnabled(False)
        source = self._source = self._make_source(self._path)
        source.setParent(self)
        EveryFrame(source, self.every.value(), source).taken.connect(self._on_taken)
        source.failed.connect(self._on_failed)
        source.ended.connect(self._on_ended)
        source.start()

    def _end(self) -> None:
        if self._source is not None:
            self._source.stop()
            self._source.deleteLater()
            self._source = None

    def _on_taken(self, image: QImage) -> None:
        self.count += 1
        self.view.show_image(image)
        self._take(image)
        fraction = self._source.fraction if self._source is not None else None
        self.bar.setValue(round(STEPS * (fraction or 0)))
        self.status.setText(self.tr("%n picture(s) taken", "", self.count))

    def _on_failed(self, text: str) -> None:
        self._end()
        self.status.setText(text)

    def _on_ended(self) -> None:
        self._end()
        self.bar.setValue(STEPS)


def every_field() -> QDoubleSpinBox:
    """A field for the seconds from one frame to the next."""
    field = QDoubleSpinBox()
    field.setRange(LEAST_S, MOST_S)
    field.setValue(USUAL_S)
    field.setSingleStep(0.5)
    field.setSuffix(" s")
    field.setAccessibleName(frames.translate("gather", "Seconds from one frame to the next"))
    return field
