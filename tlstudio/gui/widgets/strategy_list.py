"""The freeze strategies as presets to choose from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui import theme
from tlstudio.gui.language import core_text
from tlstudio.gui.widgets.basics import label

CUSTOM = "custom"


class StrategyList(QWidget):
    """A radio button for each strategy and a line about the chosen one.

    ``custom`` is a state, not an offer: it is shown only while layers are ticked by hand.

    Signals:
        chosen(str): name of the strategy that a person chose.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self.help = label("", "hint", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        for spec in STRATEGIES:
            button = QRadioButton(core_text(spec.title))
            button.setToolTip(core_text(spec.help))
            button.setProperty("strategy", spec.name)
            button.setVisible(spec.name != CUSTOM)
            self._group.addButton(button)
            self.buttons[spec.name] = button
            layout.addWidget(button)
        layout.addWidget(self.help)
        self._group.buttonClicked.connect(self._on_clicked)

    def set_strategy(self, name: str) -> None:
        """Show that `name` is chosen; nothing is emitted."""
        self.buttons[name].setChecked(True)
        self.buttons[CUSTOM].setVisible(name == CUSTOM)
        self.help.setText(core_text(STRATEGIES[name].help))

    def set_has_weights(self, has_weights: bool) -> None:
        """Without pretrained weights there is nothing worth keeping frozen."""
        for name, button in self.buttons.items():
            possible = has_weights or STRATEGIES[name].initialisation != "pretrained"
            button.setEnabled(possible)
            reason = self.tr("This model has no pretrained weights.")
            button.setToolTip(core_text(STRATEGIES[name].help) if possible else reason)

    def _on_clicked(self, button: QRadioButton) -> None:
        self.chosen.emit(str(button.property("strategy")))
