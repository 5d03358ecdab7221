"""A card that explains one thing where it is: title, picture, a sentence or two."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from tlstudio.core.help import HelpEntry
from tlstudio.gui.features.help.pictures import picture
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.help_mark import Explained, explain
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.popup import Popup

WIDTH_PX = 348
GAP_PX = 4  # between what is explained and the card


class HelpCard(Popup):
    """Closes as every popup does, and deletes itself then. Enter, or F1 again, reads on.

    Args:
        entry: what it says.
        more: opens the glossary there.
    """

    def __init__(self, entry: HelpEntry, more: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # it is read aloud as a whole
        self.entry = entry
        self.setAccessibleName(entry.title)
        self.setAccessibleDescription(entry.text)
        explain(self, entry.id)  # F1 in it says the same again
        self.title = label(entry.title, wrap=True)
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.text = label(entry.text, wrap=True)
        self.picture = QLabel()
        pixels = picture(entry, self.devicePixelRatioF())
        if pixels is not None:
            self.picture.setPixmap(pixels)
        self.more = IconButton(self.tr("More in the glossary"), "", "weblink", self._on_more)
        self._open_more = more
        is_drawing, left = bool(entry.picture), Qt.AlignmentFlag.AlignLeft
        is_small = pixels is not None and pixels.deviceIndependentSize().height() < theme.GRID * 5
        head = hstack(
            *(((self.picture, Qt.AlignmentFlag.AlignTop),) if is_small else ()),
            (self.title, 1),
            spacing=theme.GRID,
        )
        centre = Qt.AlignmentFlag.AlignHCenter
        vstack(
            head,
            self.text,
            *(((self.picture, centre),) if is_drawing and not is_small else ()),
            (self.more, left),
            spacing=theme.GRID,
            margins=2 * theme.GRID,
            parent=self,
        )

    def open_for(self, thing: Explained) -> None:
        """Show it below what it explains, or above where there is no room."""
        layout = self.layout()
        assert layout is not None
        height = max(layout.heightForWidth(WIDTH_PX), layout.totalMinimumSize().height())
        screen = thing.widget.screen().availableGeometry()
        at = thing.place.bottomLeft() + QPoint(0, GAP_PX + 1)
        if at.y() + height > screen.bottom() - theme.GRID:
            at = thing.place.topLeft() - QPoint(0, height + GAP_PX)
        self.open_at(QRect(at, QSize(WIDTH_PX, height)), thing.widget)
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.more.click()
            return
        super().keyPressEvent(event)

    def _on_more(self) -> None:
        self.close()
        self._open_more()
