"""The viewer of one prediction: the photo, the network's view of it, and the probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.novelty import Neighbour
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.understanding.heat_maps import (
    AverageRequest,
    ClassAverage,
    HeatMap,
    MapCheck,
    MapMethod,
    MapRequest,
    average_note,
    map_note,
)
from tlstudio.gui.kit import accessible, formats, icons, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.predictions.heat_view import HeatView
from tlstudio.gui.kit.predictions.items import answer_text, novelty_text
from tlstudio.gui.kit.predictions.neighbours import NeighbourStrip
from tlstudio.gui.kit.predictions.why_bar import WhyBar, WhyChoice
from tlstudio.gui.kit.thumbnails import ThumbnailCache, image_from_array

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
        why_wanted(MapRequest | AverageRequest | None): for `set_heat_map` and its like; None: no
            map is wanted any more.
        save_wanted(QImage, str): the heat map beside its photo, and a name for its file.

    Attributes:
        images_of: the images whose maps make the average of a class.
    """

    stepped = Signal(int)
    closed = Signal()
    network_view_wanted = Signal(object)
    why_wanted = Signal(object)
    save_wanted = Signal(object, str)

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "prediction")
        self.record: PredictionRecord | None = None
        self.images_of: Callable[[int], tuple[ImageRef, ...]] = lambda _: ()
        self._classes: tuple[str, ...] = ()
        self._request: MapRequest | AverageRequest | None = None
        self._map: HeatMap | None = None
        self._name = ElidedLabel()
        self._place = label("", "hint")
        self.previous_button = self._small_button("previous", self.tr("Previous image (Left)"))
        self.next_button = self._small_button("next", self.tr("Next image (Right)"))
        self.close_button = self._small_button("close", self.tr("Close (Esc)"))
        self.photo = ImageViewer(cache)
        self.heat = HeatView(cache)
        self.heat.hide()
        self.why = WhyBar()
        self._mark = IconLabel("right", 20, "right")
        self.answer = label("", "title")
        self.truth = label("", "hint", wrap=True)
        self.truth.setContentsMargins(0, 0, 0, 4)  # on the line of the larger text before it
        self.bars = ProbabilityBars()
        self.neighbours = NeighbourStrip(cache)
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
        said = vstack(self.bars, self.neighbours, Stretch(), spacing=theme.GRID)
        answers = hstack(self._network_part, (said, 1), spacing=theme.GRID * 3)

        vstack(
            header,
            (hstack((self.photo, 1), (self.heat, 1), spacing=theme.GRID), 1),
            self.why,
            theme.GRID,
            verdict,
            answers,
            spacing=theme.GRID,
            margins=(0, 0, 0, theme.GRID * 3),
            parent=self,
        )

        self.why.changed.connect(self._ask_why)
        self.why.strength_changed.connect(self.heat.set_strength)
        self.why.save_clicked.connect(self._on_save_clicked)
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
        self.record, self._classes = record, tuple(classes)
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
            self.neighbours.clear()
            self.network_view_wanted.emit(record.image)
        self._ask_why()

    def set_network_view(self, image: ImageRef, pixels: np.ndarray[Any, Any]) -> None:
        """Show uint8 ``[H, W, 3]``, unless another image is shown by now."""
        if self.record is not None and image == self.record.image:
            self.network_view.show_array(pixels)
            self._network_part.setVisible(not self.why.is_on)

    def clear(self) -> None:
        """Show nothing any more; no map is wanted."""
        self.record = self._request = None
        self.why_wanted.emit(None)

    # Why: what speaks for a class

    def set_heat_map(self, request: object, heat_map: HeatMap) -> None:
        """Show a map, unless another one is wanted by now."""
        if request != self._request:
            return
        self._map = heat_map
        self.heat.set_map(heat_map.values, heat_map.box)
        self.why.save_button.setEnabled(True)
        self.why.end_progress()
        self._say_of(None)

    def set_map_check(self, request: object, check: MapCheck) -> None:
        """Say what the test of the map has shown."""
        if request == self._request:
            self._say_of(check)

    def set_class_average(self, request: object, average: ClassAverage) -> None:
        """Show the mean map of a class over the mean of its images."""
        if request != self._request:
            return
        picture = QPixmap.fromImage(image_from_array(average.pixels))
        self.heat.set_average(average.values, picture)
        self.why.save_button.setEnabled(True)
        self.why.end_progress()
        note = average_note(average, self._classes[average.class_index])
        self.why.say(core_text(note.sentence, **note.values))

    def set_why_progress(self, request: object, done: int, total: int) -> None:
        if request == self._request:
            self.why.set_progress(done, total)

    def set_why_failed(self, request: object, text: str) -> None:
        """Say why there is no map."""
        if request == self._request:
            self.why.end_progress()
            self.why.say(text)

    def ask_why_again(self) -> None:
        """What was answered does not hold any more; asks at once, or when it is seen again."""
        self._request = None
        if self.isVisible():
            self._ask_why()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_why()

    def _say_of(self, check: MapCheck | None) -> None:
        if self._map is None:
            return
        note = map_note(self._map, check, self._classes[self._map.class_index])
        doubtful = check is not None and not (check.means_something or self._map.is_empty)
        self.why.say(core_text(note.sentence, **note.values), is_doubtful=doubtful)

    def _ask_why(self) -> None:
        """Ask for the map of what is shown, unless it was asked for before."""
        if self.record is None:
            return
        self.why.set_classes(self._classes, self.record.predicted)
        request = self._wanted(self.record)
        self.heat.setVisible(self.why.is_on)
        self._network_part.setVisible(not self.why.is_on and self.network_view.has_picture)
        if request == self._request:
            return
        self._request, self._map = request, None
        self.heat.set_photo(self.record.image)
        self.why.save_button.setEnabled(False)
        self.why.say("")
        self.why.end_progress()
        if request is not None:
            self.why.set_progress(0, 0)
        self.why_wanted.emit(request)

    def _wanted(self, record: PredictionRecord) -> MapRequest | AverageRequest | None:
        index = self.why.class_index(record.predicted)
        match self.why.kind:
            case WhyChoice.OFF:
                return None
            case WhyChoice.AVERAGE:
                return AverageRequest(self.images_of(index), index)
            case kind:
                return MapRequest(record.image, MapMethod(kind.value), index)

    def _on_save_clicked(self) -> None:
        if self.record is None or self._request is None:
            return
        name = self._classes[self._request.class_index]
        pair = self.heat.pair(f"{name}  ·  {self.why.words.text()}")
        if pair is not None:
            self.save_wanted.emit(pair, f"{self.record.image.name} {name} {self.why.kind.value}")

    def set_neighbours(self, image: ImageRef, neighbours: Sequence[Neighbour]) -> None:
        """Show the nearest training images, unless another image is shown by now."""
        if self.record is not None and image == self.record.image:
            self.neighbours.set_neighbours(neighbours, self._classes)

    def _show_verdict(self, record: PredictionRecord, classes: Sequence[str]) -> None:
        self._mark.setVisible(record.target is not None)
        self.answer.setToolTip(plain_tip(novelty_text(record)))
        if record.target is None:
            self.truth.setText("" if record.is_known else novelty_text(record))
            return
        if record.is_right:
            self._mark.set_icon("right", "right")
            explain(self._mark, "answer.right")
            self.truth.setText(self.tr("right"))
        else:
            self._mark.set_icon("wrong", "wrong")
            explain(self._mark, "answer.wrong")
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

    spoken_as = accessible.Role.Chart

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
