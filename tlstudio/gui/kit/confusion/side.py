"""The confusion matrix with what is confused most, and what its cells and order say."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from tlstudio.core.evaluation.confusion import ConfusionMatrix
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.confusion.pairs import PairRow, PairsList
from tlstudio.gui.kit.confusion.view import Cells, Choice, ConfusionView
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack, vstack

FEW = 12  # classes; a matrix of more is not read cell by cell
PAIRS, PAIRS_OF_FEW = 10, 3


class MatrixSide(QWidget):
    """Most confused pairs above, the matrix below.

    Signals:
        chosen(Choice): a person chose a cell, a row, a column or a pair.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "confusion-matrix")
        self._matrix: ConfusionMatrix | None = None
        self._title = label(self.tr("Most confused"), "section")
        self.pairs = PairsList()
        self.view = ConfusionView()
        self.cells_box = QComboBox()
        for cells, title in (
            (Cells.COUNTS, self.tr("Images")),
            (Cells.BY_TRUE, self.tr("% of true class")),
            (Cells.BY_PREDICTED, self.tr("% of answers")),
        ):
            self.cells_box.addItem(title, cells)
        self.cells_box.setAccessibleName(self.tr("In the cells"))
        self.order_box = QComboBox()
        self.order_box.addItem(self.tr("By class"), False)
        self.order_box.addItem(self.tr("By confusion"), True)
        self.order_box.setAccessibleName(self.tr("Order of the classes"))
        self.order_box.setToolTip(
            self.tr("By class, or so that classes that are confused stand beside each other")
        )
        vstack(
            self._title,
            self.pairs,
            theme.GRID,
            hstack((self.cells_box, 1), (self.order_box, 1), spacing=theme.GRID),
            label(self.tr("Rows: true class. Columns: answer."), "hint", wrap=True),
            (self.view, 1),
            spacing=theme.GRID,
            parent=self,
        )
        self.pairs.chosen.connect(self._on_pair_chosen)
        self.view.chosen.connect(self.chosen)
        self.cells_box.currentIndexChanged.connect(self._on_cells_changed)
        self.order_box.currentIndexChanged.connect(self._show)

    def set_matrix(self, matrix: ConfusionMatrix) -> None:
        """Show what was confused with what."""
        self._matrix = matrix
        self._show()

    def set_choice(self, choice: Choice) -> None:
        """Mark what the gallery shows."""
        self.view.set_choice(choice)

    def _show(self) -> None:
        matrix = self._matrix
        if matrix is None:
            return
        classes = matrix.classes
        order = matrix.order_by_confusion() if self.order_box.currentData() else None
        self.view.set_matrix(classes, matrix.counts, order)
        wanted = PAIRS_OF_FEW if len(classes) <= FEW else PAIRS
        rows = [
            PairRow(
                pair.true,
                pair.predicted,
                f"{classes[pair.true]} → {classes[pair.predicted]}",
                formats.count(pair.count),
                self.view.words(pair.true, pair.predicted),
            )
            for pair in matrix.most_confused(wanted)
        ]
        self.pairs.set_rows(rows)
        self.pairs.setVisible(bool(rows))
        self._title.setText(self.tr("Most confused") if rows else self.tr("Nothing is confused"))

    def _on_cells_changed(self) -> None:
        self.view.set_cells(Cells(self.cells_box.currentData()))

    def _on_pair_chosen(self, row: PairRow) -> None:
        choice = Choice(row.true, row.predicted)
        self.view.set_choice(choice)
        self.chosen.emit(choice)
