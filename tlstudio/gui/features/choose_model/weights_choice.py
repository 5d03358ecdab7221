"""The choice among the pretrained weights of one network, and what is known of each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from tlstudio.core.networks.catalog import ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.licences import is_noncommercial
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import IconLabel, label, plain_tip
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.family_note import PaperLink
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.weights_texts import PLACE_ICONS

IMAGENET_CLASSES = 1000


class WeightsChoice(QWidget):
    """The choice of weights, with accuracy, input and place; facts about the chosen ones below.

    Signals:
        chosen(str): name of the weights; empty for the default ones.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "config.weights")
        self._spec: ModelSpec | None = None
        self._default = ""
        self.box = ChoiceField()
        self.box.setAccessibleName(self.tr("Pretrained weights"))
        self.only = ElidedLabel()
        self.facts = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.facts.setProperty("role", "hint")
        self.facts.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.licence_link = PaperLink()
        self.recipe = PaperLink()
        self.warning_icon = IconLabel("warning", 16, "warning")
        self.warning = label(
            self.tr(
                "Their licence allows no commercial use. "
                "That may hold for what is trained from them, too."
            ),
            "hint",
            wrap=True,
        )
        self.warning.setProperty("tone", "warning")
        self._warning = QWidget()
        self._lay_out()
        self.box.chosen.connect(self._on_chosen)

    def show_weights(self, spec: ModelSpec, weights: WeightsSpec | None) -> None:
        """Show the weights of `spec`; `weights` are the chosen ones."""
        self._spec = spec
        self._default = spec.weights[0].name if spec.weights else ""
        self._fill(spec)
        several = len(spec.weights) > 1
        if weights is not None:
            self.box.set_value(weights.name)
            self.box.setToolTip(plain_tip(self._line(weights)))
            self.only.set_text(weights.name)
        else:
            self.only.set_text(self.tr("There are none: it can be trained from scratch only."))
        self.stack.setCurrentWidget(self.box if several else self.only)
        self.facts.set_text(self._facts(weights) if weights else "")
        self.facts.updateGeometry()
        self._show_links(weights)

    def _fill(self, spec: ModelSpec) -> None:
        self.box.clear()
        widest = 0
        metrics = QFontMetrics(self.box.font())
        for number, weights in enumerate(spec.weights):
            line = self._line(weights)
            if number == 0 and len(spec.weights) > 1:
                line = self.tr("{weights} (default)").format(weights=line)
            self.box.addItem(icons.icon(PLACE_ICONS[weights.place]), line, weights.name)
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
        if weights.size_bytes:
            parts.append(formats.file_size(weights.size_bytes))
        if weights.num_classes not in (0, IMAGENET_CLASSES):
            classes = formats.count(weights.num_classes)
            parts.append(self.tr("{classes} outputs").format(classes=classes))
        elif not weights.num_classes:
            parts.append(self.tr("without a head"))
        if weights.licence in ("", "unknown"):
            if weights.place is not WeightsPlace.ON_BOARD:
                parts.append(self.tr("no licence stated"))
        elif not _is_address(weights.licence):
            parts.append(self.tr("licence {licence}").format(licence=weights.licence))
        if weights.place is WeightsPlace.REMOTE and not weights.has_checksum:
            parts.append(self.tr("no checksum stated"))
        return " · ".join(parts)

    def _show_links(self, weights: WeightsSpec | None) -> None:
        recipe, licence = (weights.recipe_url, weights.licence) if weights else ("", "")
        tip = self.tr("Opens {url} in the browser")
        for link, text, address in (
            (self.licence_link, self.tr("Licence"), licence),
            (self.recipe, self.tr("Recipe"), recipe),
        ):
            link.setVisible(_is_address(address))
            if _is_address(address):
                link.set_link(text, address, tip.format(url=address))
        self._warning.setVisible(is_noncommercial(licence))

    def _on_chosen(self, name: str) -> None:
        self.chosen.emit("" if name == self._default else name)

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.stack.addWidget(self.box)
        self.stack.addWidget(self.only)
        terms = hstack(
            self.facts, self.licence_link, self.recipe, Stretch(), spacing=2 * theme.GRID
        )
        hstack(
            (self.warning_icon, Qt.AlignmentFlag.AlignTop),
            (self.warning, 1),
            spacing=theme.GRID,
            parent=self._warning,
        )
        vstack(self.stack, terms, self._warning, spacing=theme.GRID // 2, parent=self)


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))
