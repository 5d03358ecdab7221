"""How far probabilities keep what they promise: the reliability diagram, and the other numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tlstudio.core.evaluation.calibration import Calibration
from tlstudio.core.evaluation.scores import ReliabilityBin, Scores, Share
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.interval_bar import interval_text
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

AXIS_PX, BELOW_PX = 40, 20
SURE_PT = 0.02  # of difference between probability and accuracy that is worth a word


class ReliabilityDiagram(QWidget):
    """A bar for each range of probability, as high as the share that was right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: tuple[ReliabilityBin, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Reliability diagram"))

    def set_bins(self, bins: tuple[ReliabilityBin, ...]) -> None:
        """Show these, in the order of their probabilities."""
        self._bins = bins
        words = (self.words(one) for one in bins if one.share.images)
        self.setAccessibleDescription(" ".join(words))
        self.update()

    def words(self, one: ReliabilityBin) -> str:
        """What a bar says."""
        text = self.tr("Sure {low}–{high}: {right} of {total} right.")
        if _is_within_chance(one.share, one.confidence):
            text = self.tr("Sure {low}–{high}: {right} of {total} right; within chance.")
        return text.format(
            low=formats.percent(one.low, 0),
            high=formats.percent(one.high, 0),
            right=one.share.right,
            total=one.share.images,
        )

    def sizeHint(self) -> QSize:
        return QSize(256, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._bins:
            plot = self._plot()
            place = int((event.pos().x() - plot.left()) / plot.width() * len(self._bins))
            if 0 <= place < len(self._bins) and self._bins[place].share.images:
                QToolTip.showText(event.globalPos(), plain_tip(self.words(self._bins[place])), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, plot = QPainter(self), theme.current(), self._plot()
        font = painter.font()
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = round(plot.bottom() - share * plot.height())
            painter.setPen(QColor(tokens.line))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(tokens.text_soft))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            area = QRectF(0, y - 9, AXIS_PX - 6, 18)
            painter.drawText(area, int(right), formats.percent(share, 0))
        below = QRectF(plot.left(), plot.bottom() + 3, plot.width(), BELOW_PX)
        for flag, text in (
            (Qt.AlignmentFlag.AlignLeft, "0%"),
            (Qt.AlignmentFlag.AlignHCenter, self.tr("probability")),
            (Qt.AlignmentFlag.AlignRight, "100%"),
        ):
            painter.drawText(below, int(flag), text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bars(painter, plot)
        painter.setPen(QPen(QColor(tokens.text_soft), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(AXIS_PX, 8, -8, -BELOW_PX - 4)

    def _paint_bars(self, painter: QPainter, plot: QRectF) -> None:
        """Few images make a pale bar: it says little."""
        most = max((one.share.images for one in self._bins), default=0)
        for one in self._bins:
            value = one.share.value
            if value is None:
                continue
            colour = QColor(theme.current().val)
            colour.setAlphaF(0.35 + 0.6 * one.share.images / most)
            left = plot.left() + one.low * plot.width()
            wide = (one.high - one.low) * plot.width()
            high = max(2.0, value * plot.height())
            painter.fillRect(QRectF(left + 1, plot.bottom() - high, wide - 2, high), colour)
            interval = one.share.interval
            if interval is not None:
                painter.setPen(QPen(QColor(theme.current().text_soft), 1))
                ends = (
                    QPointF(left + wide / 2, plot.bottom() - share * plot.height())
                    for share in (interval.low, interval.high)
                )
                painter.drawLine(*ends)


class CalibrationSide(QWidget):
    """The diagram, what it comes to in a sentence, and the numbers of all classes together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "calibration")
        self.diagram = ReliabilityDiagram()
        self.verdict = label("", wrap=True)
        self.state = label("", "hint", wrap=True)
        self.state.hide()
        self.calibrate_button = IconButton(self.tr("Calibrate"), "measure")
        self.calibrate_button.setToolTip(
            self.tr(
                "Fits one temperature to the validation images, so that probabilities keep what "
                "they promise. The answers stay the same."
            )
        )
        self.undo_button = IconButton(self.tr("Undo calibration"), "undo", "quiet")
        self.undo_button.hide()
        self.facts = FactList()
        vstack(
            label(self.tr("Right among images by probability"), "section"),
            self.diagram,
            self.verdict,
            self.state,
            hstack(self.calibrate_button, self.undo_button, Stretch(), spacing=theme.GRID),
            theme.GRID,
            label(self.tr("All classes"), "section"),
            self.facts,
            Stretch(),
            spacing=theme.GRID,
            parent=self,
        )

    def set_scores(self, scores: Scores) -> None:
        """Show these."""
        self.diagram.set_bins(scores.bins)
        self.verdict.setText(self._verdict(scores))
        top = [
            (self.tr("Among the first {k}").format(k=one.k), formats.percent(one.share.value))
            for one in scores.top
        ]
        value, interval = scores.accuracy.value, scores.accuracy.interval
        whole = (
            (interval.low, value, interval.high)
            if value is not None and interval is not None
            else None
        )
        self.facts.set_facts(
            (
                (self.tr("Accuracy"), interval_text(whole)),
                *top,
                (self.tr("Mean recall"), formats.percent(scores.balanced_accuracy)),
                (self.tr("Macro F1"), formats.percent(scores.macro_f1)),
                (self.tr("ROC-AUC, mean"), _number(scores.roc_auc)),
                (self.tr("Average precision, mean"), _number(scores.average_precision)),
                (self.tr("Log loss"), formats.loss(scores.log_loss)),
                (self.tr("Calibration error (ECE)"), formats.percent(scores.ece)),
            )
        )

    def set_calibration(
        self, temperature: float, found: Calibration | None, *, is_possible: bool
    ) -> None:
        """Say whether it is calibrated, and what that was good for on images not fitted on."""
        is_calibrated = temperature != 1
        text = (
            self.tr("Calibrated, T = {t}.").format(t=f"{temperature:.2f}") if is_calibrated else ""
        )
        if is_calibrated and found is not None:
            text += " " + self.tr(
                "Calibration error {before} → {after} on images that it was not fitted on."
            ).format(
                before=formats.percent(found.ece_before), after=formats.percent(found.ece_after)
            )
        elif found is not None:
            text = core_text(found.verdict.sentence, **found.verdict.values)
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.calibrate_button.setVisible(not is_calibrated)
        self.undo_button.setVisible(is_calibrated)
        for button in (self.calibrate_button, self.undo_button):
            button.setEnabled(is_possible)

    def _verdict(self, scores: Scores) -> str:
        accuracy, confidence = scores.accuracy.value, scores.confidence
        if accuracy is None or confidence is None:
            return self.tr("No image with a known class.")
        values = {"said": formats.percent(confidence, 0), "found": formats.percent(accuracy, 0)}
        if abs(confidence - accuracy) <= SURE_PT:
            text = self.tr("As sure as it is right: {said} sure on average, {found} right.")
        elif _is_within_chance(scores.accuracy, confidence):
            text = self.tr(
                "{said} sure on average, {found} right: so few images may differ as much by chance."
            )
        elif confidence > accuracy:
            text = self.tr("Too sure: {said} sure on average, {found} right.")
        else:
            text = self.tr("Too unsure: {said} sure on average, {found} right.")
        return text.format(**values)


def _is_within_chance(right: Share, confidence: float | None) -> bool:
    """Whether as many of as many images may be right where they promise this."""
    interval = right.interval
    if interval is None or confidence is None:
        return False
    return interval.low <= confidence <= interval.high


def _number(value: float | None) -> str:
    return formats.NONE if value is None else f"{value:.3f}"
