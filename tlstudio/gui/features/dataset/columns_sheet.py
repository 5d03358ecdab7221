"""The columns of a table: which of them says the image, the class, the split and the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QDialog, QWidget

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.options import COLUMN_A_CLASS, NO_COLUMN, TableReading
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label, no_mnemonic
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

WIDTH_PX, TITLE_PX, SIDE_PX = 520, 96, 24
EXAMPLE_CHARACTERS = 40


def change_columns(parent: QWidget, session: Session, index: DatasetIndex) -> ColumnsSheet:
    """Show how the table of the open dataset was read, to change it."""
    assert index.table is not None
    sheet = ColumnsSheet(session, index, index.table, parent)
    sheet.show()
    return sheet


class ColumnsSheet(QDialog):
    """A field for each meaning. It blocks nothing; the choice is remembered for the table."""

    def __init__(
        self, session: Session, index: DatasetIndex, table: TableReading, parent: QWidget
    ) -> None:
        super().__init__(parent.window())
        self._session, self._index, self._table = session, index, table
        self.setWindowTitle(self.tr("Columns of the table"))
        chosen = table.chosen
        none, each = (NO_COLUMN, self.tr("none")), self.tr("a column for each class")
        more_classes = [(COLUMN_A_CLASS, each)] if len(table.columns) > 2 else []
        self.image = self._field(self.tr("Image"), chosen.image_column)
        self.of_class = self._field(self.tr("Class"), chosen.class_column, more_classes)
        self.split = self._field(self.tr("Split"), chosen.split_column, [none])
        self.group = self._field(self.tr("Group"), chosen.group_column, [none])
        self.group.setToolTip(self.tr("Images of one group stay in one split."))
        self.button = IconButton(self.tr("Read it so"), "done", "primary", self._on_chosen)
        cancel = IconButton(self.tr("Cancel"), clicked=self.close)
        note = label(self.tr("Remembered for this table."), "hint")
        fields = (self.image, self.of_class, self.split, self.group)
        title = self.tr("What the columns of “{name}” mean").format(name=shown(table.name))
        vstack(
            label(title, "title", wrap=True),
            theme.GRID,
            *(self._row(field) for field in fields),
            theme.GRID,
            Stretch(),
            hstack(note, Stretch(), cancel, self.button, spacing=theme.GRID),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        self.setMinimumWidth(WIDTH_PX)
        session.datasets.changed.connect(self.close)

    def _field(self, title: str, value: str, before: Sequence[tuple[str, str]] = ()) -> ChoiceField:
        columns = [
            (name, no_mnemonic(_with_examples(name, examples)))
            for name, examples in zip(self._table.columns, self._table.examples, strict=True)
        ]
        field = ChoiceField([*before, *columns], self)
        field.setAccessibleName(title)
        field.set_value(value)
        return field

    def _row(self, field: ChoiceField) -> QWidget:
        row = QWidget()
        title = label(field.accessibleName())
        title.setFixedWidth(TITLE_PX)
        hstack(title, (field, 1), spacing=theme.GRID, parent=row)
        return row

    def _on_chosen(self) -> None:
        table = replace(
            self._table.chosen,
            image_column=self.image.value,
            class_column=self.of_class.value,
            split_column=self.split.value,
            group_column=self.group.value,
        )
        self.close()
        if not self._session.run.active:
            self._session.datasets.read_as(replace(self._index.options, table=table))


def _with_examples(name: str, examples: Sequence[str]) -> str:
    """A column with a few of its values, e.g. ``label  (ant, bee)``."""
    text = ", ".join(examples)
    if len(text) > EXAMPLE_CHARACTERS:
        text = f"{text[:EXAMPLE_CHARACTERS]}…"
    return shown(f"{name}  ({text})" if text else name)
