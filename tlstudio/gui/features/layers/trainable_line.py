"""Shows how much of a network trains: a sentence, a thin bar, the share; below it a line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label, plain_tip, set_property
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack, vstack

STEPS = 1000
BAR_AT_LEAST_PX = 60


class TrainableLine(QWidget):
    """5,124 of 3.38 M train, the share, and below it the time or what else is to be said.

    Args:
        mark: stands at the end of the second line.
    """

    def __init__(self, mark: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "trainable")
        self.text = label()
        self.share = label()
        self.words = ElidedLabel(" ", where=Qt.TextElideMode.ElideRight)
        self.words.setProperty("role", "hint")
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(BAR_AT_LEAST_PX)
        row = hstack(self.text, (self.bar, 1), self.share, spacing=theme.GRID)
        below = hstack((self.words, 1), mark, spacing=theme.GRID)
        vstack(row, below, spacing=2, parent=self)
        self.clear()

    def set_parameters(self, trainable: int, total: int) -> None:
        """Show that `trainable` of `total` parameters train."""
        fraction = trainable / total if total else 0.0
        shown = formats.count(trainable) if trainable < 1e6 else formats.compact(trainable)
        whole = formats.count(total) if total < 1e6 else formats.compact(total)
        self.text.setText(
            self.tr("{trainable} of {total} train").format(trainable=shown, total=whole)
        )
        self.text.setToolTip(
            plain_tip(
                self.tr("Trainable parameters: {trainable} of {total}").format(
                    trainable=formats.count(trainable), total=formats.count(total)
                )
            )
        )
        self.share.setText(formats.percent(fraction))
        # a sliver stays visible as long as anything trains
        self.bar.setValue(max(round(STEPS * fraction), 8) if trainable else 0)

    def say(self, text: str, tone: str = "", tip: str = "") -> None:
        """Say something in the second line; an empty text keeps its place."""
        self.words.set_text(text or " ", tip)
        set_property(self.words, "tone", tone)

    def clear(self) -> None:
        """Show that nothing is known yet."""
        self.text.setText(self.tr("Trainable parameters"))
        self.text.setToolTip("")
        self.share.setText(formats.NONE)
        self.bar.setValue(0)
