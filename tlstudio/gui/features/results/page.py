"""The Results page: what was confused with what, and every image with what the network says."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QMessageBox, QWidget

from tlstudio.core.data.dataset import Split
from tlstudio.core.evaluation.confusion import ConfusionMatrix
from tlstudio.core.evaluation.evaluation import TARGET_TITLES, EvaluationTarget, TargetKind
from tlstudio.core.evaluation.scores import ClassScores
from tlstudio.core.runs.predictions import GalleryOrder, arrange
from tlstudio.core.significance import wilson
from tlstudio.gui.features.results.calibration_side import CalibrationSide
from tlstudio.gui.features.results.class_table import ClassTable
from tlstudio.gui.features.results.curves_side import CurvesSide
from tlstudio.gui.features.results.state import ResultsState
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, message_box
from tlstudio.gui.kit.confusion.side import MatrixSide
from tlstudio.gui.kit.confusion.view import Choice
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.image_edits import IN_MENU, ImageEdits
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.kit.predictions.gallery_filter import GalleryFilter
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.explanations import GalleryExplanations
from tlstudio.gui.state.neighbours import GalleryNeighbours
from tlstudio.gui.state.network_views import NetworkViews
from tlstudio.gui.state.session import Dialog, Session, Step

SIDE_LEAST_PX, SIDE_PX, SIDE_AT_MOST_PX = 256, 352, 440
SIDE_SHARE = 0.36  # of the page, at most
MARGIN_PX = 24
SMALL_PX = 900  # narrower, the matrix is as narrow as it can be
WIDE_PX = 1040  # narrower, the matrix makes room for the open viewer


class ResultsPage(QWidget):
    """Headline, matrix and gallery of the run's predictions, kept current while it goes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._state = session.feature(ResultsState)
        self._is_stale = True
        self._views = NetworkViews(session, self)
        self._stack = PageStack(self)
        self._stack.addWidget(self._make_empty())
        self._stack.addWidget(self._make_content())
        vstack(self._stack, margins=(MARGIN_PX, MARGIN_PX, MARGIN_PX, 0), parent=self)

        self.filter.changed.connect(self._on_filter_changed)
        self.filter.size_changed.connect(self.gallery.grid.set_thumb_size)
        self.classes.class_chosen.connect(self._on_class_chosen)
        self.matrix.chosen.connect(self._on_cell_chosen)
        self.sides.chosen.connect(self._on_side_chosen)
        self.side_box.activated.connect(self._on_side_box_chosen)
        self.gallery.network_view_wanted.connect(self._views.request)
        self.gallery.viewing_changed.connect(self._fit)
        self._views.ready.connect(self.gallery.set_network_view)
        self.curves.class_chosen.connect(self._on_curves_wanted)
        self.target_box.activated.connect(self._on_target_chosen)
        self.stop_button.clicked.connect(self._state.cancel)
        self.calibration.calibrate_button.clicked.connect(self._state.calibrate)
        self.calibration.undo_button.clicked.connect(self._state.undo_calibration)
        self._state.shown_changed.connect(self._on_predictions_changed)
        self._state.changed.connect(self._refresh_progress)
        self._state.scores_changed.connect(self._refresh_scores)
        self._state.curves_changed.connect(self.curves.set_curves)
        self._state.leaks_changed.connect(self._refresh_second)
        self._state.health.changed.connect(self._on_health_changed)
        session.datasets.changed.connect(self._refresh_targets)
        session.classifier.changed.connect(self._refresh_targets)
        session.classifier.answers_changed.connect(self._refresh_targets)
        session.busy_changed.connect(self._refresh_targets)
        self._on_side_box_chosen(self._state.side)
        session.run.status_changed.connect(self._on_status_changed)
        self._refresh()

    def show_class(self, class_index: int) -> None:
        """Show the images of one class, right and wrong."""
        self.filter.reset()
        self.filter.set_true_class(class_index)
        self.gallery.grid.setFocus()

    # Building

    def _make_empty(self) -> QWidget:
        self.empty_button = IconButton(self.tr("Go to Train"), "train")
        self.empty_button.clicked.connect(self._on_empty_clicked)
        self.empty_evaluate_button = IconButton(
            self.tr("Evaluate the model in hand"), "results", "", self._evaluate_validation
        )
        buttons = (self.empty_button, self.empty_evaluate_button)
        self.empty = EmptyState("results", "", "", *buttons)
        return self.empty

    def _make_content(self) -> QWidget:
        self.accuracy = label("", "title")
        self.summary = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.summary.setProperty("role", "hint")
        self.filter = GalleryFilter()
        self.matrix = MatrixSide()
        self.matrix.setObjectName("confusion_matrix")
        self.classes = ClassTable()
        self.calibration = CalibrationSide()
        self.curves = CurvesSide()
        self.target_box = QComboBox()
        self.target_box.setAccessibleName(self.tr("Measured on"))
        self.target_box.setToolTip(self.tr("The images that the model is measured on"))
        for kind in TargetKind:
            self.target_box.addItem(self._target_title(kind), kind)
        self.export_button = IconButton(self.tr("Export…"), "export", "quiet", self._export)
        self.second = label("", "hint", wrap=True)
        self.progress = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet")
        self._progress_line = QWidget()
        hstack((self.progress, 1), self.stop_button, spacing=8, parent=self._progress_line)
        self._progress_line.hide()
        self.second.hide()
        self.gallery = PredictionGallery(self._session.thumbnails)
        self.gallery.setObjectName("results_gallery")
        GalleryExplanations(self._session, self.gallery, made_by=self._state.made_by)
        GalleryNeighbours(self._session, self.gallery)
        self.sides = Segmented(self.tr("Details"))
        titles = (
            (self.matrix, self.tr("Confusion")),
            (self.classes, self.tr("Classes")),
            (self.calibration, self.tr("Calibration")),
            (self.curves, self.tr("Curves")),
        )
        self.sides.set_options(titles)
        self.side_box = QComboBox()  # in place of the buttons where they have no room
        self.side_box.setAccessibleName(self.tr("Details"))
        self._sides = PageStack()
        for side, title in titles:
            self.side_box.addItem(title)
            self._sides.addWidget(side)

        header = hstack(
            self.accuracy,
            (self.summary, 1, Qt.AlignmentFlag.AlignVCenter),
            self.target_box,
            self.export_button,
            spacing=12,
        )
        self._side = QWidget()
        vstack(
            hstack(self.sides, self.side_box, Stretch()),
            (self._sides, 1),
            spacing=theme.GRID,
            margins=(0, 0, 0, 16),
            parent=self._side,
        )
        self.edits = ImageEdits(self._session, self.gallery.grid, self._likely_classes)
        self.gallery.note_of = self.edits.note_of
        images = vstack(self.filter, (self.gallery, 1), self.edits, spacing=theme.GRID * 2)
        body = hstack(self._side, (images, 1), spacing=theme.GRID * 3)

        content = QWidget(self._stack)  # else all of it is dressed once more when it is added
        top = vstack(header, self.second, self._progress_line, spacing=theme.GRID // 2)
        vstack(top, (body, 1), spacing=theme.GRID * 2, parent=content)
        self._always = (top, images)  # with the viewer open as well
        return content

    def _export(self) -> None:
        self._session.open_dialog(Dialog.EXPORT)

    # Following the session

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """The details give way to the open viewer before the page has to scroll."""
        least = super().minimumSizeHint()
        if self.gallery.viewing:
            widths = (part.minimumSize().width() for part in self._always)
            least.setWidth(min(least.width(), max(widths) + 2 * MARGIN_PX))
        return least

    def _on_predictions_changed(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._refresh()

    def _on_status_changed(self) -> None:
        if self.isVisible():
            self._refresh_words()
        else:
            self._is_stale = True

    def _refresh(self) -> None:
        """Show what the run says now."""
        predictions, classes = self._state.predictions, self._state.classes
        self._is_stale = False
        self._stack.setCurrentIndex(1 if predictions else 0)
        self.filter.set_classes(classes)
        is_judged = any(record.novelty is not None for record in predictions)
        self.filter.set_known(truth=True, novelty=is_judged)
        self._matrix = ConfusionMatrix.of(predictions, classes)
        self.matrix.set_matrix(self._matrix)
        self.classes.set_rows(_class_rows(self._matrix))
        self._refresh_words()
        self._refresh_gallery()
        self._refresh_targets()
        self._refresh_progress()
        self._ask_for_numbers()
        self._state.ask_for_leaks()
        self._fit()

    def _refresh_words(self) -> None:
        run, shown = self._session.run, self._session.run.record.shown_predictions
        counts = self._matrix.counts
        right, total = int(counts.trace()), int(counts.sum())
        interval = wilson(right, total)
        found = self._state.evaluation
        self.accuracy.setText(
            self._headline().format(
                accuracy=formats.percent(right / total if total else None),
                low=round(100 * interval.low),
                high=round(100 * interval.high),
                name=found.name if found is not None else "",
            )
        )
        self.accuracy.setToolTip(
            self.tr("The accuracy on as many images as one likes would lie within, 95 times in 100")
        )
        told = self.tr("{right} of {total}").format(
            right=formats.count(right), total=formats.count(total)
        )
        epoch = self.tr("epoch {n}").format(n=shown.epoch)
        best = run.record.best
        if best is not None and best.epoch == shown.epoch:
            epoch = self.tr("epoch {n}, the best").format(n=shown.epoch)
        live = self.tr("training goes on") if run.active else ""
        if found is not None:
            epoch = ""
            if found.test_looks is not None:
                epoch = self.tr("looked at %n time(s)", "", found.test_looks)
            count = len(found.predictions) - total
            if count:
                live = self.tr("%n image(s) of unknown class", "", count)
        self._refresh_second()
        self.summary.set_text("  ·  ".join(part for part in (told, epoch, live) if part))
        if run.active:
            self.empty.title.setText(self.tr("The first epoch is not over yet"))
            text = self.tr("Predictions for the validation images come after every epoch.")
        elif run.record.history.epochs:
            self.empty.title.setText(self.tr("No validation images"))
            text = self.tr("This dataset has no validation split, so there is nothing to show.")
        else:
            self.empty.title.setText(self.tr("Train first"))
            text = self.tr(
                "Here you will see every validation image with what the network says of it, "
                "right and wrong, sure and unsure."
            )
        self.empty.text.setText(text)

    def _refresh_gallery(self) -> None:
        shown = arrange(
            self._state.predictions,
            self.filter.order,
            true_class=self.filter.true_class,
            predicted_class=self.filter.predicted_class,
            name=self.filter.name,
        )
        self.gallery.set_records(shown, self._state.classes)
        self.filter.shown.setText(self.tr("%n image(s)", "", len(shown)))
        nothing = (
            self.tr("Not one is wrong.")
            if self.filter.order in (GalleryOrder.WRONG, GalleryOrder.MOST_SURE_WRONG)
            else self.tr("No image fits these filters.")
        )
        self.gallery.grid.set_empty_text(nothing)

    def _likely_classes(self) -> list[str]:
        """What the network takes the chosen images for."""
        index = self._session.datasets.index
        classes = () if index is None else index.classes
        chosen = self.gallery.selection[:IN_MENU]
        said = [number for record in chosen for number, _ in record.top(IN_MENU)]
        return [classes[number] for number in dict.fromkeys(said) if number < len(classes)]

    def _target_title(self, kind: TargetKind) -> str:
        match kind:
            case TargetKind.FOLDER:
                return self.tr("A folder…")
            case TargetKind.IMAGES:
                return self.tr("Images on Use")
            case _:
                return core_text(TARGET_TITLES[kind])

    def _headline(self) -> str:
        match self._state.target:
            case TargetKind.VALIDATION:
                return self.tr("Validation accuracy {accuracy} ({low}–{high})")
            case TargetKind.TEST:
                return self.tr("Test accuracy {accuracy} ({low}–{high})")
            case TargetKind.FOLDER:
                return self.tr("Accuracy on “{name}” {accuracy} ({low}–{high})")
            case TargetKind.IMAGES:
                return self.tr("Images without known classes")
            case other:
                assert_never(other)

    def _refresh_targets(self) -> None:
        """What there is to measure on; the rest is grey."""
        index = self._session.datasets.index
        can = self._state.can_evaluate
        has = {split: index is not None and bool(index.by_split[split]) for split in Split}
        possible = {
            TargetKind.VALIDATION: has[Split.VAL],
            TargetKind.TEST: can and has[Split.TEST],
            TargetKind.FOLDER: can,
            TargetKind.IMAGES: can and bool(self._session.classifier.answers),
        }
        model = self.target_box.model()
        for row, kind in enumerate(TargetKind):
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item = model.item(row)  # type: ignore[attr-defined]
            item.setFlags(flags if possible[kind] else Qt.ItemFlag.NoItemFlags)
        self.target_box.setCurrentIndex(list(TargetKind).index(self._state.target))
        self.empty_evaluate_button.setVisible(can and has[Split.VAL])
        self._refresh_progress()

    def _refresh_progress(self) -> None:
        """How far an evaluation is, or why it ended early."""
        state = self._state
        done, total = state.progress or (0, 0)
        text = ""
        if state.active:
            text = self.tr("Measuring: {done} of {total} images").format(
                done=formats.count(done), total=formats.count(total)
            )
        elif state.error is not None:
            text = error_text(state.error)
        self.calibration.set_calibration(
            state.temperature, state.calibration, is_possible=state.can_calibrate
        )
        self.progress.set_text(text)
        self.stop_button.setVisible(state.active)
        self._progress_line.setVisible(bool(text))

    def _refresh_second(self) -> None:
        """The accuracy without images of training, and what else is to be known of it."""
        found, scores = self._state.evaluation, self._state.scores
        apart = scores.headline_apart() if scores is not None else None
        notes = [apart, *(found.notes if found is not None else ())]
        if found is not None:
            notes.append(found.looks)
        told = [core_text(note.sentence, **note.values) for note in notes if note is not None]
        told.append(self._leaks_text())
        told = [text for text in told if text]
        self.second.setText(" ".join(told))
        self.second.setVisible(bool(told))

    def _on_health_changed(self) -> None:
        if self.isVisible():
            self._state.ask_for_leaks()

    def _leaks_text(self) -> str:
        """The accuracy without the images of which the network has seen copies in training."""
        leaks = self._state.leaks
        if leaks is None:
            return ""
        text = self.tr(
            "%n of these images has a copy among the training images", "", leaks.leaked.images
        )
        interval = leaks.without.interval
        if interval is None:
            return f"{text}."
        without = self.tr("without them {accuracy} ({low}–{high}).").format(
            accuracy=formats.percent(leaks.without.value),
            low=round(100 * interval.low),
            high=round(100 * interval.high),
        )
        return f"{text}; {without}"

    def _refresh_scores(self) -> None:
        scores = self._state.scores
        if scores is not None:
            self.calibration.set_scores(scores)
            self.curves.set_scores(scores)
        self._refresh_progress()

    def _ask_for_numbers(self) -> None:
        """Only while somebody sees them."""
        if self.sides.value in (self.calibration, self.curves):
            self._state.ask_for_scores()
            self._state.ask_for_calibration()
            self._refresh_scores()

    # Commands

    def _on_curves_wanted(self, class_index: int) -> None:
        if self.sides.value is self.curves:
            self._state.ask_for_curves(class_index)

    def _on_target_chosen(self) -> None:
        kind = TargetKind(self.target_box.currentData())
        self._refresh_targets()  # it says what is shown, until something else is
        match kind:
            case TargetKind.VALIDATION if self._session.run.record.shown_predictions.predictions:
                self._state.show_run()
            case TargetKind.VALIDATION:
                self._evaluate_validation()
            case TargetKind.TEST:
                self._ask_before_test()
            case TargetKind.FOLDER:
                title = self.tr("Choose a folder that holds one folder of images per class")
                file_dialogs.ask_folder(self, self._session, title, self._on_folder_chosen)
            case TargetKind.IMAGES:
                images = tuple(answer.image for answer in self._session.classifier.answers)
                self._state.evaluate(EvaluationTarget(kind, images=images))
            case other:
                assert_never(other)

    def _ask_before_test(self) -> None:
        """The test split is for the end: what is chosen by it makes it one more validation."""
        looks = self._state.test_looks()
        box = message_box(
            self,
            self.tr("Look at the test images now?"),
            self.tr("Not yet looked at.")
            if not looks
            else self.tr("Looked at %n time(s) before.", "", looks),
        )
        box.setInformativeText(
            f"{box.informativeText()} "
            + self.tr("They tell the truth once, at the end: choose nothing by their accuracy.")
        )
        look = box.addButton(self.tr("Look"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        look.clicked.connect(self._evaluate_test)
        self.test_question = box
        box.open()

    def _evaluate_test(self) -> None:
        self._state.evaluate(EvaluationTarget(TargetKind.TEST))

    def _evaluate_validation(self) -> None:
        self._state.evaluate(EvaluationTarget(TargetKind.VALIDATION))

    def _on_folder_chosen(self, folder: Path) -> None:
        self._state.evaluate(EvaluationTarget(TargetKind.FOLDER, folder))

    def _on_filter_changed(self) -> None:
        true_class = self.filter.true_class
        self.classes.set_current(-1 if true_class is None else true_class)
        self.matrix.set_choice(Choice(true_class, self.filter.predicted_class))
        self._refresh_gallery()
        self.gallery.grid.scroll_to_top()

    def _on_class_chosen(self, index: int) -> None:
        self.filter.choose(None if index < 0 else index, None)

    def _on_cell_chosen(self, choice: Choice) -> None:
        self.filter.choose(choice.true, choice.predicted)

    def _on_side_chosen(self, side: QWidget) -> None:
        self._sides.setCurrentWidget(side)
        self._state.side = self._sides.currentIndex()
        self.side_box.setCurrentIndex(self._state.side)
        self._ask_for_numbers()

    def _on_side_box_chosen(self, place: int) -> None:
        side = self._sides.widget(place)
        assert side is not None
        self.sides.set_value(side)
        self._on_side_chosen(side)

    def _on_empty_clicked(self) -> None:
        self._session.go_to(Step.TRAIN)

    def _fit(self) -> None:
        """The matrix has the room it wants, and gives way to the viewer where there is none."""
        wanted = self.matrix.view.sizeHint().width()
        is_small = self.width() < SMALL_PX
        least = SIDE_LEAST_PX if is_small else SIDE_PX
        self.sides.setVisible(not is_small)
        self.side_box.setVisible(is_small)
        most = max(least, min(SIDE_AT_MOST_PX, round(SIDE_SHARE * self.width())))
        self._side.setFixedWidth(min(max(least, wanted), most))
        self._side.setVisible(self.width() >= WIDE_PX or not self.gallery.viewing)


def _class_rows(matrix: ConfusionMatrix) -> list[ClassScores]:
    counts = matrix.counts
    numbers = (counts.diagonal().tolist(), counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist())
    images = int(counts.sum())
    return [
        ClassScores(name, right, support, predicted, images)
        for name, right, support, predicted in zip(matrix.classes, *numbers, strict=True)
    ]
