"""Source code to be read: coloured, with line numbers, not to be changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from tlstudio.gui.features.code.highlighter import PythonHighlighter
from tlstudio.gui.kit import theme

_SPACES = 4  # a tab is as wide
_DIGITS = 3  # that there is room for at least


def code_font() -> QFont:
    """The system's font of equally wide letters, in the size of the text around it."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(theme.TEXT_SMALL_PX)
    return font


class CodeView(QPlainTextEdit):
    """A read-only view of Python code with line numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setProperty("role", "code")
        self.setFont(code_font())
        self.setTabStopDistance(_SPACES * self.fontMetrics().horizontalAdvance(" "))
        self._highlighter = PythonHighlighter(self.document())
        self._numbers = _LineNumbers(self)
        self.blockCountChanged.connect(self._on_block_count_changed)
        self.updateRequest.connect(self._on_update_requested)
        self._on_block_count_changed()

    def set_code(self, text: str) -> None:
        """Show `text`; a person keeps the place that they read."""
        if text == self.toPlainText():
            return
        bar, across = self.verticalScrollBar(), self.horizontalScrollBar()
        place, shift = bar.value(), across.value()
        self.setPlainText(text)
        bar.setValue(min(place, bar.maximum()))
        across.setValue(min(shift, across.maximum()))

    def numbers_width(self) -> int:
        """Return the width of the column of line numbers in pixels."""
        digits = max(_DIGITS, len(str(self.blockCount())))
        return digits * self.fontMetrics().horizontalAdvance("0") + 3 * theme.GRID

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines in sight."""
        painter = QPainter(self._numbers)
        painter.setFont(self.font())
        painter.setPen(QColor(theme.current().text_faint))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        width = self._numbers.width() - 2 * theme.GRID
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            if block.isVisible() and top + height >= event.rect().top():
                box = QRect(0, round(top), width, self.fontMetrics().height())
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += height
            block = block.next()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(
            QRect(inside.left(), inside.top(), self.numbers_width(), inside.height())
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_numbers"):
            self._highlighter.rehighlight()

    def _on_block_count_changed(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)

    def _on_update_requested(self, rect: QRect, shift: int) -> None:
        if shift:
            self._numbers.scroll(0, shift)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())


class _LineNumbers(QFrame):
    """The column beside the code."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        return QSize(self._view.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_numbers(event)
