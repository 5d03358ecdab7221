"""The Results page: every validation image with what the network says of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.runs.predictions import GalleryOrder, PredictionRecord, accuracy, arrange
from tlstudio.gui.features.results.class_accuracy import ClassAccuracyList, ClassCount
from tlstudio.gui.features.results.gallery_filter import GalleryFilter
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.state.network_views import NetworkViews
from tlstudio.gui.state.session import Session, Step

CLASSES_PX = 192
WIDE_PX = 1040  # narrower, the class list makes room for the open viewer


class ResultsPage(QWidget):
    """Summary, classes and gallery of the run's predictions, kept current while it goes."""

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
        self.classes.chosen.connect(self._on_class_chosen)
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
        self.summary = label("", "hint")
        self.summary.setContentsMargins(0, 0, 0, 4)  # on the line of the larger text before it
        self.use_button = IconButton(self.tr("Try your own images"), "use")
        self.use_button.clicked.connect(self._on_use_clicked)
        self.filter = GalleryFilter()
        self.classes = ClassAccuracyList()
        self.gallery = PredictionGallery(self._session.thumbnails)

        header = hstack(
            self.accuracy,
            (self.summary, 1, Qt.AlignmentFlag.AlignBottom),
            self.use_button,
            spacing=12,
        )
        self._side = QWidget()
        self._side.setFixedWidth(CLASSES_PX)
        vstack(
            label(self.tr("Right, by class"), "section"),
            (self.classes, 100),
            Stretch(),
            margins=(0, 0, 0, 16),
            parent=self._side,
        )
        body = hstack(self._side, (self.gallery, 1), spacing=theme.GRID * 3)

        content = QWidget()
        vstack(header, self.filter, (body, 1), spacing=theme.GRID * 2, parent=content)
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
        self.classes.set_counts(_counts(predictions, record.classes))
        self._refresh_words()
        self._refresh_gallery()

    def _refresh_words(self) -> None:
        run, shown = self._session.run, self._session.run.record.shown_predictions
        self.accuracy.setText(formats.percent(accuracy(shown.predictions)))
        known = [r for r in shown.predictions if r.is_right is not None]
        right = self.tr("{right} of {total} right").format(
            right=formats.count(sum(bool(r.is_right) for r in known)),
            total=formats.count(len(known)),
        )
        epoch = self.tr("epoch {n}").format(n=shown.epoch)
        best = run.record.best
        if best is not None and best.epoch == shown.epoch:
            epoch = self.tr("epoch {n}, the best").format(n=shown.epoch)
        live = self.tr("training goes on") if run.active else ""
        self.summary.setText("  ·  ".join(part for part in (right, epoch, live) if part))
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
        self._refresh_gallery()
        self.gallery.grid.scroll_to_top()

    def _on_class_chosen(self, index: int) -> None:
        self.filter.set_true_class(None if index < 0 else index)

    def _on_empty_clicked(self) -> None:
        self._session.go_to(Step.TRAIN)

    def _on_use_clicked(self) -> None:
        self._session.go_to(Step.USE)

    def _fit(self) -> None:
        """The class list gives way to the viewer where there is not room for both."""
        self._side.setVisible(self.width() >= WIDE_PX or not self.gallery.viewing)


def _counts(
    predictions: tuple[PredictionRecord, ...], classes: tuple[str, ...]
) -> list[ClassCount]:
    right, total = [0] * len(classes), [0] * len(classes)
    for record in predictions:
        if record.target is not None:
            total[record.target] += 1
            right[record.target] += record.is_right is True
    return [ClassCount(*row) for row in zip(classes, right, total, strict=True)]
