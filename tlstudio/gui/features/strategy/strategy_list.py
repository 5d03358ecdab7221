"""The freeze strategies as presets to choose from, each with a small picture of its plan."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from tlstudio.core.strategies import STRATEGIES, PlanOptions, RateRule
from tlstudio.core.strategies.timeline import PlanTimeline, sketch
from tlstudio.gui.features.strategy.rate_colours import rate_colour
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import hstack, vstack

CUSTOM = "custom"
CELL_PX, GAP_PX = QSize(6, 2), 1
OFF = 0.4  # opacity of what cannot be chosen


class StrategyGlyph(QWidget):
    """Epochs from left to right, stages from the input down to the head; strong learns fast."""

    def __init__(self, plan: PlanTimeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = plan
        self.setFixedSize(self.sizeHint())

    def set_plan(self, plan: PlanTimeline) -> None:
        self._plan = plan
        self.update()

    def sizeHint(self) -> QSize:
        wide = self._plan.epochs * (CELL_PX.width() + GAP_PX) - GAP_PX
        return QSize(wide, len(self._plan.rows) * (CELL_PX.height() + GAP_PX) - GAP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, plan = QPainter(self), self._plan
        painter.setOpacity(1.0 if self.isEnabled() else OFF)
        frozen = QColor(theme.current().raised)
        for row, stage in enumerate(plan.rows):
            for epoch in range(1, plan.epochs + 1):
                x = (epoch - 1) * (CELL_PX.width() + GAP_PX)
                y = row * (CELL_PX.height() + GAP_PX)
                rate = plan.rate(row, epoch)
                colour = frozen
                if rate is not None:
                    colour = rate_colour(stage.start, rate, plan.fastest, plan.slowest)
                painter.fillRect(QRectF(x, y, CELL_PX.width(), CELL_PX.height()), colour)


class StrategyRow(QWidget):
    """The row of a strategy: its button, and its picture, which can be clicked as well."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        spec = STRATEGIES[name]
        self.button = QRadioButton(core_text(spec.title))
        self.button.setProperty("strategy", name)
        self.button.setAccessibleDescription(core_text(spec.help))
        self.glyph = StrategyGlyph(sketch(name, PlanOptions()))
        hstack((self.button, 1), self.glyph, spacing=theme.GRID, parent=self)
        self.glyph.setVisible(name != CUSTOM)  # its ticks are in the tree, not in a picture

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() is Qt.MouseButton.LeftButton:
            self.button.click()


class StrategyList(QWidget):
    """A row for each strategy and a line about the chosen one.

    ``custom`` is a state, not an offer: it is shown only while layers are ticked by hand.

    Signals:
        chosen(str): name of the strategy that a person chose.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, StrategyRow] = {}
        self.buttons: dict[str, QRadioButton] = {}
        self._rule: RateRule = PlanOptions().rate_rule
        self._group = QButtonGroup(self)
        self.help = label("", "hint", wrap=True)
        layout = vstack(spacing=theme.GRID - 2, parent=self)
        for spec in STRATEGIES:
            row = self.rows[spec.name] = StrategyRow(spec.name)
            self.buttons[spec.name] = row.button
            self._group.addButton(row.button)
            row.setVisible(spec.name != CUSTOM)
            layout.addWidget(row)
        layout.addSpacing(2)
        layout.addWidget(self.help)
        self._group.buttonClicked.connect(self._on_clicked)
        self.set_has_weights(True)

    def set_strategy(self, name: str, rule: RateRule = "backbone") -> None:
        """Show that `name` is chosen, with this rule for the backbone; nothing is emitted."""
        self.buttons[name].setChecked(True)
        self.rows[CUSTOM].setVisible(name == CUSTOM)
        self.help.setText(core_text(STRATEGIES[name].help))
        if rule != self._rule:
            self._rule = rule
            for spec in STRATEGIES:
                if spec.has_rates:
                    plan = sketch(spec.name, PlanOptions(rate_rule=rule))
                    self.rows[spec.name].glyph.set_plan(plan)

    def set_has_weights(self, has_weights: bool) -> None:
        """Without pretrained weights there is nothing worth keeping frozen."""
        for name, row in self.rows.items():
            possible = has_weights or STRATEGIES[name].initialisation != "pretrained"
            for part in (row.button, row.glyph):
                part.setEnabled(possible)
            reason = self.tr("This model has no pretrained weights.")
            tip = core_text(STRATEGIES[name].help) if possible else reason
            row.button.setToolTip(tip)
            row.glyph.setToolTip(tip + "\n" + self._legend() if possible else tip)

    def _legend(self) -> str:
        return self.tr(
            "Across: epochs. Down: stages from the input to the head. Strong colours learn fast, "
            "grey is frozen; orange begins at random, green as a linear probe."
        )

    def _on_clicked(self, button: QRadioButton) -> None:
        self.chosen.emit(str(button.property("strategy")))
