"""The field for where partial fine-tuning begins: a stage from the list, or a module path."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QGridLayout, QLineEdit, QWidget

from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies import default_train_from
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label, set_property
from tlstudio.gui.kit.choice_field import ChoiceField

Role = Qt.ItemDataRole


class TrainFromField(QWidget):
    """A drop-down of stages into which any path can be typed.

    Signals:
        chosen(str): a module path of the tree.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree: LayerTree | None = None
        self._path = ""
        self.title = label(self.tr("Train from"))
        self.field = ChoiceField()
        self._edit = QLineEdit()
        self.field.setLineEdit(self._edit)  # makes it editable
        self.field.setInsertPolicy(ChoiceField.InsertPolicy.NoInsert)
        self.field.setAccessibleName(self.title.text())
        self.field.setToolTip(self.tr("The first layer that trains: a stage, or any module path"))
        self.title.setBuddy(self.field)
        self.problem = label("", "hint", wrap=True)
        self.problem.setProperty("tone", "wrong")
        self.problem.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.GRID)
        layout.setVerticalSpacing(theme.GRID // 2)
        layout.setColumnStretch(0, 2)
        layout.setColumnStretch(1, 3)
        layout.addWidget(self.title, 0, 0)
        layout.addWidget(self.field, 0, 1)
        layout.addWidget(self.problem, 1, 0, 1, 2)
        self.field.chosen.connect(self._on_chosen)
        self._edit.editingFinished.connect(self._on_typed)

    def set_tree(self, tree: LayerTree | None, path: str) -> None:
        """Offer the stages of `tree` and show `path`, or the default where it is empty."""
        if tree is not self._tree:
            self._tree = tree
            self.field.clear()
            for stage in tree.stages if tree else ():
                self.field.addItem(stage.path, stage.path)
                row = self.field.count() - 1
                size = self.tr("{kind}, {parameters} parameters").format(
                    kind=stage.kind, parameters=formats.compact(stage.parameters)
                )
                self.field.setItemData(row, size, Role.ToolTipRole)
            completer = QCompleter([path for path in tree.nodes if path] if tree else [], self)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            self.field.setCompleter(completer)
        self.field.setEnabled(tree is not None)
        shown = path or (default_train_from(tree) if tree else "")
        if shown != self._path or not self.problem.text():
            self._show(shown)

    def _show(self, path: str) -> None:
        self._path = path
        self.field.setCurrentIndex(self.field.findData(path))
        self.field.setEditText(path)
        self._set_problem("")

    def _on_chosen(self, path: str) -> None:
        self._take(path)

    def _on_typed(self) -> None:
        self._take(self.field.currentText().strip())

    def _take(self, path: str) -> None:
        if self._tree is None or path == self._path:
            self._set_problem("")
            return
        if not path or path not in self._tree.nodes:
            self._set_problem(self.tr("There is no layer called “{path}”.").format(path=path))
            return
        self._show(path)
        self.chosen.emit(path)

    def _set_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        set_property(self.field, "problem", bool(text))
