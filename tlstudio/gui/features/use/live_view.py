"""The view "Camera": what the camera sees, and beside it what the network says of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from tlstudio.gui.features.use.live_state import LiveState
from tlstudio.gui.kit import frames, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.capture import FrameView
from tlstudio.gui.kit.frames import CameraSource, FrameSource
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.predictions.items import answer_text, novelty_text
from tlstudio.gui.kit.predictions.viewer import ProbabilityBars
from tlstudio.gui.state.session import Session

SIDE_PX = 360


class LiveView(QWidget):
    """The camera is on only while this can be seen.

    Signals:
        kept(QImage): a person wants to look at this picture at leisure.

    Attributes:
        make_source: makes the source of a camera's pictures.
        names_of: the cameras; None where Qt's multimedia is missing.
    """

    kept = Signal(QImage)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "prediction")
        self._session = session
        self._state = session.feature(LiveState)
        self._source: FrameSource | None = None
        self._last = QImage()
        self.make_source: Callable[[str], FrameSource] = CameraSource
        self.names_of: Callable[[], Sequence[str] | None] = _camera_names
        self.again_button = IconButton(self.tr("Look again"), "reload", "", self._begin)
        self.empty = EmptyState("camera", "", "", self.again_button)
        self.view = FrameView(self.tr("Waiting for the camera…"))
        self.cameras = QComboBox()
        self.cameras.setAccessibleName(self.tr("Camera"))
        self.answer = label("", "title")
        self.note = label("", "hint", wrap=True)
        self.bars = ProbabilityBars()
        self.keep_button = IconButton(self.tr("Keep this picture"), "add", "", self._on_keep)
        self.keep_button.setToolTip(self.tr("Puts it among the images, with everything about it"))
        side = QWidget()
        side.setFixedWidth(SIDE_PX)
        vstack(
            self.cameras,
            self.answer,
            self.note,
            self.bars,
            Stretch(),
            hstack(self.keep_button, Stretch()),
            spacing=theme.GRID,
            parent=side,
        )
        content = QWidget()
        hstack((self.view, 1), side, spacing=theme.GRID * 3, parent=content)
        self._stack = PageStack()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(content)
        vstack(self._stack, parent=self)
        self.cameras.currentTextChanged.connect(self._on_camera_chosen)
        self._state.changed.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        self._end()
        super().hideEvent(event)

    def _begin(self) -> None:
        """Look for cameras, and look through the one that was chosen, else the first."""
        names = self.names_of()
        if not names:
            self._end()
            self.empty.title.setText(self.tr("No camera was found"))
            self.empty.text.setText(
                frames.needs_multimedia()
                if names is None
                else self.tr("Plug one in, and look again.")
            )
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        before = self.cameras.currentText()
        self.cameras.blockSignals(True)
        self.cameras.clear()
        self.cameras.addItems(list(names))
        self.cameras.setCurrentText(before if before in names else names[0])
        self.cameras.blockSignals(False)
        self.cameras.setVisible(len(names) > 1)
        self._on_camera_chosen(self.cameras.currentText())

    def _on_camera_chosen(self, name: str) -> None:
        self._end()
        source = self._source = self.make_source(name)
        source.setParent(self)
        source.frame.connect(self._on_frame)
        source.failed.connect(self.note.setText)
        source.start()

    def _end(self) -> None:
        if self._source is not None:
            self._source.stop()
            self._source.deleteLater()
            self._source = None
        self._last = QImage()
        self.keep_button.setEnabled(False)

    def _on_frame(self, image: QImage) -> None:
        self._last = image
        self.view.show_image(image)
        self.keep_button.setEnabled(True)
        self._state.offer(image)

    def _on_keep(self) -> None:
        self.kept.emit(self._last)

    def _refresh(self) -> None:
        state, info = self._state, self._session.classifier.info
        if state.error is not None:
            self.note.setText(error_text(state.error))
        if state.answer is None or info is None:
            self.answer.setText("")
            self.bars.set_record(None, ())
            return
        self.answer.setText(answer_text(state.answer, info.classes))
        self.note.setText("" if state.answer.is_known else novelty_text(state.answer))
        self.bars.set_record(state.answer, info.classes)


def _camera_names() -> Sequence[str] | None:
    return list(frames.cameras()) if frames.has_multimedia() else None
