"""The four cases: a point on the plane of number and similarity decides what trains."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.core.advice.advice import CASE_TITLES, AdviceCase
from tlstudio.core.data.dataset import Split
from tlstudio.core.lessons.cases import CASE_NUMBERS, OTHERS_SAY, Place, training_at
from tlstudio.core.lessons.lesson import Lesson
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.notes import Note
from tlstudio.gui.features.learn.chosen_network import tree_of
from tlstudio.gui.features.learn.screen import LessonScreen, larger
from tlstudio.gui.features.learn.widgets.dragged import ARROWS, Dragged
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.network_strip import NetworkStrip
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.session import Session

START = (0.78, 0.3)
AXIS_PX = 24
DOT_PX = 11
STEP, FAR = 0.02, 0.1
TEXT_LINES = 3


class CasesLesson(LessonScreen):
    """The plane at the left; at the right the case, and the stages of the chosen network."""

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.plane = CasePlane()
        self.case = label("", "title", wrap=True)
        self.does = larger(label("", wrap=True))
        self.strip = NetworkStrip()
        self.why = larger(label("", wrap=True))
        self.others = label("", "hint", wrap=True)
        grid = theme.GRID
        story = QWidget()
        top = Qt.AlignmentFlag.AlignTop
        for words in (self.does, self.why, self.others):
            words.setAlignment(top)
            words.setFixedHeight(TEXT_LINES * words.fontMetrics().lineSpacing())  # nothing jumps
        vstack(
            self.case,
            self.does,
            (self.strip, 1),
            self.why,
            self.others,
            spacing=grid,
            parent=story,
        )
        self.stage.addWidget(self.plane, 5)
        self.stage.addWidget(story, 5)
        self.setFocusProxy(self.plane)
        self.plane.set_place(Place(*self.kept("place", START)))
        self.plane.moved.connect(self._on_moved)
        self._tree: LayerTree | None = None
        session.network.tree_changed.connect(self._on_tree)
        session.datasets.changed.connect(self._show_own)
        self._show_own()
        self._on_tree()

    def _on_tree(self) -> None:
        self._tree = tree_of(self.session)
        self._show()

    def _on_moved(self) -> None:
        self.keep(place=(self.plane.place.x, self.plane.place.y))
        self._show()

    def _show_own(self) -> None:
        index = self.session.datasets.index
        if index is None:
            self.plane.set_own(None)
        else:
            self.plane.set_own(Place.height_of(index.counts[Split.TRAIN]), index.name)

    def _show(self) -> None:
        tree = self._tree
        if tree is None:
            self.case.setText(self.tr("The network is being read…"))
            return
        place = self.plane.place
        classes = tree.num_classes
        training = training_at(tree, place, classes)
        self.case.setText(_case_title(training.case))
        self.does.setText(_text(training.item.statement))
        self.why.setText(_text(training.item.reasons[-1]))
        self.others.setText(core_text(OTHERS_SAY[training.case]))
        self.strip.set_parts(training.parts)
        images = formats.count(place.per_class(classes) * classes)
        total = formats.count(training.total)
        self.facts.show_parts(
            (
                self.tr("{images} images in {classes} classes").format(
                    images=images, classes=classes
                ),
                soft("  ·  "),
                self.tr("similarity {share}").format(share=f"{place.similarity:.0%}"),
                soft("  →  "),
                result(formats.count(training.trainable), "accent"),
                soft("  " + self.tr("of {total} parameters train").format(total=total)),
            )
        )


def _text(note: Note) -> str:
    return core_text(note.sentence, **note.values)


def _case_title(case: AdviceCase) -> str:
    return f"{CASE_NUMBERS[case]} · {core_text(CASE_TITLES[case])}"


class CasePlane(Dragged):
    """Two by two fields, and a point that a person drags by mouse or arrow keys.

    Signals:
        moved(): a person moved the point.
    """

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, cursor=Qt.CursorShape.OpenHandCursor)
        self.place = Place(*START)
        self._own: tuple[float, str] | None = None
        self.setAccessibleName(self.tr("Plane of number and similarity"))

    def set_place(self, place: Place) -> None:
        """Move the point; nothing is emitted."""
        self.place = Place(min(1.0, max(0.0, place.x)), min(1.0, max(0.0, place.y)))
        text = self.tr("{images} images of each class, similarity {share}")
        share = f"{self.place.similarity:.0%}"
        self.setAccessibleDescription(text.format(images=self.place.per_class(), share=share))
        self.update()

    def set_own(self, height: float | None, name: str = "") -> None:
        """Draw a line at so many images, those of the open dataset; None for none."""
        self._own = (height, name) if height is not None else None
        self.update()

    def point_of(self, place: Place) -> QPointF:
        """Where a place is in the widget."""
        area = self._area()
        return QPointF(
            area.left() + place.x * area.width(), area.bottom() - place.y * area.height()
        )

    def sizeHint(self) -> QSize:
        return QSize(440, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 240)

    def drag_to(self, at: QPointF) -> None:
        area = self._area()
        x = (at.x() - area.left()) / area.width()
        y = (area.bottom() - at.y()) / area.height()
        self._move(Place(x, y))

    def press(self, key: int, *, is_far: bool) -> bool:
        if key in ARROWS:
            by = FAR if is_far else STEP
            across, down = ARROWS[key]
            self._move(Place(self.place.x + across * by, self.place.y - down * by))
        return key in ARROWS

    def _move(self, place: Place) -> None:
        before = self.place
        self.set_place(place)
        if self.place != before:
            self.moved.emit()

    def _area(self) -> QRectF:
        inner = theme.GRID / 2  # of the frame that shows the focus
        return QRectF(
            AXIS_PX + inner,
            inner,
            self.width() - AXIS_PX - 2 * inner,
            self.height() - AXIS_PX - 2 * inner,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        for case, number in CASE_NUMBERS.items():
            column = int(case in (AdviceCase.SMALL_SIMILAR, AdviceCase.LARGE_SIMILAR))
            row = int(case in (AdviceCase.LARGE_SIMILAR, AdviceCase.LARGE_DIFFERENT))
            self._paint_field(painter, area, column, row, str(number), core_text(CASE_TITLES[case]))
        self._paint_axes(painter, area)
        if self._own is not None:
            self._paint_own(painter, area, *self._own)
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.surface), 3))
        painter.setBrush(QColor(tokens.val))
        painter.drawEllipse(self.point_of(self.place), DOT_PX, DOT_PX)

    def _paint_field(
        self, painter: QPainter, area: QRectF, column: int, row: int, number: str, title: str
    ) -> None:
        tokens = theme.current()
        is_here = (column, row) == (int(self.place.x >= 0.5), int(self.place.y >= 0.5))
        gap = theme.GRID / 2
        width, height = (area.width() - gap) / 2, (area.height() - gap) / 2
        field = QRectF(
            area.left() + column * (width + gap),
            area.top() + (1 - row) * (height + gap),
            width,
            height,
        )
        painter.setPen(QColor(tokens.line))  # of high contrast, page and window are one colour
        painter.setBrush(QColor(tokens.accent_soft if is_here else tokens.window))
        painter.drawRoundedRect(field, theme.GRID, theme.GRID)
        painter.setPen(QColor(tokens.text if is_here else tokens.text_soft))
        inner = field.adjusted(2 * theme.GRID, theme.GRID, -2 * theme.GRID, -theme.GRID)
        set_font(painter, 28, strong=True)
        left = Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, int(left | Qt.AlignmentFlag.AlignTop), number)
        set_font(painter, theme.TEXT_PX + 1, strong=is_here)
        below = inner.adjusted(0, 36, 0, 0)
        how = left | Qt.AlignmentFlag.AlignTop
        painter.drawText(below, int(how) | int(Qt.TextFlag.TextWordWrap), title)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        set_font(painter, theme.TEXT_SMALL_PX)
        painter.setPen(QColor(theme.current().text_soft))
        middle = Qt.AlignmentFlag.AlignVCenter
        ends = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        below = QRectF(area.left(), area.bottom() + 2, area.width(), AXIS_PX)
        along = (self.tr("← unlike the pretraining images"), self.tr("like them →"))
        for text, side in zip(along, ends, strict=True):
            painter.drawText(below, int(middle | side), text)
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        beside = QRectF(0, 0, area.height(), AXIS_PX)
        upwards = (self.tr("← few images"), self.tr("many images →"))
        for text, side in zip(upwards, ends, strict=True):
            painter.drawText(beside, int(middle | side), text)
        painter.restore()

    def _paint_own(self, painter: QPainter, area: QRectF, height: float, name: str) -> None:
        tokens = theme.current()
        y = area.bottom() - height * area.height()
        painter.setPen(QPen(QColor(tokens.text_soft), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        set_font(painter, theme.TEXT_SMALL_PX)
        room = QRectF(area.left(), y, area.width() - theme.GRID, AXIS_PX)
        if room.bottom() > area.bottom():
            room.moveBottom(y)
        text = painter.fontMetrics().elidedText(
            self.tr("as many as in {name}").format(name=name),
            Qt.TextElideMode.ElideMiddle,
            int(area.width() / 2 - 2 * theme.GRID),
        )
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignRight), text)
