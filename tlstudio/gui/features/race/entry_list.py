"""The list of possible entries of a race: a tick and a learning rate for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from tlstudio.core.config import FIELD_BY_NAME
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label, no_mnemonic, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.number_field import NumberField


@dataclass(frozen=True, slots=True)
class Contestant:
    """A possible entry of a race, described in the language of the window.

    Attributes:
        key: what it is known by: a strategy or a model.
        title: of its row.
        help: what tells it from the others, shortened where there is no room.
        rate: its learning rate.
        time: how long a run takes; empty where nobody knows.
        obstacle: why it cannot race; empty if it can.
    """

    key: str
    title: str
    help: str
    rate: float
    time: str = ""
    obstacle: str = ""


class _Row:
    def __init__(self, list_: RaceEntryList, key: str) -> None:
        self.box = QCheckBox()
        self.box.setProperty("key", key)
        self.help = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.help.setProperty("role", "hint")
        self.rate = NumberField(FIELD_BY_NAME["learning_rate"].range, is_log=True)
        self.rate.setProperty("key", key)
        self.time: QLabel = label("", "hint")
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    @property
    def cells(self) -> tuple[QWidget, ...]:
        return self.box, self.help, self.rate, self.time


class RaceEntryList(QWidget):
    """Rows with check boxes, of which a few can be ticked at once.

    Args:
        most: how many.

    Signals:
        ticked(str, bool): a person ticked a row, or took the tick away.
        rate_edited(str, float): a person gave a row another learning rate.
        problem_changed(): what stands in a field cannot be used, or now it can.
    """

    ticked = Signal(str, bool)
    rate_edited = Signal(str, float)
    problem_changed = Signal()

    def __init__(self, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self._rows: dict[str, _Row] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * theme.GRID)
        self._grid.setVerticalSpacing(theme.GRID)
        self._grid.setColumnStretch(1, 1)
        rate = label(self.tr("Learning rate"), "section")
        time = label(self.tr("Expected"), "section")
        self._grid.addWidget(rate, 0, 2)
        self._grid.addWidget(time, 0, 3, Qt.AlignmentFlag.AlignRight)
        self._grid.setColumnMinimumWidth(3, 72)

    def box(self, key: str) -> QCheckBox:
        return self._rows[key].box

    def rate(self, key: str) -> NumberField:
        return self._rows[key].rate

    @property
    def problem(self) -> tuple[str, TLStudioError] | None:
        """The first field with something that cannot be used: its name, and why; None for none."""
        fields = [row.rate for row in self._rows.values()]
        return next(((f.accessibleName(), f.problem) for f in fields if f.problem), None)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._rows)

    def show_contestants(self, contestants: Sequence[Contestant], ticked: Sequence[str]) -> None:
        """Show these rows; those at the limit cannot be ticked until another one is left out."""
        if tuple(c.key for c in contestants) != self.keys:
            self._rebuild([contestant.key for contestant in contestants])
        is_full = len(ticked) >= self._most
        for contestant in contestants:
            row = self._rows[contestant.key]
            is_ticked = contestant.key in ticked
            row.box.setText(no_mnemonic(contestant.title))
            row.box.setChecked(is_ticked)
            row.box.setEnabled(is_ticked or not (is_full or contestant.obstacle))
            full = self.tr("At most %n can race at once.", "", self._most)
            row.box.setToolTip(
                plain_tip(contestant.obstacle or (full if is_full and not is_ticked else ""))
            )
            row.help.set_text(contestant.obstacle or contestant.help, contestant.help)
            row.rate.setEnabled(is_ticked)
            row.rate.setAccessibleName(
                self.tr("Learning rate of {name}").format(name=contestant.title)
            )
            if is_ticked:
                row.rate.set_number(contestant.rate)
            else:
                row.rate.show_number(contestant.rate)
            row.time.setText(contestant.time if is_ticked else "")

    def _rebuild(self, keys: Sequence[str]) -> None:
        for row in self._rows.values():
            for widget in row.cells:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = {key: _Row(self, key) for key in keys}
        for number, row in enumerate(self._rows.values(), 1):
            for column, widget in enumerate(row.cells):
                self._grid.addWidget(widget, number, column)
            row.box.clicked.connect(self._on_clicked)
            row.rate.number_changed.connect(self._on_rate_changed)
            row.rate.problem_changed.connect(self.problem_changed)

    def _on_clicked(self, is_ticked: bool) -> None:
        sender = self.sender()
        assert sender is not None
        self.ticked.emit(str(sender.property("key")), is_ticked)

    def _on_rate_changed(self, rate: float) -> None:
        sender = self.sender()
        assert sender is not None
        self.rate_edited.emit(str(sender.property("key")), rate)
