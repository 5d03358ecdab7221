"""The rail on the left: the steps of the work, and which of them are ready."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from tlstudio.gui.app.parts import PAGES
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.session import Step

RAIL_PX = 88


class StepButton(QToolButton):
    """The button of a step: an icon above its name, with a small mark once it is ready."""

    def __init__(self, icon: str, title: str, number: int) -> None:
        super().__init__()
        self._ready = False
        self._title = title
        self.setText(title)
        self.setProperty("role", "step")
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(24, 24))
        self.setFixedSize(RAIL_PX - 2 * theme.GRID, 64)
        self.setShortcut(QKeySequence(f"Ctrl+{number}"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIcon(icons.icon(icon, on_token="accent"))
        self.set_ready(False)

    def set_ready(self, ready: bool) -> None:
        self._ready = ready
        state = self.tr("ready") if ready else self.tr("not ready yet")
        keys = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{self._title} ({keys})")
        self.setAccessibleName(f"{self._title}, {state}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._ready:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().right))
        painter.drawEllipse(QPointF(self.width() - 17, 15), 4, 4)


class Rail(QWidget):
    """The steps, one of them chosen.

    Signals:
        chosen(Step): a person chose a step.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(RAIL_PX)
        self._group = QButtonGroup(self)
        layout = vstack(
            spacing=theme.GRID // 2, margins=(theme.GRID, 12, theme.GRID, 12), parent=self
        )
        self.buttons: dict[Step, StepButton] = {}
        for number, page in enumerate(PAGES, start=1):
            button = StepButton(page.icon, self.tr(page.title), number)
            button.setObjectName(f"step_{page.step.value}")
            self.buttons[page.step] = button
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch()
        self._group.idClicked.connect(self._on_clicked)

    def show_step(self, step: Step) -> None:
        self.buttons[step].setChecked(True)

    def show_ready(self, ready: Mapping[Step, bool]) -> None:
        for step, is_ready in ready.items():
            self.buttons[step].set_ready(is_ready)

    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(PAGES[number - 1].step)
