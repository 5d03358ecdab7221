"""The choice among the pretrained weights of one network, and what is known of each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from tlstudio.core.catalog import ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.licences import is_noncommercial
from tlstudio.core.preprocessing import Preprocessing
from tlstudio.gui import formats, icons, theme
from tlstudio.gui.models.model_table_model import PLACE_ICONS
from tlstudio.gui.widgets.basics import IconLabel, label
from tlstudio.gui.widgets.choice_field import ChoiceField
from tlstudio.gui.widgets.elided_label import ElidedLabel
from tlstudio.gui.widgets.family_note import PaperLink

IMAGENET_CLASSES = 1000


class WeightsChoice(QWidget):
    """Every set of weights with its accuracy, input and place; facts about the chosen one below.

    Signals:
        chosen(str): name of the weights; empty for the default ones.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = ChoiceField()
        self.box.setAccessibleName(self.tr("Pretrained weights"))
        self.only = ElidedLabel()
        self.facts = label("", "hint", wrap=True)
        self.preprocessing = label("", "hint", wrap=True)
        self.licence = label("", "hint")
        self.licence_link = PaperLink()
        self.recipe = PaperLink()
        self.warning_icon = IconLabel("warning", 16, "warning")
        self.warning = label("", "hint", wrap=True)
        self.warning.setProperty("tone", "warning")
        self._warning = QWidget()
        self._lay_out()
        self.box.chosen.connect(self._on_chosen)
        self._default = ""

    def show_weights(self, spec: ModelSpec, weights: WeightsSpec | None) -> None:
        """Show the weights of `spec`; `weights` are the chosen ones."""
        self._default = spec.weights[0].name if spec.weights else ""
        self._fill(spec)
        several = len(spec.weights) > 1
        if weights is not None:
            self.box.set_value(weights.name)
            self.box.setToolTip(self._line(weights))
            self.only.set_text(weights.name)
        else:
            self.only.set_text(self.tr("There are none: it can be trained from scratch only."))
        self.stack.setCurrentWidget(self.box if several else self.only)
        self.facts.setText(self._facts(weights) if weights else "")
        self.facts.setVisible(bool(self.facts.text()))
        expected = weights.preprocessing if weights else spec.inputs
        self.preprocessing.setText(self._preprocessing(expected))
        self._show_licence(weights)

    def _fill(self, spec: ModelSpec) -> None:
        self.box.clear()
        widest = 0
        metrics = QFontMetrics(self.box.font())
        for number, weights in enumerate(spec.weights):
            line = self._line(weights)
            if number == 0 and len(spec.weights) > 1:
                line = self.tr("{weights} (default)").format(weights=line)
            icon = icons.icon(PLACE_ICONS[weights.place], theme.current().text_soft)
            self.box.addItem(icon, line, weights.name)
            widest = max(widest, metrics.horizontalAdvance(line))
        # the list may be wider than the field
        self.box.view().setMinimumWidth(widest + 8 * theme.GRID)

    def _line(self, weights: WeightsSpec) -> str:
        parts = [weights.name]
        if weights.imagenet_top1 is not None:
            parts.append(
                self.tr("top-1 {top1}").format(top1=formats.percent(weights.imagenet_top1))
            )
        parts.append(f"{weights.preprocessing.crop_px} px")
        if is_noncommercial(weights.licence):
            parts.append(self.tr("not for commercial use"))
        return " · ".join(parts)

    def _facts(self, weights: WeightsSpec) -> str:
        parts = []
        if weights.imagenet_top1 is not None:
            top1 = formats.percent(weights.imagenet_top1)
            parts.append(self.tr("ImageNet top-1 {top1}").format(top1=top1))
        if weights.num_classes not in (0, IMAGENET_CLASSES):
            classes = formats.count(weights.num_classes)
            parts.append(self.tr("{classes} outputs").format(classes=classes))
        elif not weights.num_classes:
            parts.append(self.tr("without a head"))
        if weights.size_bytes:
            parts.append(formats.file_size(weights.size_bytes))
        return " · ".join(parts)

    def _preprocessing(self, pre: Preprocessing) -> str:
        mean = ", ".join(f"{value:.3f}" for value in pre.mean[: pre.channels])
        std = ", ".join(f"{value:.3f}" for value in pre.std[: pre.channels])
        return self.tr(
            "Resize {resize} px, crop {crop} px, {interpolation}; mean {mean}; std {std}"
        ).format(
            resize=pre.resize_px,
            crop=pre.crop_px,
            interpolation=pre.interpolation,
            mean=mean,
            std=std,
        )

    def _show_licence(self, weights: WeightsSpec | None) -> None:
        licence = weights.licence if weights else ""
        address = licence if licence.startswith("https://") else ""
        known = bool(licence) and not address and licence != "unknown"
        if known:
            self.licence.setText(self.tr("Licence: {licence}").format(licence=licence))
        else:
            self.licence.setText(self.tr("Its library states no licence."))
        on_board = weights is not None and weights.place is WeightsPlace.ON_BOARD
        self.licence.setVisible(weights is not None and not address and (known or not on_board))
        tip = self.tr("Opens {url} in the browser")
        self.licence_link.setVisible(bool(address))
        if address:
            self.licence_link.set_link(self.tr("Licence"), address, tip.format(url=address))
        recipe = weights.recipe_url if weights else ""
        is_address = recipe.startswith(("https://", "http://"))
        self.recipe.setVisible(is_address)
        if is_address:
            self.recipe.set_link(self.tr("Recipe"), recipe, tip.format(url=recipe))
        self._warning.setVisible(is_noncommercial(licence))
        self.warning.setText(
            self.tr(
                "Their licence allows no commercial use. "
                "That may hold for what is trained from them, too."
            )
        )

    def _on_chosen(self, name: str) -> None:
        self.chosen.emit("" if name == self._default else name)

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.box)
        self.stack.addWidget(self.only)
        terms = QHBoxLayout()
        terms.setSpacing(2 * theme.GRID)
        terms.addWidget(self.licence)
        terms.addWidget(self.licence_link)
        terms.addWidget(self.recipe)
        terms.addStretch()
        warning = QHBoxLayout(self._warning)
        warning.setContentsMargins(0, 0, 0, 0)
        warning.setSpacing(theme.GRID)
        warning.addWidget(self.warning_icon, alignment=Qt.AlignmentFlag.AlignTop)
        warning.addWidget(self.warning, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID // 2)
        layout.addWidget(self.stack)
        layout.addWidget(self.facts)
        layout.addLayout(terms)
        layout.addWidget(self._warning)
        layout.addWidget(self.preprocessing)
