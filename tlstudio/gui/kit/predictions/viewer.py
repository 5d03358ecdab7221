"""The viewer of one prediction: the photo, the network's view of it, and the probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.predictions.items import answer_text
from tlstudio.gui.kit.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    import numpy as np

NETWORK_VIEW_PX = 144
SHOWN = 10  # bars at most
BAR_PX = 6
MARK_PX = 14
GAP_PX = 12
MIN_PROBABILITY = 0.0005  # below, a bar would be no longer than its rounding


class PredictionViewer(QWidget):
    """Photo above, answer below. Arrow keys step, Esc closes.

    Signals:
        stepped(int): -1 for the previous image, 1 for the next.
        closed(): a person is done with it.
        network_view_wanted(ImageRef): for `set_network_view`.
    """

    stepped = Signal(int)
    closed = Signal()
    network_view_wanted = Signal(object)

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record: PredictionRecord | None = None
        self._name = ElidedLabel()
        self._place = label("", "hint")
        self.previous_button = self._small_button("previous", self.tr("Previous image (Left)"))
        self.next_button = self._small_button("next", self.tr("Next image (Right)"))
        self.close_button = self._small_button("close", self.tr("Close (Esc)"))
        self.photo = ImageViewer(cache)
        self._mark = IconLabel("right", 20, "right")
        self.answer = label("", "title")
        self.truth = label("", "hint")
        self.truth.setContentsMargins(0, 0, 0, 4)  # on the line of the larger text before it
        self.bars = ProbabilityBars()
        self.network_view = ImageViewer()
        self.network_view.setFixedSize(NETWORK_VIEW_PX, NETWORK_VIEW_PX)
        self.network_view.setAccessibleName(self.tr("What the network sees"))

        header = hstack(
            (self._name, 1),
            self._place,
            theme.GRID,
            self.previous_button,
            self.next_button,
            self.close_button,
            spacing=theme.GRID // 2,
        )
        verdict = hstack(
            self._mark,
            self.answer,
            (self.truth, 1, Qt.AlignmentFlag.AlignBottom),
            spacing=theme.GRID,
        )
        self._network_part = QWidget()
        vstack(
            self.network_view,
            label(self.tr("The network's view"), "hint"),
            Stretch(),
            spacing=theme.GRID // 2,
            parent=self._network_part,
        )
        answers = hstack(
            self._network_part, (self.bars, 1, Qt.AlignmentFlag.AlignTop), spacing=theme.GRID * 3
        )

        vstack(
            header,
            (self.photo, 1),
            theme.GRID,
            verdict,
            answers,
            spacing=theme.GRID,
            margins=(0, 0, 0, theme.GRID * 3),
            parent=self,
        )

        self.previous_button.clicked.connect(self._on_previous)
        self.next_button.clicked.connect(self._on_next)
        self.close_button.clicked.connect(self.closed)
        self._add_key(Qt.Key.Key_Left, self._on_previous)
        self._add_key(Qt.Key.Key_Right, self._on_next)
        self._add_key(Qt.Key.Key_Escape, self.closed.emit)
        self.setAccessibleName(self.tr("Prediction"))

    def set_record(
        self, record: PredictionRecord, classes: Sequence[str], index: int, count: int
    ) -> None:
        """Show one prediction, the `index`-th (from 0) of `count`."""
        another = self.record is None or record.image != self.record.image
        self.record = record
        self._name.set_text(record.image.name, str(record.image))
        self._place.setText(self.tr("{index} of {count}").format(index=index + 1, count=count))
        self.previous_button.setEnabled(index > 0)
        self.next_button.setEnabled(index < count - 1)
        self.answer.setText(answer_text(record, classes))
        self._show_verdict(record, classes)
        self.bars.set_record(record, classes)
        if another:
            self.photo.show_image(record.image)
            self.network_view.show_pixmap(None)
            self._network_part.hide()
            self.network_view_wanted.emit(record.image)

    def set_network_view(self, image: ImageRef, pixels: np.ndarray[Any, Any]) -> None:
        """Show uint8 ``[H, W, 3]``, unless another image is shown by now."""
        if self.record is not None and image == self.record.image:
            self.network_view.show_array(pixels)
            self._network_part.show()

    def _show_verdict(self, record: PredictionRecord, classes: Sequence[str]) -> None:
        self._mark.setVisible(record.target is not None)
        if record.target is None:
            self.truth.setText("")
            return
        if record.is_right:
            self._mark.set_icon("right", "right")
            self.truth.setText(self.tr("right"))
        else:
            self._mark.set_icon("wrong", "wrong")
            self.truth.setText(self.tr("wrong: it is {name}").format(name=classes[record.target]))

    def _small_button(self, icon: str, tip: str) -> IconButton:
        button = IconButton("", icon, "quiet")
        button.setFixedSize(QSize(32, 32))
        button.setStyleSheet("padding: 0;")
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _add_key(self, key: Qt.Key, slot: object) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slot)

    def _on_previous(self) -> None:
        self._step(self.previous_button, -1)

    def _on_next(self) -> None:
        self._step(self.next_button, 1)

    def _step(self, button: QPushButton, step: int) -> None:
        if button.isEnabled():
            self.stepped.emit(step)


class ProbabilityBars(QWidget):
    """The most probable classes, most probable first; the true class is marked by an icon."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[int, float], ...] = ()
        self._classes: tuple[str, ...] = ()
        self._record: PredictionRecord | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Probabilities"))

    @property
    def rows(self) -> tuple[tuple[int, float], ...]:
        """(class index, probability) as shown."""
        return self._rows

    def set_record(self, record: PredictionRecord | None, classes: Sequence[str]) -> None:
        """Show the answer for one image. The true class is shown even if it is a distant one."""
        self._record, self._classes = record, tuple(classes)
        rows = record.top(SHOWN) if record else ()
        target = record.target if record else None
        if record and target is not None and target not in [index for index, _ in rows]:
            rows = (*rows[:-1], (target, record.probabilities[target]))
        self._rows = rows
        self.setAccessibleDescription(
            ", ".join(f"{self._classes[i]} {formats.percent(p)}" for i, p in rows)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, max(1, len(self._rows)) * theme.ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._record is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        widest = max(metrics.horizontalAdvance(self._classes[i]) for i, _ in self._rows)
        names_px = min(widest + 2 + MARK_PX + 6, int(self.width() * 0.45))
        numbers_px = metrics.horizontalAdvance("100.0%")
        for number, (index, probability) in enumerate(self._rows):
            row = QRect(0, number * theme.ROW_PX, self.width(), theme.ROW_PX)
            name = QRect(row.left(), row.top(), names_px, row.height())
            value = QRect(row.right() - numbers_px, row.top(), numbers_px + 1, row.height())
            bar = QRectF(
                name.right() + GAP_PX,
                row.center().y() - BAR_PX / 2 + 1,
                value.left() - name.right() - 2 * GAP_PX,
                BAR_PX,
            )
            self._paint_name(painter, name, index)
            self._paint_bar(painter, bar, index, probability)
            painter.setPen(QColor(theme.current().text))
            painter.setFont(self.font())
            painter.drawText(
                value,
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                formats.percent(probability),
            )

    def _paint_name(self, painter: QPainter, place: QRect, index: int) -> None:
        assert self._record is not None
        tokens = theme.current()
        is_true, is_said = index == self._record.target, index == self._record.predicted
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if is_said else QFont.Weight.Normal)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        room = place.width() - (MARK_PX + 6 if is_true else 0)
        text = metrics.elidedText(self._classes[index], Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(QColor(tokens.text if is_said or is_true else tokens.text_soft))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)
        if is_true:
            left = place.left() + metrics.horizontalAdvance(text) + 6
            top = place.center().y() - MARK_PX // 2 + 1
            icons.icon("right", "right").paint(painter, left, top, MARK_PX, MARK_PX)

    def _paint_bar(self, painter: QPainter, place: QRectF, index: int, probability: float) -> None:
        assert self._record is not None
        tokens = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(place, BAR_PX / 2, BAR_PX / 2)
        if probability < MIN_PROBABILITY:
            return
        color = tokens.text_faint
        if index == self._record.target:
            color = tokens.right
        elif index == self._record.predicted:
            color = tokens.accent if self._record.target is None else tokens.wrong
        place.setWidth(max(BAR_PX, place.width() * probability))
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(place, BAR_PX / 2, BAR_PX / 2)
