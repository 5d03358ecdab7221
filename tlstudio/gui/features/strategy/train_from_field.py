"""The field for where partial fine-tuning begins: a stage from the list, or a module path."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QGridLayout, QLineEdit, QWidget

from tlstudio.core.config import FIELD_BY_NAME
from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies import default_train_from, layers_from
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label, set_property
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import error_text

Role = Qt.ItemDataRole


class TrainFromField(QWidget):
    """A drop-down of stages into which any path can be typed.

    Signals:
        chosen(str): a module path of the tree.
        problem_changed(str, str, object): the setting's name, what was typed, and the error in it
            or None.
    """

    chosen = Signal(str)
    problem_changed = Signal(str, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree: LayerTree | None = None
        self._path = ""
        self.spec = FIELD_BY_NAME["train_from"]
        explain(self, "config.train_from")
        self.error: TLStudioError | None = None  # in what stands in the field
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
        self._edit.textEdited.connect(self._check)
        self._edit.editingFinished.connect(self._on_typed)

    @property
    def editor(self) -> ChoiceField:
        return self.field

    @property
    def has_problem(self) -> bool:
        return self.error is not None

    def reset(self) -> None:
        """Go back from a fault to the path in force."""
        if self.has_problem:
            self._show(self._path)

    def set_tree(self, tree: LayerTree | None, path: str) -> None:
        """Offer the stages of `tree` and show `path`, or the default where it is empty."""
        is_other = tree is not self._tree
        if is_other:
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
        if is_other or shown != self._path or not self.has_problem:
            self._show(shown)

    def _show(self, path: str) -> None:
        self._path = path
        self.field.setCurrentIndex(self.field.findData(path))
        self.field.setEditText(path)
        self._set_error(None)

    def _check(self, typed: str) -> None:
        """A fault is known at once, and told when the field is left."""
        error: TLStudioError | None = None
        path = typed.strip()
        if self._tree is not None and path:  # empty means the default
            try:
                layers_from(self._tree, path)
            except TLStudioError as unknown:
                error = unknown.with_traceback(None)
        self._set_error(error)

    def _on_chosen(self, path: str) -> None:
        self._take(path)

    def _on_typed(self) -> None:
        self._take(self.field.currentText().strip())

    def _take(self, path: str) -> None:
        self._check(path)
        self._show_error()
        if self._tree is None or self.has_problem:
            return
        path = path or default_train_from(self._tree)
        is_other = path != self._path
        self._show(path)
        if is_other:
            self.chosen.emit(path)

    def _set_error(self, error: TLStudioError | None) -> None:
        if error != self.error:
            self.error = error
            if error is None:
                self._show_error()
            self.problem_changed.emit(self.spec.name, self.field.currentText().strip(), error)

    def _show_error(self) -> None:
        self.problem.setText(error_text(self.error) if self.error is not None else "")
        self.problem.setVisible(self.has_problem)
        set_property(self.field, "problem", self.has_problem)
