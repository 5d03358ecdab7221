"""Chips of the filters in force; a click removes one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.networks.catalog import ModelFilter
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, plain_tip
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import Stretch, hstack

CHIP_TEXT_PX = 200
NOTHING: dict[str, object] = {
    "family": "",
    "max_parameters": None,
    "max_input_px": None,
    "with_weights": False,
    "ready": False,
}


class FilterChips(QWidget):
    """A row of chips; hidden while there is none.

    Signals:
        changed(ModelFilter): without what a person took away.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filter = ModelFilter()
        self.chips: dict[str, IconButton] = {}
        self.clear = IconButton(self.tr("Clear filters"), "", "link", self._on_cleared)
        self._layout = hstack(self.clear, Stretch(), spacing=theme.GRID, parent=self)
        # many chips do not make the page wider
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_filter(self, wanted: ModelFilter) -> None:
        """Show what `wanted` asks for, apart from words and libraries."""
        self._filter = wanted
        titles = self._titles(wanted)
        for field in [field for field in self.chips if field not in titles]:
            chip = self.chips.pop(field)
            self._layout.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for field, title in titles.items():
            if field not in self.chips:
                self.chips[field] = self._chip(field)
                self._layout.insertWidget(len(self.chips) - 1, self.chips[field])
            self._show(self.chips[field], title)
        self.clear.setVisible(len(titles) > 1)
        self.setVisible(bool(titles))

    def _titles(self, wanted: ModelFilter) -> dict[str, str]:
        titles: dict[str, str] = {}
        if wanted.family:
            titles["family"] = shown(wanted.family)
        if wanted.max_parameters is not None:
            most = formats.compact(wanted.max_parameters)
            titles["max_parameters"] = self.tr("≤ {most} parameters").format(most=most)
        if wanted.max_input_px is not None:
            titles["max_input_px"] = self.tr("Input ≤ {side} px").format(side=wanted.max_input_px)
        if wanted.with_weights:
            titles["with_weights"] = self.tr("With pretrained weights")
        if wanted.ready:
            titles["ready"] = self.tr("Weights on this machine")
        return titles

    def _chip(self, field: str) -> IconButton:
        chip = IconButton("", "close", "chip")
        chip.setIconSize(QSize(12, 12))
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross comes last
        chip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        chip.setProperty("field", field)
        chip.clicked.connect(self._on_clicked)
        return chip

    def _show(self, chip: IconButton, title: str) -> None:
        metrics = QFontMetrics(chip.font())
        elided = metrics.elidedText(title, Qt.TextElideMode.ElideRight, CHIP_TEXT_PX)
        chip.setText(elided)
        name = self.tr("Remove this filter: {filter}").format(filter=title)
        chip.setToolTip(plain_tip(name))
        chip.setAccessibleName(name)

    def _on_clicked(self) -> None:
        chip = self.sender()
        assert chip is not None
        field = str(chip.property("field"))
        self.changed.emit(replace(self._filter, **{field: NOTHING[field]}))  # type: ignore[arg-type]

    def _on_cleared(self) -> None:
        self.changed.emit(without_filters(self._filter))


def without_filters(wanted: ModelFilter) -> ModelFilter:
    """Return the filter with its words and libraries only."""
    return replace(wanted, **NOTHING)  # type: ignore[arg-type]
