"""The entries of a race below each other: accuracy with its interval, best epoch, cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label, line, plain_tip, set_property
from tlstudio.gui.kit.chart.run_curves import entry_spec
from tlstudio.gui.kit.chart.series import LegendKey
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.interval_bar import AccuracyAxis, IntervalBar
from tlstudio.gui.kit.layout import vstack


@dataclass(frozen=True, slots=True)
class RaceRow:
    """The row of an entry, described in the language of the window.

    Attributes:
        title: of the entry.
        subtitle: what else tells it from the others.
        interval: low, mean and high accuracy; None while there is none.
        state: instead of the bar: waiting, running, failed.
        best: accuracy of the best epoch, and which one it was.
        time: of a run, and of an epoch.
        trainable: parameters, and their share.
        award: a word for the winner; empty for others.
        tip: what is behind the numbers.
        is_error: whether `state` tells of a failure.
    """

    title: str
    subtitle: str = ""
    interval: tuple[float, float, float] | None = None
    state: str = ""
    best: tuple[str, str] = (formats.NONE, "")
    time: tuple[str, str] = (formats.NONE, "")
    trainable: tuple[str, str] = (formats.NONE, "")
    award: str = ""
    tip: str = ""
    is_error: bool = False


class _Pair(QWidget):
    """A value with a quiet one below it."""

    def __init__(self, *, is_number: bool = True) -> None:
        super().__init__()
        align = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        self.value, self.below = label(), label("", "hint")
        for part in (self.value, self.below):
            part.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        vstack(self.value, self.below, spacing=0, parent=self)

    def set_texts(self, texts: tuple[str, str]) -> None:
        self.value.setText(texts[0])
        self.below.setText(texts[1])


class _Row:
    """The widgets of one entry."""

    def __init__(self, place: int) -> None:
        self.key = LegendKey(entry_spec(place))
        self.name = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.subtitle = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.subtitle.setProperty("role", "hint")
        self.words = QWidget()
        self.words.setMinimumWidth(188)
        vstack(self.name, self.subtitle, spacing=0, parent=self.words)
        self.bar = IntervalBar()
        self.state = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.best, self.time, self.trainable = _Pair(), _Pair(), _Pair()
        self.use: IconButton | None = None

    @property
    def cells(self) -> tuple[QWidget, ...]:
        found = (self.key, self.words, self.bar, self.best, self.time, self.trainable, self.use)
        return tuple(widget for widget in found if widget is not None)


class RaceTable(QWidget):
    """Two to ten rows that share an axis of accuracies.

    Signals:
        use_requested(int): a person wants the settings of the entry at this place.
    """

    use_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "mcnemar")
        self._rows: list[_Row] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(theme.GRID // 2)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 3)
        titles = (
            (2, self.tr("Accuracy"), self.tr("After the last epoch, with its 95% interval")),
            (3, self.tr("Best epoch"), self.tr("Chosen on these same images: flattering")),
            (4, self.tr("Time"), self.tr("Of a run, and of an epoch")),
            (5, self.tr("Trainable"), self.tr("Parameters, and their share of the network")),
        )
        for column, title, tip in titles:
            self._grid.addWidget(_heading(title, tip, is_number=column > 2), 0, column)
        self._grid.addWidget(line(), 1, 0, 1, 7)

    def set_rows(
        self, rows: Sequence[RaceRow], *, can_use: bool, colours: Sequence[int] = ()
    ) -> None:
        """Show these entries.

        Args:
            rows: one for each entry.
            can_use: whether settings may change now.
            colours: places whose looks they have, as in the chart; their own if empty.
        """
        if len(rows) != len(self._rows):
            self._rebuild(len(rows))
        values = [value for row in rows for value in row.interval or ()]
        axis = AccuracyAxis.around(values)
        for place, (shown, row) in enumerate(zip(self._rows, rows, strict=True)):
            self._show(shown, row, axis, can_use=can_use)
            looks = entry_spec(colours[place] if colours else place)
            shown.key.set_spec(looks)
            shown.bar.set_interval(row.interval, axis, token=looks.token)

    def button(self, place: int) -> IconButton:
        """The one that takes the settings of an entry."""
        button = self._rows[place].use
        assert button is not None
        return button

    def _show(self, shown: _Row, row: RaceRow, axis: AccuracyAxis, *, can_use: bool) -> None:
        font = self.font()
        font.setWeight(font.Weight.DemiBold if row.award else font.Weight.Normal)
        shown.name.setFont(font)
        shown.name.set_text(row.title, "\n".join(filter(None, (row.title, row.tip))))
        shown.subtitle.set_text(" · ".join(filter(None, (row.award, row.subtitle))))
        shown.bar.setVisible(row.interval is not None)
        shown.state.setVisible(row.interval is None)
        shown.state.set_text(row.state)
        set_property(shown.state, "tone", "wrong" if row.is_error else "")
        shown.best.set_texts(row.best)
        shown.time.set_texts(row.time)
        shown.trainable.set_texts(row.trainable)
        for pair in (shown.best, shown.time, shown.trainable):
            pair.setToolTip(plain_tip(row.tip))
        if shown.use is not None:
            shown.use.setEnabled(can_use)
            shown.use.setAccessibleName(
                self.tr("Use the settings of {name}").format(name=row.title)
            )

    def _rebuild(self, count: int) -> None:
        for row in self._rows:
            for widget in (*row.cells, row.state):
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = [_Row(place) for place in range(count)]
        for place, row in enumerate(self._rows):
            row.use = IconButton(self.tr("Use this"), "", "quiet")
            row.use.setProperty("place", place)
            row.use.clicked.connect(self._on_use_clicked)
            for column, widget in enumerate(row.cells):
                self._grid.addWidget(widget, place + 2, column)
            self._grid.addWidget(row.state, place + 2, 2)

    def _on_use_clicked(self) -> None:
        sender = self.sender()
        assert sender is not None
        self.use_requested.emit(int(sender.property("place")))


def _heading(title: str, tip: str, *, is_number: bool) -> QLabel:
    result = label(title, "section")
    result.setToolTip(plain_tip(tip))
    if is_number:
        result.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return result
