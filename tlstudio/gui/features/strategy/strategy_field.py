"""The choice of a freeze strategy, each with a small picture of its plan."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPen
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
BOX_PX = 10
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
        key = name, rule
        if key not in self._glyphs:
            options = PlanOptions(rate_rule=rule)
            self._glyphs[key] = _ticks() if name == CUSTOM else _glyph(sketch(name, options))
        return self._glyphs[key]

    def _legend(self) -> str:
        return self.tr(
            "Across: epochs. Down: stages from the input to the head. Strong colours learn fast, "
            "grey is frozen; orange begins at random, green as a linear probe."
        )


def _ticks() -> QIcon:
    """Boxes, ticked and empty: which layers train is in the tree, not in a picture."""

    def paint(painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        tokens = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = rect.center().y() - BOX_PX // 2 + 0.5
        for number, is_ticked in enumerate((True, False, True)):
            box = QRectF(rect.left() + 0.5 + number * (BOX_PX + 4), top, BOX_PX, BOX_PX)
            painter.setPen(QColor(tokens.accent if is_ticked else tokens.text_faint))
            painter.setBrush(QColor(tokens.accent if is_ticked else tokens.surface))
            painter.drawRoundedRect(box, 2, 2)
            if is_ticked:
                painter.setPen(QPen(QColor(tokens.on_accent), 1.4))
                steps = ((0.25, 0.5), (0.45, 0.7), (0.78, 0.3))
                points = [box.topLeft() + QPointF(x, y) * BOX_PX for x, y in steps]
                painter.drawPolyline(points)

    return icons.drawn(paint)


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
