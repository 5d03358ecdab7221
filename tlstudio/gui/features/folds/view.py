"""The view of the cross-validation: how many folds, what each said, and what follows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.data.split_config import MOST_FOLDS
from tlstudio.core.folds import FoldResult, FoldsRecord
from tlstudio.core.needs import TRAINING
from tlstudio.core.numbers import NumberRange
from tlstudio.gui.features.folds.state import FoldsState
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.reasons import reason_text
from tlstudio.gui.state.session import Session

MOST_CONFUSED = 5


class FoldsView(QWidget):
    """Shows `FoldsState`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "cross-validation")
        self._session = session
        self._folds = session.feature(FoldsState)
        self.headline = label("", "title", wrap=True)
        self.what = label("", "hint", wrap=True)
        self.count = NumberField(NumberRange(2, MOST_FOLDS, is_integer=True))
        self.count.setAccessibleName(self.tr("Folds"))
        self.count.show_number(self._folds.folds)
        self.count.setFixedWidth(96)
        self.start_button = IconButton(self.tr("Cross-validate"), "play", clicked=self._start)
        self.cancel_button = IconButton(self.tr("Cancel"), "close", clicked=self._folds.cancel)
        self.why_not = label("", "hint", wrap=True)
        self.progress_bar = QProgressBar()
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setRange(0, 1000)
        self.progress_bar.setAccessibleName(self.tr("Progress of the cross-validation"))
        self.results = FactList()
        self.notes = label("", "hint", wrap=True)
        vstack(
            self.headline,
            self.what,
            hstack(
                label(self.tr("Folds")),
                self.count,
                self.start_button,
                self.cancel_button,
                (self.why_not, 1),
                spacing=theme.GRID * 2,
            ),
            self.progress_bar,
            theme.GRID,
            self.results,
            theme.GRID,
            self.notes,
            Stretch(1),
            spacing=theme.GRID * 2,
            parent=self,
        )
        self.headline.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._refresh = VisibleRefresh(self, self._show)
        self._folds.changed.connect(self._refresh.request)
        self._folds.progressed.connect(self._show_progress)
        self.count.problem_changed.connect(self._refresh.request)
        session.busy_changed.connect(self._refresh.request)
        self._show()

    def _show(self) -> None:
        folds, record = self._folds, self._folds.record
        why_not = "" if folds.active else reason_text(self._session, TRAINING)
        self.why_not.setText(why_not)
        self.start_button.setEnabled(not why_not and not folds.active and not self.count.problem)
        self.cancel_button.setVisible(folds.active)
        self.start_button.setVisible(not folds.active)
        self.progress_bar.setVisible(folds.active)
        self.count.setEnabled(not folds.active)
        self._show_progress()
        self.what.setText(
            self.tr(
                "The images are dealt to folds of equal size, groups kept together. The settings "
                "train once for each fold, on all other folds: so every image is predicted by a "
                "network that has not learned from it. Test images stay aside. What frozen layers "
                "make of an image is computed once for all folds."
            )
        )
        self.headline.setText(self._headline(record))
        results = record.results if record is not None else ()
        self.results.set_facts(self._row(result) for result in results)
        self.notes.setText("\n".join(self._notes(record)))

    def _headline(self, record: FoldsRecord | None) -> str:
        if self._folds.active:
            if not self._folds.running or record is None:
                return self.tr("Preparing the folds…")
            return self.tr("Fold {fold} of {folds}").format(
                fold=self._folds.running, folds=record.folds
            )
        if record is not None and record.headline:
            note = record.headline[0]
            return core_text(note.sentence, **note.values)
        return self.tr("Cross-validation")

    def _row(self, result: FoldResult) -> tuple[str, str]:
        title = self.tr("Fold {fold}").format(fold=result.fold)
        if result.accuracy is None:
            return title, self.tr("ended before its time")
        right = self.tr("{right} of {images}").format(
            right=formats.count(result.right), images=formats.count(len(result.predictions))
        )
        took = formats.duration(result.run.elapsed_s)
        return title, f"{formats.percent(result.accuracy)} · {right} · {took}"

    def _notes(self, record: FoldsRecord | None) -> list[str]:
        if record is None or self._folds.active:
            return []
        notes = [core_text(note.sentence, **note.values) for note in record.headline[1:]]
        pairs = record.confusion.most_confused(MOST_CONFUSED)
        if pairs:
            names = record.classes
            told = "; ".join(f"{names[p.true]} → {names[p.predicted]} {p.count}" for p in pairs)
            notes.append(self.tr("Most confused: {pairs}").format(pairs=told))
        if record.results:
            notes.append(self.tr("The runs of the folds are on the Runs page."))
        return notes

    def _show_progress(self) -> None:
        self.progress_bar.setValue(round(1000 * self._folds.progress))

    def _start(self) -> None:
        if not self._session.is_busy and self.count.problem is None:
            self._folds.folds = int(self.count.number or self._folds.folds)
            self._folds.start()
