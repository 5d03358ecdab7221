"""The values at one place of a chart, in a box beside it. Needs no pyqtgraph."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.chart.series import LegendKey, SeriesSpec

AWAY_PX = 16


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A row of a reading: a name and its values, formatted and with units.

    Attributes:
        spec: the curve that it belongs to.
    """

    name: str
    values: tuple[str, ...]
    spec: SeriesSpec | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading at one place of a chart.

    Attributes:
        columns: headings over the values, where there are several.
        subtitle: a quieter second line.
    """

    title: str
    rows: tuple[ReadingRow, ...] = ()
    columns: tuple[str, ...] = ()
    subtitle: str = ""

    @property
    def text(self) -> str:
        """The reading as lines of text, for screen readers."""
        lines = [part for part in (self.title, self.subtitle) if part]
        heads = self.columns or ("",)
        for row in self.rows:
            named = zip((*heads, *("",) * len(row.values)), row.values, strict=False)
            values = ", ".join(f"{head} {value}".strip() for head, value in named)
            lines.append(f"{row.name}: {values}" if row.name else values)
        return "\n".join(lines)


class Readout(QFrame):
    """A box that the mouse goes through, over the widget whose values it tells."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.reading: Reading | None = None
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 8)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self.title = label("", "section")
        self.subtitle = label("", "hint")
        self._heads: list[QLabel] = []
        self._keys: list[LegendKey] = []
        self._names: list[QLabel] = []
        self._cells: dict[tuple[int, int], QLabel] = {}
        self._layout.addWidget(self.title, 0, 0, 1, -1)
        self._layout.addWidget(self.subtitle, 1, 0, 1, -1)
        self.hide()

    def tell(self, reading: Reading | None) -> None:
        """Show these values, or nothing."""
        if reading != self.reading:
            self.reading = reading
            self._fill(reading or Reading(""))
        self.setVisible(reading is not None)

    def place(self, at: QPoint, away_px: int = AWAY_PX) -> None:
        """Move beside a point of the parent, staying within the parent."""
        room = self._around.size()
        x = at.x() + away_px
        if x + self.width() > room.width():
            x = at.x() - away_px - self.width()
        y = max(0, min(at.y(), room.height() - self.height()))
        self.move(max(0, x), y)
        self.raise_()

    def _fill(self, reading: Reading) -> None:
        self.title.setText(reading.title)
        self.title.setVisible(bool(reading.title))
        self.subtitle.setText(reading.subtitle)
        self.subtitle.setVisible(bool(reading.subtitle))
        right = Qt.AlignmentFlag.AlignRight
        for number in range(max(len(reading.columns), len(self._heads))):
            if number == len(self._heads):
                self._heads.append(label("", "hint"))
                self._layout.addWidget(self._heads[number], 2, 2 + number, right)
            shows = number < len(reading.columns)
            self._heads[number].setText(reading.columns[number] if shows else "")
            self._heads[number].setVisible(shows)
        while len(self._names) < len(reading.rows):
            row = len(self._names)
            self._keys.append(LegendKey(SeriesSpec("", "text")))
            self._names.append(label())
            self._layout.addWidget(self._keys[row], 3 + row, 0)
        for number, (key, name) in enumerate(zip(self._keys, self._names, strict=True)):
            shown = reading.rows[number] if number < len(reading.rows) else None
            key.setVisible(shown is not None and shown.spec is not None)
            name.setVisible(shown is not None)
            if shown is not None:
                name.setText(shown.name)
                has_key = shown.spec is not None
                self._layout.addWidget(name, 3 + number, int(has_key), 1, 1 if has_key else 2)
                key.set_spec(shown.spec or SeriesSpec("", "text"))
            self._fill_values(3 + number, shown.values if shown is not None else ())
        self.adjustSize()

    def _fill_values(self, row: int, values: tuple[str, ...]) -> None:
        for column, value in enumerate(values):
            if (row, column) not in self._cells:
                cell = self._cells[row, column] = label()
                self._layout.addWidget(cell, row, 2 + column, Qt.AlignmentFlag.AlignRight)
            self._cells[row, column].setText(value)
        for (at, column), cell in self._cells.items():
            if at == row:
                cell.setVisible(column < len(values))
