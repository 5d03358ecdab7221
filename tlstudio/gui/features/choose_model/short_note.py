"""A note on a family in two lines, and all of it on request."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.lessons.paper_ids import PAPER_IDS
from tlstudio.core.networks.families import Family, family_note
from tlstudio.gui.kit import language, theme
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.family_note import FamilyNoteView
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

LINES = 2


class TwoLines(QWidget):
    """Text that is shortened at the end of its second line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, LINES * QFontMetrics(self.font()).lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        metrics = QFontMetrics(self.font())
        words = QTextLayout(self._text, self.font())
        words.beginLayout()
        line = words.createLine()
        line.setLineWidth(self.width())
        words.endLayout()
        line.draw(painter, QPointF(0, 0))
        rest = self._text[line.textLength() :]
        rest = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, metrics.lineSpacing() + metrics.ascent()), rest)


class ShortNote(QWidget):
    """Folded it shows what is new in a family; unfolded its fame, its use and its paper, too.

    Signals:
        numbers_wanted(str): the table of printed and counted numbers of the paper is to be shown.
    """

    numbers_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.idea = TwoLines()
        self.whole = FamilyNoteView()
        self.more = IconButton("", "", "weblink", self._on_clicked)
        self.numbers = IconButton(
            self.tr("Its numbers: in the paper, in slides, here"),
            "",
            "weblink",
            lambda: self.numbers_wanted.emit(self._paper),
        )
        self.is_open = False
        self._paper = ""
        vstack(
            self.idea,
            self.whole,
            hstack(self.more, self.numbers, Stretch(), spacing=2 * theme.GRID),
            spacing=theme.GRID // 4,
            parent=self,
        )
        self._has_note = False
        self._show()

    def show_family(self, family: Family | None) -> None:
        """Show what is known of `family`."""
        note = family_note(family.id, language.current()) if family else None
        self._has_note = note is not None
        self._paper = family.id if family is not None and family.id in PAPER_IDS else ""
        self.idea.set_text(note.idea if note else "")
        self.whole.show_family(family)
        self._show()

    def _on_clicked(self) -> None:
        self.is_open = not self.is_open
        self._show()

    def _show(self) -> None:
        self.idea.setVisible(self._has_note and not self.is_open)
        self.whole.setVisible(self._has_note and self.is_open)
        self.more.setVisible(self._has_note)
        self.numbers.setVisible(bool(self._paper))
        self.more.setText(self.tr("Less") if self.is_open else self.tr("More on this family"))
