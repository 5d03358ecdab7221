"""What can be done about the findings that are shown or chosen: a button each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.core.health import Remedy
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, no_mnemonic, plain_tip
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack

ICONS = {"accept": "done", "move": "next", "leave_out": "close", "leave_out_of_training": "close"}


class RemedyBar(QWidget):
    """As many buttons as there is room for; the others are in a menu.

    Signals:
        chosen(Remedy): a person wants this.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remedies: tuple[Remedy, ...] = ()
        self._tips: dict[str, str] = {}
        self.buttons: list[IconButton] = []
        self.more = IconButton(self.tr("More"), kind="quiet")
        self._menu = QMenu(self.more)
        self.more.setMenu(self._menu)
        self._row = hstack(self.more, Stretch(), spacing=theme.GRID, parent=self)

    def set_remedies(self, remedies: Sequence[Remedy], keys: dict[str, str]) -> None:
        """Offer these, the recommended one first. `keys` are shown in tooltips, by remedy."""
        if tuple(remedies) == self._remedies:
            return
        self._remedies = tuple(remedies)
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        self._menu.clear()
        before: QWidget = self
        for place, remedy in enumerate(remedies):
            title = core_text(remedy.title)
            icon = ICONS.get(remedy.id, "")
            button = IconButton(title, icon, "" if place == 0 else "quiet")
            button.clicked.connect(lambda _=False, remedy=remedy: self.chosen.emit(remedy))
            button.setToolTip(plain_tip(keys.get(remedy.id, "")))
            self._row.insertWidget(place, button)
            self.buttons.append(button)
            QWidget.setTabOrder(before, button)
            before = button
            action = self._menu.addAction(no_mnemonic(title))
            action.triggered.connect(lambda _=False, remedy=remedy: self.chosen.emit(remedy))
        QWidget.setTabOrder(before, self.more)
        self._fit()
        self.updateGeometry()

    def set_usable(self, usable: bool) -> None:
        for button in (*self.buttons, self.more):
            button.setEnabled(usable)

    def minimumSizeHint(self) -> QSize:
        """The recommended one and the menu."""
        wide = [button.sizeHint().width() for button in self.buttons[:1]]
        if len(self.buttons) > 1:
            wide.append(self.more.sizeHint().width() + theme.GRID)
        return QSize(sum(wide), self.more.sizeHint().height())

    def sizeHint(self) -> QSize:
        wide = [button.sizeHint().width() + theme.GRID for button in self.buttons]
        return QSize(sum(wide), self.more.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        widths = [button.sizeHint().width() + theme.GRID for button in self.buttons]
        room = self.width() + theme.GRID
        shown = len(widths)
        if sum(widths) > room:
            room -= self.more.sizeHint().width() + theme.GRID
            while shown > 1 and sum(widths[:shown]) > room:
                shown -= 1
        for place, button in enumerate(self.buttons):
            button.setVisible(place < shown)
        for place, action in enumerate(self._menu.actions()):
            action.setVisible(place >= shown)
        self.more.setVisible(shown < len(self.buttons))
