"""A popup with further filters of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from tlstudio.core.networks.catalog import ModelFilter, ModelSpec
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.popup import Popup

MAX_PARAMETERS = (2, 5, 10, 25, 50, 100, 400)  # millions
MAX_INPUT_PX = (32, 64, 128, 224, 256, 384, 512)
FIELD_PX = 240
VISIBLE_FAMILIES = 16


class ModelFilterPopup(Popup):
    """Family, size, input and weights.

    Signals:
        changed(ModelFilter): a person looks for something else.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = ModelFilter()
        self.family = self._field(self.tr("Family"))
        self.family.setMaxVisibleItems(VISIBLE_FAMILIES)
        self.parameters = self._field(self.tr("Parameters"))
        self.input = self._field(self.tr("Input size"))
        self.with_weights = QCheckBox(self.tr("With pretrained weights"))
        self.ready = QCheckBox(self.tr("Weights on this machine"))
        any_size, at_most = self.tr("Any"), self.tr("At most {value}")
        self.parameters.set_choices(
            [("", any_size)]
            + [
                (str(million * 10**6), at_most.format(value=formats.compact(million * 10**6)))
                for million in MAX_PARAMETERS
            ]
        )
        self.input.set_choices(
            [("", any_size)]
            + [(str(side), at_most.format(value=f"{side} px")) for side in MAX_INPUT_PX]
        )
        self._lay_out()
        for field in (self.family, self.parameters, self.input):
            field.chosen.connect(self._on_changed)
        for box in (self.with_weights, self.ready):
            box.clicked.connect(self._on_changed)

    def set_filter(self, wanted: ModelFilter) -> None:
        """Show `wanted`; nothing is emitted."""
        self.filter = wanted
        self.family.set_value(wanted.family)
        self.parameters.set_value(str(wanted.max_parameters or ""))
        self.input.set_value(str(wanted.max_input_px or ""))
        self.with_weights.setChecked(wanted.with_weights or wanted.ready)
        self.with_weights.setEnabled(not wanted.ready)  # these are, anyway
        self.ready.setChecked(wanted.ready)

    def set_families(self, models: Iterable[ModelSpec]) -> None:
        """Offer the families of these models, each with its number of models."""
        counts = Counter(model.family for model in models)
        if self.filter.family:
            counts.setdefault(self.filter.family, 0)
        names = sorted(counts, key=str.casefold)
        title = self.tr("{family} ({count})")
        self.family.clear()
        self.family.set_choices(
            [("", self.tr("Any"))]
            + [(name, title.format(family=shown(name), count=counts[name])) for name in names]
        )
        self.family.set_value(self.filter.family)

    def open_below(self, anchor: QWidget) -> None:
        """Show it below `anchor`."""
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + theme.GRID // 2))
        self.open_at(QRect(below, self.sizeHint()), anchor)
        self.family.setFocus()

    def _on_changed(self, _: object) -> None:
        self.filter = replace(
            self.filter,
            family=self.family.value,
            max_parameters=int(self.parameters.value) if self.parameters.value else None,
            max_input_px=int(self.input.value) if self.input.value else None,
            # what is ticked because of the other box is not wanted by itself
            with_weights=self.with_weights.isChecked() and self.with_weights.isEnabled(),
            ready=self.ready.isChecked(),
        )
        self.set_filter(self.filter)
        self.changed.emit(self.filter)

    def _field(self, name: str) -> ChoiceField:
        field = ChoiceField()
        field.setAccessibleName(name)
        field.setMinimumWidth(FIELD_PX)
        return field

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        side = 2 * theme.GRID
        layout.setContentsMargins(side, side, side, side)
        layout.setHorizontalSpacing(2 * theme.GRID)
        layout.setVerticalSpacing(theme.GRID)
        fields = (self.family, self.parameters, self.input)
        for row, field in enumerate(fields):
            title = label(field.accessibleName())
            title.setBuddy(field)
            layout.addWidget(title, row, 0)
            layout.addWidget(field, row, 1)
        layout.addWidget(self.with_weights, len(fields), 1)
        layout.addWidget(self.ready, len(fields) + 1, 1)
