"""The view "None of these": how far known photos lie, from where on one is refused, and rates."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QProgressBar, QSlider, QWidget

from tlstudio.core.evaluation.novelty import (
    MAX_LEVEL,
    MIN_LEVEL,
    NOVELTY_SCORE_TITLES,
    NoveltyDetector,
    NoveltyScore,
    images_needed,
)
from tlstudio.core.evaluation.scores import Share
from tlstudio.gui.features.use.novelty_histogram import NoveltyHistogram
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.state.novelty import NoveltyState
from tlstudio.gui.state.session import Session

SIDE_PX = 344
CLASSES_NAMED = 4


class NoveltyView(QWidget):
    """Empty until it is measured; then the histogram, and beside it what can be chosen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "none-of-these")
        self._session = session
        self._state = session.feature(NoveltyState)
        self.measure_button = IconButton(self.tr("Measure"), "measure", "primary")
        self._empty = EmptyState(
            "unknown",
            self.tr("Let it say “None of these”"),
            self.tr(
                "The validation images show how far photos of your kind lie from the training "
                "images. What lies further is refused."
            ),
            self.measure_button,
        )
        self.missing = label("", "hint")
        self.missing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        first = QWidget()
        vstack((self._empty, 1), self.missing, parent=first)
        self._stack = PageStack()
        self._stack.addWidget(first)
        self._stack.addWidget(self._make_content())
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Measuring"))
        self.progress_text = label("", "hint")
        self.cancel_button = IconButton(self.tr("Cancel"), "close", "quiet")
        self._progress_row = QWidget()
        hstack(
            self.progress,
            (self.progress_text, 1),
            self.cancel_button,
            spacing=theme.GRID,
            parent=self._progress_row,
        )
        self.progress.setFixedWidth(160)
        vstack((self._stack, 1), self._progress_row, spacing=theme.GRID, parent=self)
        self.measure_button.clicked.connect(self._state.measure)
        self.again_button.clicked.connect(self._state.measure)
        self.cancel_button.clicked.connect(self._state.cancel)
        self.on_box.toggled.connect(self._state.set_on)
        self.level_slider.valueChanged.connect(self._on_level_moved)
        self.foreign_button.clicked.connect(self._on_foreign_clicked)
        self._state.changed.connect(self._refresh)
        session.busy_changed.connect(self._refresh)
        self._refresh()

    def _make_content(self) -> QWidget:
        self.histogram = NoveltyHistogram()
        self.on_box = QCheckBox(self.tr("Answer “None of these”"))
        self.level_slider = QSlider(Qt.Orientation.Horizontal)
        self.level_slider.setRange(round(MIN_LEVEL * 100), round(MAX_LEVEL * 100))
        self.level_slider.setAccessibleName(self.tr("Share of your own photos that may be refused"))
        self.promise = label("", wrap=True)
        self.notes = label("", "hint", wrap=True)
        self.rates_title = label("", "section")
        self.rates = FactList()
        self.rates_hint = label("", "hint", wrap=True)
        self.again_button = IconButton(self.tr("Measure again"), "measure", "quiet")
        self.foreign_button = IconButton(self.tr("Foreign photos…"), "open")
        side = QWidget()
        side.setFixedWidth(SIDE_PX)
        vstack(
            self.on_box,
            self.level_slider,
            self.promise,
            self.notes,
            theme.GRID,
            self.rates_title,
            self.rates,
            self.rates_hint,
            hstack(self.foreign_button, self.again_button, Stretch(), spacing=theme.GRID),
            Stretch(),
            spacing=theme.GRID,
            parent=side,
        )
        content = QWidget()
        hstack((self.histogram, 1), side, spacing=theme.GRID * 3, parent=content)
        return content

    def _refresh(self) -> None:
        state, detector = self._state, self._state.detector
        self._stack.setCurrentIndex(0 if detector is None else 1)
        for button in (self.measure_button, self.again_button, self.foreign_button):
            button.setEnabled(state.can_measure)
        self.missing.setText("" if state.fits_dataset or state.active else self._missing_text())
        self._progress_row.setVisible(state.active)
        done, total = state.progress or (0, 0)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress_text.setText(
            self.tr("{done} of {total} images").format(
                done=formats.count(done), total=formats.count(total)
            )
            if total
            else ""
        )
        if detector is not None:
            self._refresh_detector(detector)

    def _refresh_detector(self, detector: NoveltyDetector) -> None:
        for widget in (self.on_box, self.level_slider):
            widget.blockSignals(True)
        self.on_box.setChecked(detector.is_on)
        self.level_slider.setValue(round(detector.level * 100))
        for widget in (self.on_box, self.level_slider):
            widget.blockSignals(False)
        self.level_slider.setEnabled(detector.is_on)
        report = self._state.report
        foreign = report.foreign[NoveltyScore.NEIGHBOURS] if report is not None else None
        limits = {detector.known.limit(c, detector.level) for c in range(detector.known.classes)}
        self.histogram.set_distances(detector.known.scores, foreign, sorted(limits))
        self.promise.setText(
            self.tr("At most {level} of your kind of photos are refused.").format(
                level=formats.percent(detector.level, 0)
            )
        )
        self.notes.setText(" ".join(self._notes(detector)))
        self._refresh_rates(detector)

    def _notes(self, detector: NoveltyDetector) -> list[str]:
        known, level = detector.known, detector.level
        images = formats.count(len(known.scores))
        if not known.is_enough(level):
            return [
                self.tr(
                    "{images} validation images are too few for that: {needed} are needed, and "
                    "nothing is refused."
                ).format(images=images, needed=images_needed(level))
            ]
        notes = [self.tr("Measured on {images} validation images.").format(images=images)]
        pooled = known.pooled(level)
        if pooled:
            names = self._session.classifier.info.classes if self._session.classifier.info else ()
            shown = ", ".join(names[index] for index in pooled[:CLASSES_NAMED])
            more = ", …" if len(pooled) > CLASSES_NAMED else ""
            notes.append(
                self.tr("One limit for {classes} together: each has few images.").format(
                    classes=shown + more
                )
            )
        if detector.is_subsample:
            notes.append(
                self.tr("{part} of {whole} training images travel with the weights.").format(
                    part=formats.count(len(detector.codes)),
                    whole=formats.count(detector.training_images),
                )
            )
        return notes

    def _refresh_rates(self, detector: NoveltyDetector) -> None:
        report, folder = self._state.report, self._state.foreign
        has_rates = report is not None and len(report.foreign_answers) > 0
        self.rates_title.setText(
            self.tr("Refused of “{name}”").format(name=folder.name)
            if has_rates and folder is not None
            else self.tr("Does it work?")
        )
        self.rates.setVisible(has_rates)
        if report is not None and has_rates:
            self.rates.set_facts(
                (core_text(title), _share_text(report.caught(score, detector.level)))
                for score, title in NOVELTY_SCORE_TITLES.items()
            )
        self.rates_hint.setText(
            self.tr("The first is what the studio uses; the others are the usual ways beside it.")
            if has_rates
            else self.tr("Choose a folder of photos that belong to none of the classes.")
        )

    def _missing_text(self) -> str:
        return self.tr("Open the dataset that the model was trained on first.")

    def _on_level_moved(self, value: int) -> None:
        self._state.set_level(value / 100)

    def _on_foreign_clicked(self) -> None:
        file_dialogs.ask_folder(
            self, self._session, self.tr("Photos of none of the classes"), self._take_folder
        )

    def _take_folder(self, folder: Path) -> None:
        self._state.set_foreign(folder)


def _share_text(share: Share | None) -> str:
    """``64.0% (51–75), 32 of 50``."""
    if share is None or share.interval is None:
        return ""
    low, high = round(100 * share.interval.low), round(100 * share.interval.high)
    return f"{formats.percent(share.value, 0)} ({low}–{high}), {share.right}/{share.images}"
