"""How many answers are right, where the names of folders say what is true."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from tlstudio.core.evaluation.confusion import ConfusionMatrix
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.significance import wilson
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack


class TruthBar(QWidget):
    """The accuracy with its interval; hidden while no folder is called like a class.

    Attributes:
        matrix: of the answers whose class is known; None while the truth is not used.

    Signals:
        use_changed(bool): whether the folders say what is true.
        matrix_wanted(): the matrix is to be shown, or not any more; see `shows_matrix`.
    """

    use_changed = Signal(bool)
    matrix_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "accuracy")
        self.matrix: ConfusionMatrix | None = None
        self.accuracy = label("", "section")
        self.words = ElidedLabel()
        self.words.setProperty("role", "hint")
        self.use_box = QCheckBox(self.tr("Folders say what is true"))
        self.use_box.setToolTip(
            self.tr("An image in a folder that is called like a class is taken to be of it")
        )
        self.matrix_button = IconButton(self.tr("Confusion matrix"), "results", "quiet")
        self.matrix_button.setCheckable(True)
        hstack(
            self.accuracy,
            (self.words, 1),
            self.use_box,
            self.matrix_button,
            spacing=theme.GRID * 2,
            parent=self,
        )
        self.use_box.toggled.connect(self.use_changed)
        self.matrix_button.toggled.connect(self.matrix_wanted)
        self.hide()

    @property
    def shows_matrix(self) -> bool:
        return self.matrix is not None and self.matrix_button.isChecked()

    def set_answers(
        self,
        answers: Sequence[PredictionRecord],
        classes: Sequence[str],
        has_truth: bool,
        uses_truth: bool,
    ) -> None:
        """Show what came of them."""
        self.use_box.blockSignals(True)
        self.use_box.setChecked(uses_truth)
        self.use_box.blockSignals(False)
        is_shown = has_truth and uses_truth
        self.matrix = ConfusionMatrix.of(answers, classes) if is_shown else None
        self.matrix_button.setVisible(is_shown)
        self.accuracy.setVisible(is_shown)
        if self.matrix is None:
            self.words.set_text(
                self.tr("There are folders that are called like classes.") if has_truth else ""
            )
        else:
            right, total = int(self.matrix.counts.trace()), int(self.matrix.counts.sum())
            interval = wilson(right, total)
            self.accuracy.setText(
                self.tr("{accuracy} right ({low}–{high})").format(
                    accuracy=formats.percent(right / total if total else None),
                    low=round(100 * interval.low),
                    high=round(100 * interval.high),
                )
            )
            self.words.set_text(
                self.tr("{right} of {total}, by the names of their folders").format(
                    right=formats.count(right), total=formats.count(total)
                )
            )
        self.setVisible(has_truth)
