"""The choice of a freeze strategy, each with a small picture of its plan."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QWidget

from tlstudio.core.strategies import STRATEGIES, PlanOptions, RateRule
from tlstudio.core.strategies.timeline import PlanTimeline, sketch
from tlstudio.gui.features.strategy.explained_choice import ExplainedChoice, ExplainedItem
from tlstudio.gui.features.strategy.rate_colours import rate_colour
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.language import core_text

CUSTOM = "custom"
GLYPH_PX = QSize(41, 17)
CELL_PX, GAP_PX = QSize(6, 2), 1
OFF = 0.4  # opacity of what cannot be chosen


class StrategyField(ExplainedChoice):
    """A drop-down of all strategies, and of the ticks that were made by hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(GLYPH_PX, parent)
        self.setAccessibleName(self.tr("Strategy"))
        self._glyphs: dict[tuple[str, RateRule], QIcon] = {}

    def set_strategy(
        self, name: str, rule: RateRule = "backbone", *, has_weights: bool = True
    ) -> None:
        """Show that `name` is chosen; nothing is emitted.

        Args:
            rule: for the learning rates of the backbone, which the pictures show.
            has_weights: whether the model has pretrained weights; without them there is nothing
                worth keeping frozen.
        """
        self.set_items(
            (self._item(spec.name, rule, has_weights=has_weights) for spec in STRATEGIES), name
        )
        self.setToolTip(plain_tip(core_text(STRATEGIES[name].help)))

    def _item(self, name: str, rule: RateRule, *, has_weights: bool) -> ExplainedItem:
        spec = STRATEGIES[name]
        possible = has_weights or spec.initialisation != "pretrained"
        sentence = core_text(spec.help)
        if not possible:
            sentence = self.tr("This model has no pretrained weights.")
        return ExplainedItem(
            name,
            core_text(spec.title),
            sentence,
            icon=self._glyph(name, rule),
            tip=self._legend() if possible and name != CUSTOM else "",
            is_possible=possible,
        )

    def _glyph(self, name: str, rule: RateRule) -> QIcon:
        if name == CUSTOM:
            return icons.blank()  # its ticks are in the tree, not in a picture
        key = name, rule
        if key not in self._glyphs:
            self._glyphs[key] = _glyph(sketch(name, PlanOptions(rate_rule=rule)))
        return self._glyphs[key]

    def _legend(self) -> str:
        return self.tr(
            "Across: epochs. Down: stages from the input to the head. Strong colours learn fast, "
            "grey is frozen; orange begins at random, green as a linear probe."
        )


def _glyph(plan: PlanTimeline) -> QIcon:
    """Epochs from left to right, stages from the input down to the head; strong learns fast."""

    def paint(painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.setOpacity(OFF if mode is QIcon.Mode.Disabled else 1.0)
        frozen = QColor(theme.current().line)
        for row, stage in enumerate(plan.rows):
            for epoch in range(1, plan.epochs + 1):
                x = rect.left() + (epoch - 1) * (CELL_PX.width() + GAP_PX)
                y = rect.top() + row * (CELL_PX.height() + GAP_PX)
                rate = plan.rate(row, epoch)
                colour = frozen
                if rate is not None:
                    colour = rate_colour(stage.start, rate, plan.fastest, plan.slowest)
                painter.fillRect(x, y, CELL_PX.width(), CELL_PX.height(), colour)

    return icons.drawn(paint)
