"""In the paper, in your slide, here: the numbers of one paper beside those that are counted."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.lessons.papers import find_paper
from tlstudio.core.lessons.printed import Cell, Count, Grid, Line, Value
from tlstudio.core.networks.families import family_with_id
from tlstudio.gui.features.learn.jobs import printed as jobs
from tlstudio.gui.features.learn.live import LiveWorker
from tlstudio.gui.features.learn.state import LearnState
from tlstudio.gui.features.learn.widgets.fonts import sized
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, line, plain_tip, set_property
from tlstudio.gui.kit.connection_table import ConnectionTable
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.family_note import PaperLink
from tlstudio.gui.kit.language import core_text, error_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

NUMBER_PX = 15  # a class reads it from afar
WAITING = "…"
NONE = "–"
REASON_PX = 240
SIDE_PX = 4 * theme.GRID

_TOP_LEFT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
_TOP_RIGHT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight


class PaperPage(QWidget):
    """A table whose counted side is filled in when the engine has counted.

    Attributes:
        live: the worker that counts.
        rows: the lines of the table, from top to bottom.
        connections: which maps a layer sees, where the paper has such a table.
    """

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        table = find_paper(name)
        assert table is not None
        self.session, self.table = session, table
        self.live = LiveWorker(session.feature(LearnState).pool, session.network, self)
        self.problem = label("", wrap=True)
        set_property(self.problem, "tone", "wrong")
        self.problem.hide()
        self.see = IconButton(
            self.tr("See {network} as a picture").format(network=table.title.partition(" · ")[0]),
            "next",
            "primary",
            lambda: session.follow(table.target),
        )
        self.see.setAutoDefault(False)
        self.lines = QGridLayout()
        self.rows = [_Row(one, self.lines, at) for at, one in enumerate(table.lines, start=1)]
        self.grid = _GridTable(table.grid) if table.grid is not None else None
        self.connections = ConnectionTable()
        self.connections.hide()
        self._lay_out()
        self.setFocusProxy(self.see)
        self.live.ask(jobs.count_all, table.counts, done=self._on_counted, failed=self._on_failed)
        if table.connections is not None:
            layer = table.connections
            self.live.ask(
                jobs.layer_connections,
                layer.network,
                layer.path,
                done=self.connections.show_connections,
                failed=self._on_failed,
            )

    def _on_counted(self, values: Mapping[Count, Value]) -> None:
        for row in self.rows:
            row.show_counts(values)
        if self.grid is not None:
            self.grid.show_counts(values)

    def _on_failed(self, error: TLStudioError) -> None:
        self.problem.setText(error_text(error))
        self.problem.show()

    def _lay_out(self) -> None:
        grid = theme.GRID
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setHorizontalSpacing(3 * grid)
        self.lines.setVerticalSpacing(grid)
        heads = (
            ("", _TOP_LEFT),
            (self.tr("In the paper"), _TOP_RIGHT),
            (self.tr("In slides"), _TOP_RIGHT),
            (self.tr("Here, counted"), _TOP_RIGHT),
            (self.tr("Why"), _TOP_LEFT),
        )
        for column, (text, how) in enumerate(heads):
            self.lines.addWidget(label(text, "section"), 0, column, how)
        self.lines.setColumnStretch(4, 1)
        heading = label(self.tr("In the paper, in your slide, here"), "section")
        name = vstack(heading, label(self.table.title, "title"), spacing=0)
        parts: list[QWidget | int] = [_Body(self.lines)]
        if self.grid is not None:
            assert self.table.grid is not None
            title = label(core_text(self.table.grid.title), "section")
            parts += [grid, line(), title, self.grid]
        if self.table.connections is not None:
            title = label(core_text(self.table.connections.title), "section")
            parts += [grid, line(), title, self.connections]
        vstack(
            hstack((name, 1), self.see, spacing=2 * grid),
            self._source(),
            self.problem,
            line(),
            *parts,
            Stretch(),
            spacing=grid,
            margins=(SIDE_PX, 2 * grid, SIDE_PX, 2 * grid),
            parent=self,
        )

    def _source(self) -> QWidget:
        """The paper, to be read."""
        source = QWidget()
        family = family_with_id(self.table.id)
        assert family is not None and family.paper is not None
        paper = family.paper
        link = PaperLink()
        tip = self.tr("Opens {url} in the browser").format(url=paper.url)
        link.set_link(paper.title, paper.url, tip)
        words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        words.setProperty("role", "hint")
        words.set_text(" · ".join(filter(None, (paper.venue, paper.authors))))
        vstack(link, words, spacing=theme.GRID // 2, parent=source)
        return source


class _Body(QWidget):
    """Takes the height that its layout needs at its width."""

    def __init__(self, layout: QGridLayout) -> None:
        super().__init__()
        self.setLayout(layout)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class _Row:
    """The widgets of one line, put into a row of a layout."""

    def __init__(self, one: Line, layout: QGridLayout, row: int) -> None:
        self.line = one
        self.printed = _number(one.printed.text)
        self.slide = _number(one.slide or NONE, "text_soft" if not one.slide else "")
        self.counted = _number(WAITING if one.count is not None else NONE)
        self.mark = IconLabel("right", 16, "right")
        self.mark.hide()
        self.reason = label("", wrap=True)
        self.reason.setMinimumWidth(REASON_PX)
        self.agrees: bool | None = None
        what = vstack(_strong(shown(one.subject)), label(core_text(one.title), "hint"), spacing=0)
        source = label(shown(one.source), "hint")
        printed = vstack(
            (self.printed, Qt.AlignmentFlag.AlignRight),
            (source, Qt.AlignmentFlag.AlignRight),
            spacing=0,
        )
        counted = hstack(Stretch(), self.mark, self.counted, spacing=theme.GRID // 2)
        layout.addLayout(what, row, 0, _TOP_LEFT)
        layout.addLayout(printed, row, 1, _TOP_RIGHT)
        layout.addWidget(self.slide, row, 2, _TOP_RIGHT)
        layout.addLayout(counted, row, 3, _TOP_RIGHT)
        layout.addWidget(self.reason, row, 4, Qt.AlignmentFlag.AlignTop)
        self._show_reason([WAITING] * len(one.quoted))

    def show_counts(self, values: Mapping[Count, Value]) -> None:
        self._show_reason([printed.spelled(values[count]) for count, printed in self.line.quoted])
        if self.line.count is None:
            return
        value = values[self.line.count]
        self.agrees = self.line.printed.agrees(value)
        self.counted.setText(self.line.printed.spelled(value))
        self.counted.setToolTip(plain_tip(_exact(value)))
        self.mark.set_icon(*(("right", "right") if self.agrees else ("warning", "warning")))
        self.mark.show()

    def _show_reason(self, quoted: list[str]) -> None:
        reason = core_text(self.line.reason) if self.line.reason else ""
        self.reason.setText(reason.format(*quoted))


class _GridTable(QWidget):
    """A table of a paper; a cell has a second line where what is counted differs."""

    def __init__(self, table: Grid) -> None:
        super().__init__()
        self._cells: list[tuple[Cell, QLabel, QLabel]] = []
        grid = theme.GRID
        layout = QGridLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(2 * grid)
        layout.setVerticalSpacing(grid // 2)
        for column, head in enumerate(table.columns):
            layout.addWidget(label(head, "hint"), 0, column, _TOP_RIGHT if column else _TOP_LEFT)
        for row, (name, cells) in enumerate(table.rows, start=1):
            layout.addWidget(label(name), row, 0, _TOP_LEFT)
            for column, cell in enumerate(cells, start=1):
                layout.addLayout(self._cell(cell), row, column, _TOP_RIGHT)
        layout.setColumnStretch(len(table.columns), 1)  # together, however wide the window is
        layout.setHorizontalSpacing(3 * grid)
        reasons = [
            label(f"{name}: {core_text(reason)}", "hint", wrap=True)
            for name, reason in table.reasons
        ]
        note = label(core_text(table.note), "hint", wrap=True) if table.note else None
        vstack(layout, grid, *reasons, *((note,) if note else ()), spacing=grid // 2, parent=self)

    def show_counts(self, values: Mapping[Count, Value]) -> None:
        for cell, upper, lower in self._cells:
            if cell.count is None:
                continue
            value = values[cell.count]
            if cell.printed is None:
                upper.setText(f"{value:g}" if not isinstance(value, str) else value)
            elif not cell.printed.agrees(value):
                lower.setText(f"≠ {cell.printed.spelled(value)}")
                is_near = cell.printed.nearly_agrees(value)
                set_property(lower, "tone", "" if is_near else "warning")
                lower.show()
            upper.setToolTip(plain_tip(_exact(value)))

    def _cell(self, cell: Cell) -> QVBoxLayout:
        waiting = WAITING if cell.count is not None else ""
        upper = label(cell.printed.text if cell.printed is not None else waiting)
        lower = label("", "hint")
        lower.hide()
        self._cells.append((cell, upper, lower))
        right = Qt.AlignmentFlag.AlignRight
        return vstack((upper, right), (lower, right), spacing=0)


def _exact(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:,.10g}"


def _strong(text: str) -> QLabel:
    words = label(text)
    font = QFont(words.font())
    font.setWeight(QFont.Weight.DemiBold)
    words.setFont(font)
    return words


def _number(text: str, tone: str = "") -> QLabel:
    words = sized(label(text), NUMBER_PX)
    if tone:
        set_property(words, "role", "hint")
    return words
