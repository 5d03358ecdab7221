"""The line that says which values of deep images are shown as black and as white, to change."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.values import VALUE_PRESETS, ValueFacts, ValueRange
from tlstudio.core.numbers import NumberRange
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label, plain_tip
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack
from tlstudio.gui.kit.number_field import NumberField

AUTO, CUSTOM = "auto", "custom"
_FIELD_PX, _CHOICE_PX = 96, 208


class ValuesLine(QWidget):
    """A preset and two numbers; hidden for datasets without deep images.

    Signals:
        values_wanted(ValueRange | None): a person wants this range; None for the studio's rule.
    """

    values_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "value-range")
        self._values: ValueRange | None = None
        self._facts: ValueFacts | None = None
        self.preset = ChoiceField()
        self.preset.setAccessibleName(self.tr("Value range"))
        self.preset.setFixedWidth(_CHOICE_PX)
        self.low, self.high = NumberField(NumberRange()), NumberField(NumberRange())
        for field, name in (
            (self.low, self.tr("Shown as black")),
            (self.high, self.tr("Shown as white")),
        ):
            field.setAccessibleName(name)
            field.setToolTip(plain_tip(name))
            field.setFixedWidth(_FIELD_PX)
            field.finished.connect(self._on_finished)
        self.facts = label("", "hint")
        self.preset.chosen.connect(self._on_chosen)
        hstack(
            label(self.tr("Value range"), "hint"),
            self.preset,
            self.low,
            label(self.tr("to"), "hint"),
            self.high,
            self.facts,
            Stretch(),
            spacing=theme.GRID,
            parent=self,
        )

    def set_index(self, index: DatasetIndex) -> None:
        """Show the range of this dataset."""
        self._values, self._facts = index.values, index.value_facts
        self.setVisible(index.values is not None)
        if index.values is None:
            return
        self.low.show_number(index.values.low)
        self.high.show_number(index.values.high)
        presets = [(row.name, core_text(row.title)) for row in VALUE_PRESETS]
        self.preset.clear()
        self.preset.set_choices([*presets, (CUSTOM, self.tr("Other values"))])
        self.preset.set_value(AUTO if index.options.values is None else self._name_of(index.values))
        if self._facts is not None:
            low, high = ValueRange.of(self._facts.low, self._facts.high).words
            self.facts.setText(
                self.tr("The images have {low} to {high}.").format(low=low, high=high)
            )
        self.facts.setVisible(self._facts is not None)

    def _name_of(self, values: ValueRange) -> str:
        facts = self._facts
        rows = VALUE_PRESETS[1:] if facts is not None else ()
        return next((r.name for r in rows if facts and r.range_of(facts) == values), CUSTOM)

    def _on_chosen(self, name: str) -> None:
        preset = next((row for row in VALUE_PRESETS if row.name == name), None)
        if preset is None or self._facts is None:
            self.low.setFocus()
        elif name == AUTO:
            self.values_wanted.emit(None)
        else:
            self.values_wanted.emit(preset.range_of(self._facts))

    def _on_finished(self) -> None:
        low, high = self.low.number, self.high.number
        if low is None or high is None or self._values is None or not low < high:
            return
        values = ValueRange(low, high)
        if values != self._values:
            self.values_wanted.emit(values)
