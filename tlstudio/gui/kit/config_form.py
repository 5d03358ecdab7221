"""A form made from the table of the configuration's fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from tlstudio.core.config.configuration import Configuration
from tlstudio.core.config.fields import GROUP_TITLES, FieldSpec
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip, set_property
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_hint, error_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.number_field import NumberField


class LineField(QLineEdit):
    """A line of text, taken when it is left or Enter is pressed.

    Args:
        read: returns what the text means, or raises.

    Signals:
        chosen(str): a person gave it another value.
        problem_changed(): there is a problem, or none any more.
        finished(): Enter was pressed or the field was left.
    """

    chosen = Signal(str)
    problem_changed = Signal()
    finished = Signal()

    def __init__(self, read: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self.value = ""
        self.problem: TLStudioError | None = None
        self.textEdited.connect(self._on_edited)
        self.editingFinished.connect(self._on_finished)

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self.text()

    def set_value(self, value: str) -> None:
        """Show `value` if another one holds; what is being typed stays, and its fault."""
        if value != self.value:
            self.show_value(value)

    def show_value(self, value: str) -> None:
        """Show `value` whatever was typed; nothing is emitted but that a problem is gone."""
        self.value = value
        self.setText(value)
        self.setCursorPosition(0)  # what is too long is read from its beginning
        self._set_problem(None)

    def _on_edited(self) -> None:
        self._set_problem(None)

    def _on_finished(self) -> None:
        problem = None
        try:
            value = self._read(self.text())
        except TLStudioError as error:
            problem = error.with_traceback(None)
        else:
            is_other = value != self.value
            self.show_value(value)
            if is_other:
                self.chosen.emit(value)
        self._set_problem(problem)
        self.finished.emit()

    def _set_problem(self, problem: TLStudioError | None) -> None:
        if problem != self.problem:
            self.problem = problem
            set_property(self, "problem", problem is not None)
            self.problem_changed.emit()


class FolderField(QWidget):
    """A folder, with buttons to show it and to ask for another.

    Signals:
        show_wanted(): whoever shows folders shall show it.
        choice_wanted(): whoever asks for folders shall ask for another.
    """

    show_wanted = Signal()
    choice_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = ""
        self.place = ElidedLabel()
        self.place.setMinimumWidth(PLACE_AT_LEAST_PX)
        self.show_button = IconButton(self.tr("Show"), "open", "", self.show_wanted.emit)
        self.choose_button = IconButton(self.tr("Change…"), "", "", self.choice_wanted.emit)
        hstack(
            (self.place, 1),
            self.show_button,
            self.choose_button,
            spacing=theme.GRID,
            parent=self,
        )
        self.setFocusProxy(self.choose_button)

    def set_value(self, value: str) -> None:
        """Show `value`."""
        self.value = value
        self.place.set_text(value)


Editor = NumberField | ChoiceField | LineField | FolderField

PLACE_AT_LEAST_PX = 80


class FieldRow(QWidget):
    """A field of the form: its title, its editor, and below it the error in what was typed.

    Args:
        is_short: for narrow columns: without the unit, and the title takes no more than it needs.
        is_explained: its help stands below it.

    Signals:
        changed(str, object): name and new value; only what the configuration accepts.
        problem_changed(str, str, object): name, what was typed, and the error in it or None.
    """

    changed = Signal(str, object)
    problem_changed = Signal(str, str, object)

    def __init__(
        self,
        spec: FieldSpec,
        parent: QWidget | None = None,
        *,
        is_short: bool = False,
        is_explained: bool = False,
    ) -> None:
        super().__init__(parent)
        self.spec = spec
        self._config = self._usual = default_config(spec)
        explain(self, f"{self._config.help_section}.{spec.name}")
        title, help_text = core_text(spec.text.title), core_text(spec.text.help)
        self.title = label(title)
        self.editor = self._make_editor(is_short=is_short)
        self.editor.setAccessibleName(title)
        self.editor.setAccessibleDescription(help_text)
        self.title.setBuddy(self.editor)
        for widget in (self.title, self.editor):
            widget.setToolTip(plain_tip(help_text))
        self.problem = label("", "hint", wrap=True)
        self.problem.setProperty("tone", "wrong")
        self.problem.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.GRID)
        layout.setVerticalSpacing(theme.GRID // 2)
        layout.setColumnStretch(0, 0 if is_short else 2)
        layout.setColumnStretch(1, 3)
        layout.addWidget(self.title, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        below = (1, 0, 1, 2)
        layout.addWidget(self.editor, *(below if spec.kind == "folder" else (0, 1)))
        layout.addWidget(self.problem, 2, 0, 1, 2)
        if is_explained:
            layout.addWidget(label(help_text, "hint", wrap=True), 3, 0, 1, 2)
        if isinstance(self.editor, ChoiceField | LineField):
            self.editor.chosen.connect(self._on_changed)
        elif isinstance(self.editor, NumberField):
            self.editor.number_changed.connect(self._on_changed)
        if isinstance(self.editor, NumberField | LineField):
            self.editor.problem_changed.connect(self._on_problem_changed)
            self.editor.finished.connect(self._show_problem)

    @property
    def error(self) -> TLStudioError | None:
        """What is wrong with what stands in the field; None for nothing."""
        return self.editor.problem if isinstance(self.editor, NumberField | LineField) else None

    @property
    def has_problem(self) -> bool:
        return self.error is not None

    @property
    def value(self) -> Any:
        """The value in force."""
        return getattr(self._config, self.spec.name)

    @property
    def is_default(self) -> bool:
        """Whether it has its usual value and nothing wrong was typed."""
        return bool(self.value == getattr(self._usual, self.spec.name)) and not self.has_problem

    def set_config(self, config: Configuration, usual: Configuration | None = None) -> None:
        """Show what `config` says; what is being typed stays as it is.

        Args:
            config: the settings.
            usual: as the preset in force has them; None for what is known of it.
        """
        self._config, self._usual = config, usual or self._usual
        if isinstance(self.editor, NumberField):
            self.editor.set_number(self.value)
        else:
            self.editor.set_value(str(self.value))

    def reset(self) -> None:
        """Go back from a fault to the value in force."""
        if isinstance(self.editor, NumberField) and self.has_problem:
            self.editor.show_number(self.value)
        elif isinstance(self.editor, LineField) and self.has_problem:
            self.editor.show_value(self.value)

    def _make_editor(self, *, is_short: bool) -> Editor:
        spec = self.spec
        if spec.kind in ("int", "float"):
            return NumberField(
                spec.range,
                is_log=spec.text.is_log,
                unit=core_text(spec.text.unit) if spec.text.unit and not is_short else "",
                read=self._read,
            )
        if spec.kind == "line":
            return LineField(self._read)
        if spec.kind == "folder":
            return FolderField()
        choices = spec.text.choices or {}
        return ChoiceField((value, core_text(title)) for value, title in choices.items())

    def _read(self, typed: str) -> Any:
        name = self.spec.name
        return getattr(self._config.changed(**{name: typed}), name)

    def _on_changed(self, value: object) -> None:
        self.changed.emit(self.spec.name, value)

    def _on_problem_changed(self) -> None:
        if self.error is None:
            self._show_problem()
        assert isinstance(self.editor, NumberField | LineField)
        self.problem_changed.emit(self.spec.name, self.editor.typed, self.error)

    def _show_problem(self) -> None:
        error = self.error
        text = (error_hint(error) or error_text(error)) if error is not None else ""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))


def default_config(spec: FieldSpec) -> Configuration:
    """The configuration that a field is one of, as it is at first."""
    made = spec.model()
    assert isinstance(made, Configuration)
    return made


class ConfigForm(QWidget):
    """Fields in the order of the table; a group of several has its title above.

    Args:
        specs: fields of one configuration, at least one.
        is_titled: whether groups have their titles.
        is_explained: whether the help of each stands below it.

    Signals:
        changed(str, object): a person gave this field this value.
    """

    changed = Signal(str, object)

    def __init__(
        self,
        specs: Sequence[FieldSpec],
        parent: QWidget | None = None,
        *,
        is_titled: bool = True,
        is_explained: bool = False,
    ) -> None:
        super().__init__(parent)
        self.rows = {spec.name: FieldRow(spec, is_explained=is_explained) for spec in specs}
        self._titles: list[tuple[QLabel, tuple[FieldSpec, ...]]] = []
        self._config = default_config(specs[0])
        self._is_simple = False
        layout = vstack(spacing=theme.GRID * (2 if is_explained else 1), parent=self)
        for group, found in groupby(specs, key=lambda spec: spec.text.group):
            members = tuple(found)
            if is_titled and len(members) > 1:
                title = label(core_text(GROUP_TITLES[group]), "section")
                title.setContentsMargins(0, theme.GRID if layout.count() else 0, 0, 0)
                self._titles.append((title, members))
                layout.addWidget(title)
            for spec in members:
                self.rows[spec.name].changed.connect(self.changed)
                layout.addWidget(self.rows[spec.name])
        self.set_config(self._config)

    @property
    def is_needed(self) -> bool:
        """Whether any of its fields is to be seen now."""
        return any(map(self._is_seen, self.rows.values()))

    def set_simple(self, is_simple: bool) -> None:
        """Whether fields that only experts need are left out."""
        self._is_simple = is_simple
        self.set_config(self._config)

    def _is_seen(self, row: FieldRow) -> bool:
        return row.spec.is_relevant(self._config) and not (
            self._is_simple and row.spec.text.is_expert
        )

    def _align(self) -> None:
        """Let the editors begin below each other, whatever their titles need."""
        seen = [row.title.sizeHint().width() for row in self.rows.values() if self._is_seen(row)]
        for row in self.rows.values():
            row.title.setMinimumWidth(max(seen, default=0))

    def set_config(self, config: Configuration, usual: Configuration | None = None) -> None:
        """Show what `config` says, and what is not `usual` in it; nothing is emitted."""
        self._config = config
        for row in self.rows.values():
            row.set_config(config, usual)
            row.setVisible(self._is_seen(row))
            set_property(row.title, "tone", "" if row.is_default else "changed")
        self._align()
        for title, members in self._titles:
            title.setVisible(any(self._is_seen(self.rows[spec.name]) for spec in members))
        self.updateGeometry()  # whoever holds the form has not heard of rows that never were seen

    def set_choices(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these (value, title) pairs for a field whose choices are found at run time."""
        editor = self.rows[name].editor
        if isinstance(editor, ChoiceField):
            editor.set_choices(choices)
