"""The chosen model in one line that leads to the picker."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconLabel, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import hstack


class ModelLine(QPushButton):
    """Title and facts of a model; a click asks for another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # a button's own policy would make the panel as wide as the words
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.title = label()
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.facts = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.facts.setProperty("role", "hint")
        self._layout = hstack(
            IconLabel("model", 16),
            self.title,
            (self.facts, 1),
            IconLabel("next", 16),
            spacing=theme.GRID,
            margins=(12, 0, 12, 0),
            parent=self,
        )
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_model(self, title: str, facts: str) -> None:
        self.title.setText(title)
        self.facts.set_text(facts)
        self.facts.setVisible(bool(facts))
        self.setAccessibleName(self.tr("Model: {title}").format(title=title))
        self.setToolTip(self.tr("Choose another model"))

    def sizeHint(self) -> QSize:
        return self._layout.sizeHint().expandedTo(QSize(0, 36))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())
