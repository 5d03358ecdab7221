"""Shows how much of a network trains: a sentence, a thin bar, and the forecast."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import hstack, vstack

STEPS = 1000


class TrainableLine(QWidget):
    """Trainable 5,124 of 3.38 M, the share, and a line about the time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = label("", "hint")
        self.share = label("", "hint")
        self.cost = label(" ", "hint")
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        row = hstack((self.text, 1), self.share)
        vstack(row, self.bar, self.cost, spacing=theme.GRID // 2, parent=self)
        self.clear()

    def set_parameters(self, trainable: int, total: int) -> None:
        """Show that `trainable` of `total` parameters train."""
        fraction = trainable / total if total else 0.0
        shown = formats.count(trainable) if trainable < 1e6 else formats.compact(trainable)
        whole = formats.count(total) if total < 1e6 else formats.compact(total)
        self.text.setText(
            self.tr("Trainable {trainable} of {total} parameters").format(
                trainable=shown, total=whole
            )
        )
        self.text.setToolTip(
            self.tr("{trainable} of {total}").format(
                trainable=formats.count(trainable), total=formats.count(total)
            )
        )
        self.share.setText(formats.percent(fraction))
        # a sliver stays visible as long as anything trains
        self.bar.setValue(max(round(STEPS * fraction), 8) if trainable else 0)

    def set_cost(self, text: str) -> None:
        """Show the forecast of a run; an empty text keeps its place."""
        self.cost.setText(text or " ")

    def clear(self) -> None:
        """Show that nothing is known yet."""
        self.text.setText(self.tr("Trainable parameters"))
        self.text.setToolTip("")
        self.share.setText(formats.NONE)
        self.bar.setValue(0)
