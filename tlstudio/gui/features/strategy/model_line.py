"""The chosen model in one line that leads to the picker, or says that its weights are missing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, plain_tip, set_property
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import hstack

HEIGHT_PX = 34


class ModelLine(QWidget):
    """Title and facts of a model; a click asks for another one.

    Signals:
        clicked(): another model is wanted.
        download_requested(): its weights are wanted on this machine.
    """

    clicked = Signal()
    download_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton()
        # a button's own policy would make the panel as wide as the words
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.setFixedHeight(HEIGHT_PX)
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.clicked.connect(self.clicked)
        self.title = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.facts = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.facts.setProperty("role", "hint")
        self.change = label(self.tr("change"), "hint")
        self.change.setProperty("tone", "link")
        hstack(
            IconLabel("model", 16),
            self.title,
            (self.facts, 1),
            self.change,
            spacing=theme.GRID,
            margins=(10, 0, 10, 0),
            parent=self.button,
        )
        for child in self.button.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.download = IconButton("", "download", "", self.download_requested.emit)
        hstack((self.button, 1), self.download, spacing=theme.GRID // 2, parent=self)

    def show_model(self, title: str, facts: str) -> None:
        """Show the model with its facts."""
        self.title.set_text(title)
        self.facts.set_text(facts)
        set_property(self.facts, "tone", "")
        self.button.setAccessibleName(self.tr("Model: {title}").format(title=title))
        self.button.setToolTip(self.tr("Choose another model"))
        self.change.show()
        self.download.hide()

    def show_weights(self, short: str, text: str, download: str, *, is_warning: bool) -> None:
        """Say in place of the facts what is to be known of the weights.

        Args:
            short: in the line.
            text: in whole sentences, for the tooltip.
            download: what a button beside says; empty for no button.
            is_warning: whether nothing can be trained until it is mended.
        """
        self.facts.set_text(short)
        set_property(self.facts, "tone", "warning" if is_warning else "")
        self.button.setToolTip(plain_tip(f"{text}\n{self.tr('Choose another model')}"))
        self.button.setAccessibleDescription(text)
        self.download.setText(download)
        self.download.setVisible(bool(download))
        self.change.setVisible(not download)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT_PX)
