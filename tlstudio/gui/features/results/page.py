"""The Results page: what was confused with what, and every image with what the network says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.evaluation.confusion import ConfusionMatrix
from tlstudio.core.runs.predictions import GalleryOrder, arrange
from tlstudio.core.significance import wilson
from tlstudio.gui.features.results.class_table import ClassRow, ClassTable, Share
from tlstudio.gui.features.results.confusion_view import Choice
from tlstudio.gui.features.results.gallery_filter import GalleryFilter
from tlstudio.gui.features.results.image_edits import ImageEdits
from tlstudio.gui.features.results.matrix_side import MatrixSide
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.network_views import NetworkViews
from tlstudio.gui.state.session import Session, Step

SIDE_LEAST_PX, SIDE_PX, SIDE_AT_MOST_PX = 256, 304, 440
SIDE_SHARE = 0.36  # of the page, at most
SMALL_PX = 860  # narrower, the matrix is as narrow as it can be
WIDE_PX = 1040  # narrower, the matrix makes room for the open viewer


class ResultsPage(QWidget):
    """Headline, matrix and gallery of the run's predictions, kept current while it goes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._is_stale = True
        self._views = NetworkViews(session, self)
        self._stack = PageStack()
        self._stack.addWidget(self._make_empty())
        self._stack.addWidget(self._make_content())
        vstack(self._stack, margins=(24, 24, 24, 0), parent=self)

        self.filter.changed.connect(self._on_filter_changed)
        self.filter.size_changed.connect(self.gallery.grid.set_thumb_size)
        self.classes.class_chosen.connect(self._on_class_chosen)
        self.matrix.chosen.connect(self._on_cell_chosen)
        self.sides.chosen.connect(self._on_side_chosen)
        self.gallery.network_view_wanted.connect(self._views.request)
        self.gallery.viewing_changed.connect(self._fit)
        self._views.ready.connect(self.gallery.set_network_view)
        session.run.predictions_changed.connect(self._on_predictions_changed)
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
        self.empty = EmptyState("results", "", "", self.empty_button)
        return self.empty

    def _make_content(self) -> QWidget:
        self.accuracy = label("", "title")
        self.summary = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.summary.setProperty("role", "hint")
        self.filter = GalleryFilter()
        self.matrix = MatrixSide()
        self.classes = ClassTable()
        self.gallery = PredictionGallery(self._session.thumbnails)
        self.sides = Segmented(self.tr("Details"))
        self.sides.set_options(
            ((self.matrix, self.tr("Confusion")), (self.classes, self.tr("Classes")))
        )
        self._sides = PageStack()
        for side in (self.matrix, self.classes):
            self._sides.addWidget(side)

        header = hstack(
            self.accuracy,
            (self.summary, 1, Qt.AlignmentFlag.AlignVCenter),
            spacing=12,
        )
        self._side = QWidget()
        vstack(
            hstack(self.sides, Stretch()),
            (self._sides, 1),
            spacing=theme.GRID,
            margins=(0, 0, 0, 16),
            parent=self._side,
        )
        self.edits = ImageEdits(self._session, self.gallery)
        images = vstack(self.filter, (self.gallery, 1), self.edits, spacing=theme.GRID * 2)
        body = hstack(self._side, (images, 1), spacing=theme.GRID * 3)

        content = QWidget()
        vstack(header, (body, 1), spacing=theme.GRID * 2, parent=content)
        return content

    # Following the session

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

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
        record = self._session.run.record
        predictions = record.shown_predictions.predictions
        self._is_stale = False
        self._stack.setCurrentIndex(1 if predictions else 0)
        self.filter.set_classes(record.classes)
        self._matrix = ConfusionMatrix.of(predictions, record.classes)
        self.matrix.set_matrix(self._matrix)
        self.classes.set_rows(_class_rows(self._matrix))
        self._refresh_words()
        self._refresh_gallery()
        self._fit()

    def _refresh_words(self) -> None:
        run, shown = self._session.run, self._session.run.record.shown_predictions
        counts = self._matrix.counts
        right, total = int(counts.trace()), int(counts.sum())
        interval = wilson(right, total)
        self.accuracy.setText(
            self.tr("Validation accuracy {accuracy} ({low}–{high})").format(
                accuracy=formats.percent(right / total if total else None),
                low=round(100 * interval.low),
                high=round(100 * interval.high),
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
        record = self._session.run.record
        shown = arrange(
            record.shown_predictions.predictions,
            self.filter.order,
            true_class=self.filter.true_class,
            predicted_class=self.filter.predicted_class,
            name=self.filter.name,
        )
        self.gallery.set_records(shown, record.classes)
        self.filter.shown.setText(self.tr("%n image(s)", "", len(shown)))
        nothing = (
            self.tr("Not one is wrong.")
            if self.filter.order in (GalleryOrder.WRONG, GalleryOrder.MOST_SURE_WRONG)
            else self.tr("No image fits these filters.")
        )
        self.gallery.grid.set_empty_text(nothing)

    # Commands

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

    def _on_empty_clicked(self) -> None:
        self._session.go_to(Step.TRAIN)

    def _fit(self) -> None:
        """The matrix has the room it wants, and gives way to the viewer where there is none."""
        wanted = self.matrix.view.sizeHint().width()
        least = SIDE_PX if self.width() >= SMALL_PX else SIDE_LEAST_PX
        most = max(least, min(SIDE_AT_MOST_PX, round(SIDE_SHARE * self.width())))
        self._side.setFixedWidth(min(max(least, wanted), most))
        self._side.setVisible(self.width() >= WIDE_PX or not self.gallery.viewing)


def _class_rows(matrix: ConfusionMatrix) -> list[ClassRow]:
    rights = matrix.counts.diagonal().tolist()
    totals = matrix.counts.sum(axis=1).tolist()
    answers = matrix.counts.sum(axis=0).tolist()
    return [
        ClassRow(
            index,
            name,
            right,
            total,
            _share(right, answered),
            _share(right, total),
            2 * right / (total + answered) if total + answered else None,
        )
        for index, (name, right, total, answered) in enumerate(
            zip(matrix.classes, rights, totals, answers, strict=True)
        )
    ]


def _share(part: int, whole: int) -> Share:
    return Share(part / whole, wilson(part, whole)) if whole else Share(None)
