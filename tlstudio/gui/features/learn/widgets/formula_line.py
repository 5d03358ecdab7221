"""A formula with the live numbers filled in, in one line as large as there is room for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible, theme

TEXT_PX, RESULT_PX = 18, 28
LEAST_PX = 12
SPOKEN_AFTER_MS = 600
HEIGHT_PX = 5 * theme.GRID


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula.

    Attributes:
        text: with its spaces.
        colour: by its name in the theme; empty for that of text.
        is_result: whether it is what comes out: larger and heavier.
    """

    text: str
    colour: str = ""
    is_result: bool = False


def result(text: str, colour: str = "") -> Part:
    """What comes out."""
    return Part(text, colour, is_result=True)


def soft(text: str) -> Part:
    """Words and signs between the numbers."""
    return Part(text, "text_soft")


class FormulaLine(QWidget):
    """One line; it shrinks its letters before anything is cut off, and never moves its neighbours.

    Args:
        align: where a line is that is shorter than the widget.
    """

    spoken_as = accessible.Role.StaticText

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__(parent)
        self._parts: tuple[Part, ...] = ()
        self._speaking = QTimer(self, singleShot=True, interval=SPOKEN_AFTER_MS)
        self._speaking.timeout.connect(self._speak)
        self._align = align
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """All that is read on it."""
        return "".join(part.text for part in self._parts)

    def show_parts(self, parts: Iterable[Part | str]) -> None:
        """Show these one after another; a plain text is a number or a name."""
        self._parts = tuple(part if isinstance(part, Part) else Part(part) for part in parts)
        if self.text != self.accessibleName():
            self.setAccessibleName(self.text)
            self._speaking.start()
        self.update()

    def _speak(self) -> None:
        """Say what came out, once a person has stopped dragging."""
        accessible.announce(self, self.text)

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fonts = self._fonts(1.0)
        width = self._width(fonts)
        if width > self.width():
            fonts = self._fonts(self.width() / width)
            width = self._width(fonts)
        metrics = QFontMetricsF(fonts[True])
        x = {
            Qt.AlignmentFlag.AlignHCenter: (self.width() - width) / 2,
            Qt.AlignmentFlag.AlignRight: self.width() - width,
        }.get(self._align, 0.0)
        baseline = (self.height() + metrics.capHeight()) / 2
        tokens = theme.current()
        for part in self._parts:
            painter.setFont(fonts[part.is_result])
            painter.setPen(QColor(getattr(tokens, part.colour) if part.colour else tokens.text))
            painter.drawText(QPointF(x, baseline), part.text)
            x += QFontMetricsF(fonts[part.is_result]).horizontalAdvance(part.text)

    def _fonts(self, scale: float) -> dict[bool, QFont]:
        plain, large = QFont(self.font()), QFont(self.font())
        plain.setPixelSize(max(LEAST_PX, int(TEXT_PX * scale)))
        large.setPixelSize(max(LEAST_PX, int(RESULT_PX * scale)))
        large.setWeight(QFont.Weight.DemiBold)
        return {False: plain, True: large}

    def _width(self, fonts: dict[bool, QFont]) -> float:
        return sum(
            QFontMetricsF(fonts[part.is_result]).horizontalAdvance(part.text)
            for part in self._parts
        )


def number(value: float, decimals: int = 2) -> str:
    """A number with so many decimals, a true minus sign, and no minus zero."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "\u2212")
