"""Pieces of the Advice view: what to do, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from tlstudio.core.advice import TOPIC_TITLES, Advice, AdviceItem
from tlstudio.core.notes import Note
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconLabel, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import hstack, vstack


def note_text(note: Note) -> str:
    """A sentence of core in the language of the window."""
    return core_text(note.sentence, **note.values)


class Reasons(QWidget):
    """Sentences below each other, each behind a small dot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[QLabel] = []
        self._notes: tuple[Note, ...] = ()
        self._layout = vstack(spacing=theme.GRID // 2, parent=self)

    @property
    def texts(self) -> list[str]:
        return [row.text() for row in self._labels]

    def set_notes(self, notes: Sequence[Note]) -> None:
        if tuple(notes) == self._notes:
            return
        self._notes = tuple(notes)
        _clear(self._layout)
        self._labels = []
        for note in notes:
            text = label(note_text(note), "hint", wrap=True)
            self._labels.append(text)
            holder = QWidget()
            bullet = label("·", "hint")
            hstack(
                (bullet, Qt.AlignmentFlag.AlignTop), (text, 1), spacing=theme.GRID, parent=holder
            )
            self._layout.addWidget(holder)
            holder.show()  # at once, or one frame would be empty


class ItemView(QWidget):
    """A piece of advice: its topic, what to do, and why."""

    def __init__(self, item: AdviceItem, *, is_followed: bool) -> None:
        super().__init__()
        self.topic = label(core_text(TOPIC_TITLES[item.topic]), "section")
        self.statement = label(note_text(item.statement), wrap=True)
        self.reasons = Reasons()
        self.reasons.set_notes(item.reasons)
        head = hstack(self.topic, spacing=theme.GRID // 2)
        if is_followed and item.settings:
            mark = IconLabel("done", 12, "right")
            mark.setToolTip(self.tr("The present settings are like this."))
            head.addWidget(mark)
        head.addStretch()
        vstack(head, self.statement, self.reasons, spacing=theme.GRID // 2, parent=self)


class AdviceItems(QWidget):
    """The pieces of advice after the first, which has a place of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "evidence")
        self.rows: list[ItemView] = []
        self._shown: tuple[tuple[AdviceItem, ...], tuple[bool, ...]] = ((), ())
        self._layout = vstack(spacing=2 * theme.GRID, parent=self)

    def show_advice(self, advice: Advice, followed: Sequence[bool]) -> None:
        """Show `advice`; `followed` says of each item whether the settings are so already."""
        shown = (advice.items, tuple(followed))
        if shown == self._shown:
            return
        self._shown = shown
        _clear(self._layout)
        self.rows = [
            ItemView(item, is_followed=is_followed)
            for item, is_followed in zip(advice.items[1:], followed[1:], strict=True)
        ]
        for row in self.rows:
            self._layout.addWidget(row)
            row.show()
        self._layout.addStretch()


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        taken = layout.takeAt(0)
        widget = taken.widget() if taken is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
