"""The pieces that the pages of the export dialog are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QProgressBar, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.hub import HubProgressed
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, set_property
from tlstudio.gui.kit.card_button import CardButton
from tlstudio.gui.kit.language import error_hint, error_text
from tlstudio.gui.kit.layout import hstack, vstack

ICON_PX = 20
TICK_PX = 24  # of a check box, below whose title its sentence begins


class Card(CardButton):
    """A way to hand on that can be chosen: what it is called, and what it is for."""

    def __init__(self, title: str, purpose: str, icon: str) -> None:
        super().__init__(title)
        self.setAccessibleDescription(purpose)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # the arrow keys go from one to the next
        self.setAutoDefault(False)
        self.content.setContentsMargins(12, 10, 12, 10)
        name = label(title)
        name.setProperty("tone", "changed")  # bold
        inner = QWidget()
        words = vstack(name, label(purpose, "hint", wrap=True), spacing=2)
        top = Qt.AlignmentFlag.AlignTop
        hstack((IconLabel(icon, ICON_PX, "accent"), top), (words, 1), spacing=12, parent=inner)
        self.add(inner)


class Tick(QWidget):
    """A check box, and below it the sentence that says what it means."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.box = QCheckBox(title)
        self.box.setAccessibleDescription(sentence)
        below = label(sentence, "hint", wrap=True)
        vstack(self.box, hstack(TICK_PX, (below, 1)), spacing=2, parent=self)


class Outcome(QWidget):
    """How it ended, as an icon and a sentence with its hint, and what can be done now."""

    def __init__(self, *buttons: IconButton) -> None:
        super().__init__()
        self.icon = IconLabel("success", ICON_PX, "right")
        self.text = label("", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint = label("", "hint", wrap=True)
        self.buttons = buttons
        words = vstack(self.text, self.hint, spacing=2)
        top = Qt.AlignmentFlag.AlignTop
        row = hstack((self.icon, top), (words, 1), spacing=12)
        below = hstack(ICON_PX + 4, *buttons, spacing=theme.GRID)
        below.addStretch()
        vstack(row, below, spacing=theme.GRID, parent=self)
        self.clear()

    def clear(self) -> None:
        self.setVisible(False)

    def show_error(self, error: TLStudioError, *buttons: IconButton) -> None:
        self._show("error", "wrong", error_text(error), error_hint(error), buttons)

    def show_success(self, text: str, hint: str = "", *buttons: IconButton) -> None:
        self._show("success", "right", text, hint, buttons)

    def _show(
        self, icon: str, token: str, text: str, hint: str, buttons: Iterable[IconButton]
    ) -> None:
        self.icon.set_icon(icon, token)
        set_property(self.text, "tone", "wrong" if token == "wrong" else "")
        self.text.setText(text)
        self.hint.setText(re.sub(r"([/\\])", "\\1\u200b", hint))  # paths may go on in a new line
        self.hint.setVisible(bool(hint))
        shown = set(buttons)
        for button in self.buttons:
            button.setVisible(button in shown)
        self.setVisible(True)


class Progress(QWidget):
    """A bar with its words, only while something goes on."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(name)
        self.text = label("", "hint")
        vstack(self.bar, self.text, spacing=4, parent=self)
        self.setVisible(False)

    def show_done(self, done: int, total: int, text: str) -> None:
        """`total` is 0 where that is not known."""
        most = 1000  # bytes would not fit
        self.bar.setRange(0, most if total else 0)
        self.bar.setValue(round(most * done / total) if total else 0)
        self.text.setText(text)
        self.setVisible(True)

    def show_transfer(self, progress: HubProgressed | None, *, is_active: bool) -> None:
        """What goes to the hub or comes from it; nothing is known of it at first."""
        if not is_active:
            self.setVisible(False)
        elif progress is None:
            self.show_done(0, 0, self.tr("Asking the hub…"))
        else:
            done, total = progress.done_bytes, progress.total_bytes
            self.show_done(done, total, f"{formats.file_size(done)} / {formats.file_size(total)}")
