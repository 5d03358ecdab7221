"""The form of changes at the input of a network: input size, its cut, colours, stem."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from tlstudio.core.config.fields import FieldSpec
from tlstudio.core.errors import ConfigError, TLStudioError
from tlstudio.core.networks.build_config import build_config
from tlstudio.core.networks.catalog import ModelSpec, SizeRule
from tlstudio.core.networks.inputs import INPUT_SETTINGS
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label, plain_tip, set_property
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_hint, error_text

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig

PRESETS_PX = (32, 64, 96, 128, 192, 224, 256, 384)
COLUMNS_FROM_PX = 560


class SizeField(QComboBox):
    """A number of pixels: one of a few, or another that is typed.

    Signals:
        edited(str): the text changed by typing, which may go on.
        typed(str): a person chose or typed this.
    """

    edited = Signal(str)
    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumContentsLength(8)
        edit = self.lineEdit()
        assert edit is not None
        edit.setCompleter(None)  # type: ignore[arg-type]  # it would turn 32 into 320
        self._edit = edit
        self.activated.connect(self._on_activated)
        edit.textEdited.connect(self.edited)
        edit.editingFinished.connect(self._on_finished)
        self._shown = ""

    @property
    def is_being_typed(self) -> bool:
        return self._edit.hasFocus() and self._edit.text() != self._shown

    def set_sizes(self, sizes: Mapping[int, str], shown_px: int) -> None:
        """Offer these sizes under their titles; show one size, which may be another."""
        self.clear()
        for side, title in sizes.items():
            self.addItem(title, side)
        self.setCurrentIndex(self.findData(shown_px))
        self._shown = f"{shown_px} px"
        self._edit.setText(self._shown)

    def _on_activated(self, row: int) -> None:
        self._edit.setText(f"{self.itemData(row)} px")
        self._on_finished()

    def _on_finished(self) -> None:
        if self._edit.text() != self._shown:
            self._shown = self._edit.text()
            self.typed.emit(self._shown)


class InputsForm(QWidget):
    """Fields side by side, in two rows, or below each other where there is no room.

    Signals:
        changed(str, object): name of the setting and its new value.
        problem_changed(str, str, object): name, what was typed, and the error in it or None.
    """

    changed = Signal(str, object)
    problem_changed = Signal(str, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from tlstudio.core.config import FIELD_BY_NAME

        self._config: RunConfig | None = None
        self._spec: ModelSpec | None = None
        self._problems: Mapping[str, TLStudioError] = {}
        self._size_problem: TLStudioError | None = None  # in what was typed
        self._columns: bool | None = None
        fields: dict[str, FieldSpec] = {name: FIELD_BY_NAME[name] for name in INPUT_SETTINGS}
        self._range = fields["image_px"].range
        self.image_px = SizeField()
        self.crop_mode = _choices(fields["crop_mode"])
        self.colours = _choices(fields["colours"])
        self.stem = _choices(fields["stem"])
        self.fields: dict[str, QComboBox] = dict(
            zip(
                INPUT_SETTINGS,
                (self.image_px, self.crop_mode, self.colours, self.stem),
                strict=True,
            )
        )
        self.hints: dict[str, QLabel] = {
            name: label("", "hint", wrap=True) for name in INPUT_SETTINGS
        }
        self._titles: dict[str, QLabel] = {}
        for name, field in self.fields.items():
            title, help_text = core_text(fields[name].text.title), core_text(fields[name].text.help)
            field.setAccessibleName(title)
            field.setAccessibleDescription(help_text)
            field.setToolTip(plain_tip(help_text))
            self._titles[name] = label(title)
            self._titles[name].setBuddy(field)
            for part in (field, self._titles[name], self.hints[name]):
                explain(part, f"config.{name}")
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(2 * theme.GRID)
        self._layout.setVerticalSpacing(theme.GRID // 2)
        self._arrange(columns=False)
        self.image_px.edited.connect(self._on_size_edited)
        self.image_px.typed.connect(self._on_size)
        self.crop_mode.chosen.connect(self._on_crop_mode)
        self.colours.chosen.connect(self._on_colours)
        self.stem.chosen.connect(self._on_stem)

    def show_inputs(
        self, config: RunConfig, spec: ModelSpec, problems: Mapping[str, TLStudioError]
    ) -> None:
        """Show what `config` asks for; `problems` tells which settings the network refuses."""
        self._config, self._spec, self._problems = config, spec, problems
        if self._size_problem is None and not self.image_px.is_being_typed:
            self._show_size(config, spec)
        self._show_crop_mode(config, spec)
        self._show_colours(config, spec)
        self._show_stem(config)

    def show_problems(self, names: Container[str]) -> None:
        """Show the size in force again if what was typed in its place is forgotten."""
        if self._size_problem is not None and "image_px" not in names:
            self._size_problem = None
            if self._config is not None and self._spec is not None:
                self._show_size(self._config, self._spec)

    # -- showing ---------------------------------------------------------------------------------

    def _show_size(self, config: RunConfig, spec: ModelSpec) -> None:
        own = _own(config, spec).crop_px
        sizes = {own: self.tr("{side} px, as its weights expect").format(side=own)}
        if not spec.weights:
            sizes = {own: self.tr("{side} px, as it was built for").format(side=own)}
        for side in PRESETS_PX:
            preset = config.model_copy(update={"image_px": side})  # a valid one
            if side != own and _refusal(preset, spec) is None:
                sizes[side] = f"{side} px"
        self.image_px.set_sizes(sizes, config.image_px or own)
        fixed = spec.size_rule is SizeRule.FIXED
        self.image_px.setEnabled(not fixed or bool(config.image_px))
        if fixed:
            hint = self.tr("It takes this size only.")
        else:
            hint = self.tr("At least {side} px").format(side=spec.min_input_px)
            hint = hint if spec.min_input_px > PRESETS_PX[0] else ""
        self._hint("image_px", hint)

    def _show_crop_mode(self, config: RunConfig, spec: ModelSpec) -> None:
        self.crop_mode.set_value(config.crop_mode)
        hint = ""
        if config.crop_mode == "own":
            own = _own(config, spec).crop_mode
            hint = (
                self.tr("They were trained on squashed images.")
                if own == "squash"
                else self.tr("What is wide or tall loses its ends.")
            )
        self._hint("crop_mode", hint)

    def _show_colours(self, config: RunConfig, spec: ModelSpec) -> None:
        grey = _own(config, spec).channels == 1
        problem = self._problems.get("colours")
        self.colours.set_value("grey" if grey else config.colours)
        is_grey = config.colours == "grey"
        self.colours.setEnabled(not grey and (problem is None or is_grey))
        if grey:
            hint = self.tr("It was made for grey images.")
        elif problem is not None:
            hint = error_text(problem)
        elif is_grey:
            hint = ""
        else:
            hint = self.tr("Grey photos come in as three equal channels.")
        self._hint("colours", hint)

    def _show_stem(self, config: RunConfig) -> None:
        problem = self._problems.get("stem")
        self.stem.set_value(config.stem)
        self.stem.setEnabled(problem is None or config.stem != "original")
        hint = error_text(problem) if problem is not None else ""
        self._hint("stem", hint or self.tr("The small one is for images of 32 to 64 px."))

    def _hint(self, name: str, text: str, *, is_wrong: bool = False) -> None:
        self.hints[name].setText(text)
        self.hints[name].setVisible(bool(text))
        set_property(self.hints[name], "tone", "wrong" if is_wrong else "")
        set_property(self.fields[name], "problem", is_wrong)

    # -- what a person does ----------------------------------------------------------------------

    def _on_size_edited(self, typed: str) -> None:
        """A fault is known at once, and told when the field is left."""
        try:
            self._side(typed)
        except TLStudioError as error:
            self._set_size_problem(typed, error)
        else:
            self._set_size_problem(typed, None)

    def _on_size(self, typed: str) -> None:
        if self._config is None or self._spec is None:
            return
        try:
            side = self._side(typed)
        except TLStudioError as error:
            self._set_size_problem(typed, error)
            self._hint("image_px", error_hint(error) or error_text(error), is_wrong=True)
            return
        self._set_size_problem(typed, None)
        if side == self._config.image_px:
            self._show_size(self._config, self._spec)
        else:
            self.changed.emit("image_px", side)

    def _set_size_problem(self, typed: str, error: TLStudioError | None) -> None:
        if error != self._size_problem:
            self._size_problem = error
            self.problem_changed.emit("image_px", typed, error)

    def _on_crop_mode(self, value: str) -> None:
        self.changed.emit("crop_mode", value)

    def _on_colours(self, value: str) -> None:
        self.changed.emit("colours", value)

    def _on_stem(self, value: str) -> None:
        self.changed.emit("stem", value)

    def _side(self, typed: str) -> int:
        """The size that was typed; 0 for what is usual, which an empty field means as well.

        Raises:
            TLStudioError: it is no size, or the network does not take such images.
        """
        if self._config is None or self._spec is None or not typed.strip():
            return 0
        side = int(self._range.read(typed))
        if side == _own(self._config, self._spec).crop_px:
            side = 0
        refusal = _refusal(self._config.model_copy(update={"image_px": side}), self._spec)
        if refusal is not None:
            raise ConfigError(refusal.sentence, "", **refusal.values)  # which says what to type
        return side

    # -- layout ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(columns=event.size().width() >= COLUMNS_FROM_PX)

    def _arrange(self, *, columns: bool) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        top = Qt.AlignmentFlag.AlignTop
        self._layout.setVerticalSpacing(theme.GRID // (2 if columns else 1))
        across = 2 if columns else 1
        for column in range(2):
            self._layout.setColumnStretch(column, 1 if columns else int(column == 1))
        for number, name in enumerate(INPUT_SETTINGS):
            title, field, hint = self._titles[name], self.fields[name], self.hints[name]
            row, column = divmod(number, across)
            hint.setContentsMargins(0, 0, 0, theme.GRID if columns else 0)  # off the next title
            if columns:
                self._layout.addWidget(title, 3 * row, column)
                self._layout.addWidget(field, 3 * row + 1, column)
                self._layout.addWidget(hint, 3 * row + 2, column, top)
            else:
                self._layout.addWidget(title, 2 * row, 0)
                self._layout.addWidget(field, 2 * row, 1)
                self._layout.addWidget(hint, 2 * row + 1, 1)


def _choices(spec: FieldSpec) -> ChoiceField:
    choices = spec.text.choices or {}
    return ChoiceField((value, core_text(title)) for value, title in choices.items())


def _own(config: RunConfig, spec: ModelSpec) -> Preprocessing:
    """Return the size that the chosen weights expect, or that the network was built for."""
    try:
        weights = spec.weights_named(config.weights)
    except ConfigError:
        weights = None
    return weights.preprocessing if weights else spec.preprocessing


def _refusal(config: RunConfig, spec: ModelSpec) -> TLStudioError | None:
    """Why the network does not take the images of `config`; None if it does."""
    try:
        build_config(config, spec)
    except TLStudioError as error:
        return error
    return None
