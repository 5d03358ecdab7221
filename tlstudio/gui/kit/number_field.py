"""A field for one number, typed as people write it: 25, 0.001, 0,001, 1e-4."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.numbers import NumberRange, read_number
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label, set_property

LOG_STEPS = (1.0, 2.0, 5.0)
SMALLEST_LOG = 1e-6  # one step above zero
LINEAR_STEP = 0.05


class NumberField(QAbstractSpinBox):
    """Text with arrows. It keeps whatever was typed, and says at once what that means.

    A number is taken while it is typed, so that what stands in the field is what holds, wherever
    the focus is. While something else stands in it, `problem` says why, and what was taken on the
    way to it (300 of 3000) is taken back; the fault is shown once the field is left.

    Args:
        takes: what can be typed, and where steps end.
        is_log: steps go 1, 2, 5, 10; else they are of 1, or of 0.05 between whole numbers.
        unit: quiet text behind the number; a person may type it as well.
        read: makes a number of what was typed, or raises; by default any that `takes` has.

    Signals:
        number_changed(float): a person typed or stepped to another number.
        problem_changed(): there is a problem, another one, or none any more. What holds has been
            told before there is one.
        finished(): Enter was pressed or the field was left.
    """

    number_changed = Signal(object)
    problem_changed = Signal()
    finished = Signal()

    def __init__(
        self,
        takes: NumberRange,
        *,
        is_log: bool = False,
        unit: str = "",
        read: Callable[[str], float] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_integer, self._is_log = takes.is_integer, is_log
        self._minimum = takes.minimum + (SMALLEST_LOG if takes.exclusive_minimum else 0)
        self._maximum = takes.maximum
        self._read = read or takes.read
        self._problem: TLStudioError | None = None
        self._number: float | None = None  # that which holds
        self._settled: float | None = None  # that which held before typing began
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # a wheel passing by changes nothing
        self._unit = label(unit, "hint")
        self._unit.setParent(self)
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._unit.setVisible(bool(unit))
        self.lineEdit().setAlignment(Qt.AlignmentFlag.AlignRight)
        self.lineEdit().textChanged.connect(self._on_edited)  # assistive tools type without edits
        self.editingFinished.connect(self._on_finished)

    @property
    def typed(self) -> str:
        """The text in the field, without its unit."""
        return self.lineEdit().text().strip().removesuffix(self._unit.text()).strip()

    @property
    def number(self) -> float | None:
        """The number that holds: the one in the field, or the last one before a fault."""
        return self._number

    @property
    def problem(self) -> TLStudioError | None:
        """Why what stands in the field is not taken; None if it is."""
        return self._problem

    def set_number(self, value: float) -> None:
        """Show `value` if another number holds; what is being typed stays, and its fault."""
        if value != self._number:
            self.show_number(value)

    def show_number(self, value: float) -> None:
        """Show `value` whatever was typed; only that a problem is gone is told."""
        self._number = self._settled = value
        with QSignalBlocker(self.lineEdit()):
            self.lineEdit().setText(number_text(value))
        self._set_problem(None)

    # -- Qt --------------------------------------------------------------------------------------

    def stepBy(self, steps: int) -> None:
        value = _parsed(self.typed)
        if value is None:
            return
        for _ in range(abs(steps)):
            value = self._stepped(value, up=steps > 0)
        self.lineEdit().setText(number_text(value))
        self.lineEdit().selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        none = QAbstractSpinBox.StepEnabledFlag.StepNone
        value = _parsed(self.typed)
        if value is None:
            return none
        down = QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        up = QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return (down if self._stepped(value, up=False) < value else none) | (
            up if self._stepped(value, up=True) > value else none
        )

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_unit()

    def sizeHint(self) -> QSize:
        return QSize(112, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(88, super().minimumSizeHint().height())

    # -- inside ----------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        problem, value = None, self._settled
        try:
            value = self._read(self.typed)
        except TLStudioError as error:
            problem = error.with_traceback(None)
        if problem is None:
            self._set_problem(None)
        if value is not None and value != self._number:
            self._number = value
            self.number_changed.emit(value)
        if problem is not None:
            self._set_problem(problem)

    def _on_finished(self) -> None:
        if self._problem is None and self._number is not None:
            self.show_number(self._number)
        set_property(self, "problem", self._problem is not None)
        self.finished.emit()

    def _set_problem(self, problem: TLStudioError | None) -> None:
        if problem != self._problem:
            self._problem = problem
            if problem is None:
                set_property(self, "problem", False)
            self.problem_changed.emit()

    def _place_unit(self) -> None:
        if not self._unit.text():
            return
        edit = self.lineEdit()
        width = self._unit.sizeHint().width()
        edit.setTextMargins(0, 0, width + theme.GRID // 2, 0)
        frame = edit.geometry()
        self._unit.setGeometry(frame.right() - width, frame.top(), width, frame.height())

    def _stepped(self, value: float, *, up: bool) -> float:
        if self._is_integer:
            value = math.floor(value) + 1 if up else math.ceil(value) - 1
        elif self._is_log:
            value = _next_log(value) if up else _previous_log(value, self._minimum)
        else:
            turns = round(value / LINEAR_STEP, 6)
            turns = math.floor(turns) + 1 if up else math.ceil(turns) - 1
            value = round(turns * LINEAR_STEP, 6)
        return min(self._maximum, max(self._minimum, value))


def number_text(value: float) -> str:
    """The shortest text that reads back as `value`: 25, 0.001, 1e-4."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e6):
        return str(int(value))
    number = Decimal(repr(value)).normalize()
    return str(number) if abs(value) >= 0.001 else f"{number:e}"


def _parsed(text: str) -> float | None:
    try:
        return read_number(text)
    except TLStudioError:
        return None


def _next_log(value: float) -> float:
    """The next of ..., 0.1, 0.2, 0.5, 1, ... above `value`."""
    if value < SMALLEST_LOG:
        return SMALLEST_LOG
    decade = math.floor(math.log10(value))
    steps = (_decimal(m, d) for d in (decade - 1, decade, decade + 1) for m in LOG_STEPS)
    return next(step for step in steps if step > value)


def _previous_log(value: float, minimum: float) -> float:
    """The next one below `value`; zero below the smallest if zero is allowed."""
    if value <= SMALLEST_LOG:
        return 0.0 if minimum == 0 else value
    decade = math.floor(math.log10(value))
    steps = [_decimal(m, d) for d in (decade - 1, decade, decade + 1) for m in LOG_STEPS]
    return next(step for step in reversed(steps) if step < value)


def _decimal(mantissa: float, exponent: int) -> float:
    return float(f"{mantissa:g}e{exponent}")
