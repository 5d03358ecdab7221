"""What stands in the inspector: the settings above, and below them the tree of layers."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.layers.panel import LayerTreePanel
from tlstudio.gui.features.strategy.panel import StrategyPanel
from tlstudio.gui.kit.basics import line
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.session import Session

LOW_PX = 520


class Inspector(QWidget):
    """Puts together what the features know of a run that is yet to come."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = StrategyPanel(session, self)
        self.layers = LayerTreePanel(session, self)
        session.simple_changed.connect(self.layers.set_simple)
        self.layers.set_simple(session.is_simple)
        vstack(self.settings, line(), (self.layers, 1), spacing=0, parent=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.settings.set_low(self.height() < LOW_PX)
