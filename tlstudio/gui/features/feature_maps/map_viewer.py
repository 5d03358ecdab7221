"""A large view of one feature map or filter, beside the photo or laid over it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.picture_painting import draw_picture
from tlstudio.gui.kit.segmented import Segmented

GAP_PX = 16
CAPTION_PX = 24
RADIUS_PX = 6
OPACITY_PERCENT = 60


class MapPanels(QWidget):
    """Squares side by side, as large as there is room, each with a line of words below.

    Signals:
        clicked()
    """

    clicked = Signal()

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panels: Sequence[tuple[QPixmap, str]] = ()
        self._opacity = 1.0
        self._under: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)

    def set_panels(
        self,
        panels: Sequence[tuple[QPixmap, str]],
        under: QPixmap | None = None,
        opacity: float = 1.0,
    ) -> None:
        """Pictures and their words; `under` is drawn below each, which then lets it through."""
        self._panels, self._under, self._opacity = panels, under, opacity
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 300)

    def places(self) -> list[QRectF]:
        """Return the rectangles of the squares, in as many columns as makes them largest."""
        count = max(1, len(self._panels))
        return max((self._places(n) for n in range(count, 0, -1)), key=lambda row: row[0].width())

    def _places(self, columns: int) -> list[QRectF]:
        count = max(1, len(self._panels))
        rows = -(-count // columns)
        wide = (self.width() - GAP_PX * (columns - 1)) / columns
        high = (self.height() - GAP_PX * (rows - 1)) / rows - CAPTION_PX
        side = max(16.0, min(wide, high))
        left = (self.width() - columns * side - GAP_PX * (columns - 1)) / 2
        top = (self.height() - rows * (side + CAPTION_PX) - GAP_PX * (rows - 1)) / 2
        return [
            QRectF(
                left + (n % columns) * (side + GAP_PX),
                top + (n // columns) * (side + CAPTION_PX + GAP_PX),
                side,
                side,
            )
            for n in range(count)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = self.devicePixelRatioF()
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        for (pixmap, words), place in zip(self._panels, self.places(), strict=False):
            if self._under is not None:
                draw_picture(painter, self._under, place, ratio, RADIUS_PX)
                painter.setOpacity(self._opacity)
            draw_picture(painter, pixmap, place, ratio, RADIUS_PX)
            painter.setOpacity(1.0)
            painter.setFont(font)
            painter.setPen(QColor(theme.current().text_soft))
            line = QRectF(place.left(), place.bottom(), place.width(), CAPTION_PX)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the first click made it large; the second shall not undo that


class MapViewer(QWidget):
    """Left and Right go through the maps, Escape goes back to all of them.

    Signals:
        closed(): a person wants to see all maps again.
        stepped(int): the next one (1) or the one before (-1).
    """

    closed = Signal()
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "feature-map")
        self._photo: QPixmap | None = None
        self._maps: Sequence[tuple[QPixmap, str]] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.back = IconButton(self.tr("All"), "previous", "quiet")
        self.back.setToolTip(self.tr("Back to all (Esc)"))
        self.words = label()
        self.before = IconButton("", "previous", "quiet")
        self.after = IconButton("", "next", "quiet")
        for button, name in (
            (self.before, self.tr("Previous (Left)")),
            (self.after, self.tr("Next (Right)")),
        ):
            button.setAccessibleName(name)
            button.setToolTip(plain_tip(name))
            button.setFixedWidth(32)
            button.setProperty("kind", "link")
        self.mode = Segmented(self.tr("How the map is shown"))
        self.mode.set_options(
            [(False, self.tr("Beside the photo")), (True, self.tr("Over the photo"))]
        )
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(10, 100)
        self.opacity.setValue(OPACITY_PERCENT)
        self.opacity.setMaximumWidth(120)
        self.opacity.setAccessibleName(self.tr("How much the map covers the photo"))
        self.opacity.setToolTip(plain_tip(self.opacity.accessibleName()))
        self.panels = MapPanels()
        self.panels.setAccessibleName(self.tr("One map, large"))
        self._lay_out()
        self.back.clicked.connect(self.closed)
        self.panels.clicked.connect(self.closed)
        self.before.clicked.connect(self._on_before_clicked)
        self.after.clicked.connect(self._on_after_clicked)
        self.mode.chosen.connect(self._refresh)
        self.opacity.valueChanged.connect(self._refresh)

    def _lay_out(self) -> None:
        top = hstack(self.back, (self.words, 1), self.before, self.after, spacing=theme.GRID)
        bottom = hstack(Stretch(), self.mode, self.opacity, Stretch(), spacing=2 * theme.GRID)
        vstack(top, (self.panels, 1), bottom, spacing=theme.GRID, parent=self)

    def show_map(
        self, photo: QPixmap | None, maps: Sequence[tuple[QPixmap, str]], words: str
    ) -> None:
        """Show one map under one or two sets of weights, each with words; filters have no photo."""
        self._photo, self._maps = photo, maps
        self.words.setText(words)
        self.panels.setAccessibleDescription(words)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if key == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def _refresh(self) -> None:
        is_over = bool(self.mode.value) and self._photo is not None
        self.mode.setVisible(self._photo is not None)
        self.opacity.setVisible(is_over)
        if self._photo is None:
            self.panels.set_panels(self._maps)
        elif is_over:
            self.panels.set_panels(self._maps, self._photo, self.opacity.value() / 100)
        else:
            photo = (self._photo, self.tr("as the network sees it"))
            self.panels.set_panels((photo, *self._maps))

    def _on_before_clicked(self) -> None:
        self.stepped.emit(-1)

    def _on_after_clicked(self) -> None:
        self.stepped.emit(1)
