"""The charts of a run: loss, accuracy and learning rate over the epochs, while it goes.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QRegion
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QWidget

from tlstudio.core.runs.history import EpochRecord, History
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.history_plot import HistoryPlot, LegendKey, Scale, SeriesSpec

EXPORT_SCALE = 2


class HoverBox(QFrame):
    """All values of one epoch, beside the crosshair."""

    def __init__(self, train: SeriesSpec, val: SeriesSpec, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._epoch = label("", "section")
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setHorizontalSpacing(12)
        layout.setVerticalSpacing(4)
        layout.addWidget(self._epoch, 0, 0, 1, 2)
        for column, text in ((2, self.tr("loss")), (3, self.tr("accuracy"))):
            layout.addWidget(label(text, "hint"), 0, column, Qt.AlignmentFlag.AlignRight)
        self._cells: dict[str, QLabel] = {}
        for row, (key, spec) in enumerate((("train", train), ("val", val)), start=1):
            layout.addWidget(LegendKey(spec), row, 0)
            layout.addWidget(label(spec.title), row, 1)
            for column, name in ((2, "loss"), (3, "accuracy")):
                cell = self._cells[f"{key}_{name}"] = label("")
                layout.addWidget(cell, row, column, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(label(self.tr("Learning rate"), "hint"), 3, 0, 1, 2)
        self._rate = label("", "hint")
        layout.addWidget(self._rate, 3, 2, 1, 2, Qt.AlignmentFlag.AlignRight)
        self.hide()

    def show_record(self, record: EpochRecord, *, is_best: bool, joins: str = "") -> None:
        text = self.tr("Epoch {n}, the best") if is_best else self.tr("Epoch {n}")
        parts = (text.format(n=record.epoch), joins)
        self._epoch.setText(" · ".join(part for part in parts if part))
        self._cells["train_loss"].setText(formats.loss(record.train_loss))
        self._cells["val_loss"].setText(formats.loss(record.val_loss))
        self._cells["train_accuracy"].setText(formats.percent(record.train_accuracy))
        self._cells["val_accuracy"].setText(formats.percent(record.val_accuracy))
        self._rate.setText(formats.learning_rate(record.learning_rate))
        self.adjustSize()


class HistoryCharts(QWidget):
    """Three charts that share their epochs. Arrow keys move the crosshair, as the pointer does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = History()
        self._phases: dict[int, str] = {}
        self._pointed = 0
        train = SeriesSpec(self.tr("train"), "train", "o", dashed=True)
        val = SeriesSpec(self.tr("validation"), "val", "s")
        rate = SeriesSpec(self.tr("learning rate"), "text_soft", "", stepped=True)
        curves = {"train": train, "val": val}
        self.accuracy = HistoryPlot(self.tr("Accuracy"), Scale.PERCENT, curves)
        self.loss = HistoryPlot(self.tr("Loss"), Scale.FROM_ZERO, curves)
        self.rate = HistoryPlot(self.tr("Learning rate"), Scale.LOGARITHM, {"rate": rate})
        self._plots = (self.accuracy, self.loss, self.rate)
        for plot in self._plots:
            plot.hovered.connect(self._on_hovered)
        self._box = HoverBox(train, val, self)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID * 2)
        for plot, share in ((self.accuracy, 5), (self.loss, 5), (self.rate, 3)):
            layout.addWidget(plot, share)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(160)
        self.set_history(History())

    @property
    def history(self) -> History:
        return self._history

    def set_epochs(self, epochs: int) -> None:
        """The planned number of epochs."""
        for plot in self._plots:
            plot.set_epochs(epochs)

    def set_history(self, history: History) -> None:
        """Show these epochs."""
        self._history = history
        epochs, best = history.epochs, history.best
        self.loss.set_values(
            {"train": [e.train_loss for e in epochs], "val": [e.val_loss for e in epochs]}
        )
        self.accuracy.set_values(
            {"train": [e.train_accuracy for e in epochs], "val": [e.val_accuracy for e in epochs]}
        )
        self.rate.set_values({"rate": [e.learning_rate for e in epochs]})
        number = best.epoch if best else 0
        of_val = best is not None and best.val_accuracy is not None
        accuracy = (best.val_accuracy if of_val else best.train_accuracy) if best else None
        text = self.tr("best {accuracy}").format(accuracy=formats.percent(accuracy))
        self.accuracy.set_best(number, "val" if of_val else "train", text)
        self.loss.set_best(number)
        self.rate.set_best(number)
        self.setAccessibleName(self._description())
        self.point_at(min(self._pointed, len(epochs)))

    def set_phases(self, phases: Sequence[tuple[int, str]]) -> None:
        """Mark where more layers join: ``(first epoch, what joins)``."""
        self._phases = dict(phases)
        self.accuracy.set_phases(phases)
        for plot in (self.loss, self.rate):
            plot.set_phases([(epoch, "") for epoch, _ in phases])

    def point_at(self, epoch: int) -> None:
        """Show the values of an epoch; 0 hides them."""
        if not 0 < epoch <= len(self._history.epochs):
            epoch = 0
        self._pointed = epoch
        for plot in self._plots:
            plot.point_at(epoch)
        self._box.setVisible(epoch > 0)
        if epoch:
            best = self._history.best
            record = self._history.epochs[epoch - 1]
            joins = self._phases.get(epoch, "")
            self._box.show_record(record, is_best=record is best, joins=joins)
            self._place_box(epoch)

    def image(self) -> QImage:
        """The charts as a picture, twice as fine as on the screen."""
        pointed = self._pointed
        self.point_at(0)
        image = QImage(self.size() * EXPORT_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(EXPORT_SCALE)
        image.fill(QColor(theme.current().surface))
        self.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        self.point_at(pointed)
        return image

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._history.epochs)
        match event.key():
            case Qt.Key.Key_Left:
                self.point_at(max(self._pointed - 1, 1) if self._pointed else last)
            case Qt.Key.Key_Right:
                self.point_at(min(self._pointed + 1, last))
            case Qt.Key.Key_Home:
                self.point_at(1)
            case Qt.Key.Key_End:
                self.point_at(last)
            case Qt.Key.Key_Escape if self._pointed:
                self.point_at(0)
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.point_at(0)

    def _on_hovered(self, epoch: int) -> None:
        self.point_at(min(epoch, len(self._history.epochs)))

    def _place_box(self, epoch: int) -> None:
        """Beside the crosshair of the chart under the pointer, within the charts."""
        plot = next((p for p in self._plots if p.view.underMouse()), self.accuracy)
        x = plot.mapTo(self, QPoint(plot.x_of(epoch), 0)).x()
        fits_right = x + 16 + self._box.width() <= self.width()
        x = x + 16 if fits_right else max(0, x - 16 - self._box.width())
        self._box.move(x, max(0, min(48, self.height() - self._box.height())))
        self._box.raise_()

    def _description(self) -> str:
        """For screen readers."""
        best = self._history.best
        if best is None:
            return self.tr("Charts of loss, accuracy and learning rate; no epoch has ended yet")
        last = self._history.epochs[-1]
        return self.tr(
            "Charts of loss, accuracy and learning rate: epoch {n}, "
            "validation accuracy {accuracy}, best at epoch {best}"
        ).format(n=last.epoch, accuracy=formats.percent(last.val_accuracy), best=best.epoch)
