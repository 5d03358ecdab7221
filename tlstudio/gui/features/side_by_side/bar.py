"""The bar over networks that stand side by side: their names, their sums, and the differences."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from tlstudio.core.networks.auxiliary import WITH_AUXILIARY
from tlstudio.core.networks.blocks.side_by_side import LEAST, MOST
from tlstudio.gui.features.side_by_side.search import NetworkSearch
from tlstudio.gui.features.side_by_side.texts import EQUAL, SUMS, difference, sentence, translate
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import label, plain_tip, set_property
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.state.session import Session

TOOL_PX = 14
REMOVE_PX = 20  # narrow: six names fit beside one another


class SideBySideBar(QWidget):
    """A small table, a column a network; empty while the chosen network is looked at alone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "side-by-side")
        self._session = session
        self._beside = session.beside
        self._table = QWidget()
        self.add = self._tool("add", self.tr("Add a network"))
        self.add.clicked.connect(self._on_add)
        self.end = self._tool("close", self.tr("Only the chosen network"))
        self.end.clicked.connect(self._beside.end)
        self.search = NetworkSearch(session, self)
        self.search.chosen.connect(self._on_added)
        buttons = vstack(self.end, self.add, spacing=theme.GRID // 2)
        buttons.addStretch()
        self._row = hstack((self._table, 1), buttons, spacing=theme.GRID)
        self.left_out = label("", "hint", wrap=True)
        vstack(self._row, self.left_out, spacing=theme.GRID // 2, parent=self)
        self._beside.changed.connect(self._show)
        session.network.models_changed.connect(self._show)
        self._show()

    def texts(self) -> list[list[str]]:
        """The table as it is read, row by row."""
        grid = self._table.layout()
        assert isinstance(grid, QGridLayout)
        rows = []
        for y in range(grid.rowCount()):
            items = [grid.itemAtPosition(y, x) for x in range(grid.columnCount())]
            widgets = [item.widget() for item in items if item is not None]
            rows.append([widget.accessibleName() for widget in widgets if widget is not None])
        return rows

    def _tool(self, icon: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(TOOL_PX, TOOL_PX))
        button.setToolTip(plain_tip(text))
        button.setAccessibleName(text)
        return button

    # -- showing ---------------------------------------------------------------------------------

    def _show(self) -> None:
        self.add.setEnabled(len(self._beside.models) < MOST)
        self._table.hide()  # it is deleted by the event loop, which may paint before
        self._table.deleteLater()
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * theme.GRID)
        grid.setVerticalSpacing(2)
        for y, row in enumerate(SUMS, start=1):
            name = label(translate("SideBySide", row.title), "hint")
            name.setToolTip(plain_tip(translate("SideBySide", row.help)))
            name.setAccessibleName(name.text())
            grid.addWidget(name, y, 0)
        for x, model in enumerate(self._beside.models, start=1):
            grid.addWidget(self._head(model), 0, x)
            grid.setColumnStretch(x, 1)
            for y in range(1, len(SUMS) + 1):
                grid.addWidget(self._cell(x - 1, y - 1), y, x)
        self._row.replaceWidget(self._table, table)
        self._table = table
        self._show_left_out()

    def _show_left_out(self) -> None:
        """Which networks have parts that are not counted."""
        names = [self._name(model) for model in self._beside.models if model in WITH_AUXILIARY]
        text = self.tr("Drawn and counted without auxiliary classifiers, which only train: {names}")
        self.left_out.setText(text.format(names=", ".join(names)))
        self.left_out.setVisible(bool(names))

    def _name(self, model: str) -> str:
        """The title without what stands in brackets."""
        return self._session.network.title_of(model).partition(" (")[0]

    def _head(self, model: str) -> QWidget:
        title = self._session.network.title_of(model)
        head = QWidget()
        name = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        font = name.font()
        font.setWeight(font.Weight.DemiBold)
        name.setFont(font)
        name.set_text(self._name(model), title)
        remove = self._tool("close", self.tr("Leave out {network}").format(network=title))
        remove.setFixedWidth(REMOVE_PX)
        remove.setVisible(len(self._beside.models) > LEAST)
        remove.clicked.connect(partial(self._on_removed, model))
        hstack((name, 1), remove, spacing=0, parent=head)
        head.setAccessibleName(title)
        return head

    def _cell(self, x: int, y: int) -> QWidget:
        """A sum, and by how much it is larger than that on its left."""
        value, row = self._beside.value, SUMS[y]
        if value is None:
            return label("", "hint")
        facts = value.facts[x]
        cell = QWidget()
        amount = label(row.text(row.of(facts)))
        parts = [amount]
        spoken = amount.text()
        if x:
            before = value.facts[x - 1]
            titles = map(self._session.network.title_of, (facts.model, before.model))
            change = label(difference(row, facts, before), "hint")
            if change.text() != EQUAL:
                set_property(change, "tone", "warning")
            title, other = titles
            cell.setToolTip(plain_tip(sentence(title, facts, other, before)))
            parts.append(change)
            spoken += f" ({change.text()})"
        line = hstack(*parts, spacing=theme.GRID, parent=cell)
        line.addStretch()
        cell.setAccessibleName(spoken)
        return cell

    # -- what a person does ----------------------------------------------------------------------

    def _on_removed(self, model: str) -> None:
        self._beside.show(name for name in self._beside.models if name != model)

    def _on_add(self) -> None:
        self.search.open_below(self.add)

    def _on_added(self, model: str) -> None:
        self._beside.show((*self._beside.models, model))
