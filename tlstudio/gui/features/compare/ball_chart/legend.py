"""The colours of a ball chart with their names; a click shows only one of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from tlstudio.gui.features.compare.ball_chart.values import group_color
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import no_mnemonic

DOT_PX = 10


class BallLegend(QWidget):
    """A row of buttons; those that are down are shown, all of them while none is.

    Signals:
        changed(frozenset): the groups that are down.
    """

    changed = Signal(object)

    def __init__(
        self, name: str, groups: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.buttons: dict[str, QToolButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._columns = 0
        font = self.font()
        font.setPixelSize(theme.TEXT_SMALL_PX)
        for group, title in groups:
            button = QToolButton()
            button.setText(no_mnemonic(title))
            button.setIcon(_dot(group))
            button.setFont(font)
            button.setCheckable(True)
            button.setProperty("role", "legend")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(DOT_PX, DOT_PX))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.toggled.connect(self._on_toggled)
            self.buttons[group] = button
        self._place(len(groups))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two rows where one is too short."""
        super().resizeEvent(event)
        for button in self.buttons.values():
            button.ensurePolished()  # the style sheet decides how wide it is
        wanted = sum(button.sizeHint().width() for button in self.buttons.values())
        count = len(self.buttons)
        self._place(count if wanted <= self.width() else (count + 1) // 2)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._grid.setColumnStretch(self._columns, 0)
        self._grid.setColumnStretch(columns, 1)
        self._columns = columns
        for number, button in enumerate(self.buttons.values()):
            self._grid.addWidget(button, *divmod(number, columns))

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(group for group, button in self.buttons.items() if button.isChecked())

    def clear(self) -> None:
        """Show all groups."""
        for button in self.buttons.values():
            button.setChecked(False)

    def _on_toggled(self) -> None:
        self.changed.emit(self.groups)


def _dot(group: str) -> QIcon:
    def paint(painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(group_color(group))
        painter.drawEllipse(rect)

    return icons.drawn(paint)
