"""Watching the frames of a camera, and taking those of a video."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QProgressBar, QWidget

from tlstudio.gui.kit import frames, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.frames import EveryFrame, FrameSource
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnail_painter import fitted

STEPS = 1000
LEAST_S, MOST_S, USUAL_S = 0.0, 60.0, 1.0


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


class VideoDialog(QDialog):
    """Takes a frame of a video for every so many seconds.

    Args:
        path: of the video.
        words: what becomes of them, for a person to read.
        take: is given each frame, and its time in seconds.
        make_source: makes the source of the video.
        most: frames that are taken, at most.
    """

    def __init__(
        self,
        path: Path,
        words: str,
        take: Callable[[QImage, float], object],
        make_source: Callable[[Path], FrameSource],
        parent: QWidget | None = None,
        most: int = frames.MAX_FRAMES,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Frames of a video"))
        self._path, self._take, self._make_source = path, take, make_source
        self._most = most
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
        vstack(
            label(words, wrap=True),
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

    def _on_taken(self, image: QImage, time_s: float) -> None:
        self.count += 1
        self.view.show_image(image)
        self._take(image, time_s)
        fraction = self._source.fraction if self._source is not None else None
        self.bar.setValue(round(STEPS * (fraction or 0)))
        self.status.setText(self.tr("%n picture(s) taken", "", self.count))
        if self.count >= self._most:
            self._end()
            self.status.setText(self.tr("%n picture(s) taken: no more fit", "", self.count))

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
