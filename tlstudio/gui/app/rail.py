"""The rail on the left: the steps of the work, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from tlstudio.gui.app.parts import PAGES, StepMark
from tlstudio.gui.kit import accessible, icons, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.session import Step

STEP_PX, NARROW_STEP_PX = (72, 64), (44, 48)
FIND_PX = 56  # the height of the button below the steps
MARK, NARROW_MARK = QPointF(55, 15), QPointF(34, 14)


class StepButton(QToolButton):
    """The button of a step: an icon above its name, with a small mark of how far it is."""

    def __init__(self, icon: str, title: str, number: int, *, is_step: bool) -> None:
        super().__init__()
        self._mark: StepMark | None = None  # of what is no step of the work
        self._title = title
        self.setText(title)
        self.setProperty("role", "step")
        self.setCheckable(True)
        self.setIconSize(QSize(24, 24))
        self.setShortcut(QKeySequence(f"Ctrl+{number}"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIcon(icons.icon(icon, on_token="accent"))
        self._name()
        if is_step:
            self.set_mark(StepMark.EMPTY)
        else:
            explain(self, "run")

    def set_narrow(self, is_narrow: bool) -> None:
        """Show the icon alone; the name is in the tooltip in any case."""
        self.setToolButtonStyle(_button_style(is_narrow))
        self.setFixedSize(*(NARROW_STEP_PX if is_narrow else STEP_PX))

    @property
    def mark(self) -> StepMark | None:
        return self._mark

    def set_mark(self, mark: StepMark) -> None:
        self._mark = mark
        explain(self, f"rail.{mark.value}")
        state = {
            StepMark.EMPTY: self.tr("not yet"),
            StepMark.CURRENT: self.tr("next"),
            StepMark.DONE: self.tr("done"),
            StepMark.OUT_OF_DATE: self.tr("out of date: made with other settings or data"),
        }[mark]
        self._name(state)
        self.update()

    def _name(self, state: str = "") -> None:
        keys = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(plain_tip(f"{self._title} ({keys})" + (f": {state}" if state else "")))
        self.setAccessibleName(f"{self._title}, {state}" if state else self._title)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Shortcut:
            self.click()  # Qt would only do so a tenth of a second later, after the next key
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring for what is next, a disc with a tick for done, a triangle for out of date."""
        super().paintEvent(event)
        if self._mark in (None, StepMark.EMPTY):
            return
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_narrow = self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
        painter.translate(NARROW_MARK if is_narrow else MARK)
        match self._mark:
            case StepMark.CURRENT:
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.drawEllipse(QPointF(0, 0), 4, 4)
            case StepMark.DONE:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.right))
                painter.drawEllipse(QPointF(0, 0), 6, 6)
                painter.setPen(QPen(QColor(tokens.window), 1.6))
                painter.drawPolyline([QPointF(-2.6, 0.2), QPointF(-0.8, 2.2), QPointF(2.8, -2)])
            case StepMark.OUT_OF_DATE:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.warning))
                painter.drawPolygon([QPointF(0, -6), QPointF(6.5, 5), QPointF(-6.5, 5)])
                painter.setPen(QPen(QColor(tokens.window), 1.6))
                painter.drawLine(QPointF(0, -2.5), QPointF(0, 1))
                painter.drawPoint(QPointF(0, 3.2))


class Rail(QWidget):
    """The steps, one of them chosen.

    Signals:
        chosen(Step): a person chose a step.
    """

    chosen = Signal(object)

    spoken_as = accessible.Role.Grouping

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Steps"))
        self._group = QButtonGroup(self)
        self._layout = layout = vstack(spacing=theme.GRID // 2, parent=self)
        self.buttons: dict[Step, StepButton] = {}
        for number, page in enumerate(PAGES, start=1):
            button = StepButton(
                page.icon, self.tr(page.title), number, is_step=page.progress is not None
            )
            button.setObjectName(f"step_{page.step.value}")
            self.buttons[page.step] = button
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch()
        self.find_button = self._make_find_button()
        layout.addWidget(self.find_button)
        self.set_narrow(False)
        self._group.idClicked.connect(self._on_clicked)

    def _make_find_button(self) -> QToolButton:
        """Tells a newcomer of the command palette and its key."""
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        button = QToolButton()
        button.setProperty("role", "step")
        button.setIconSize(QSize(18, 18))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIcon(icons.icon("search"))
        button.setText(self.tr("Find"))
        button.setToolTip(plain_tip(self.tr("Find anything ({keys})").format(keys=keys)))
        button.setAccessibleName(self.tr("Find anything"))
        return button

    def set_narrow(self, is_narrow: bool) -> None:
        """Show icons alone, in a window that has no room for names below them."""
        side = theme.GRID // 2 if is_narrow else theme.GRID
        self._layout.setContentsMargins(side, 12, side, 12)
        for button in self.buttons.values():
            button.set_narrow(is_narrow)
        width = (NARROW_STEP_PX if is_narrow else STEP_PX)[0]
        self.find_button.setToolButtonStyle(_button_style(is_narrow))
        self.find_button.setFixedSize(width, FIND_PX)
        self.setFixedWidth(width + 2 * side)

    def show_step(self, step: Step) -> None:
        self.buttons[step].setChecked(True)

    def show_marks(self, marks: Mapping[Step, StepMark]) -> None:
        for step, mark in marks.items():
            self.buttons[step].set_mark(mark)

    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(PAGES[number - 1].step)


def _button_style(is_narrow: bool) -> Qt.ToolButtonStyle:
    style = Qt.ToolButtonStyle
    return style.ToolButtonIconOnly if is_narrow else style.ToolButtonTextUnderIcon
