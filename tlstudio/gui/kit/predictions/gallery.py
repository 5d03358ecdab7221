"""Predictions as a grid of images or a table, one of which may be looked at beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import line
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.predictions.items import PredictionItems
from tlstudio.gui.kit.predictions.table import PredictionTable
from tlstudio.gui.kit.predictions.viewer import PredictionViewer
from tlstudio.gui.kit.thumbnail_grid import ThumbnailGrid
from tlstudio.gui.kit.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    import numpy as np

AVERAGED = 64  # images of a class
GRID_MIN_PX = 232  # beside the viewer: one column at least
VIEWER_MIN_PX, VIEWER_MAX_PX = 400, 720


class PredictionGallery(QWidget):
    """A click or Enter opens the viewer; while it is open it follows the choice in the grid.

    In place of the grid there may be a table; what it is sorted by is the order of both.

    Attributes:
        note_of: what is to be said of an image beside its prediction.

    Signals:
        network_view_wanted(ImageRef): for `set_network_view`.
        why_wanted(object), save_wanted(QImage, str): of the viewer.
        viewing_changed(bool): the viewer was opened or closed.
    """

    network_view_wanted = Signal(object)
    why_wanted = Signal(object)
    save_wanted = Signal(object, str)
    viewing_changed = Signal(bool)

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "prediction")
        self._records: Sequence[PredictionRecord] = ()
        self._classes: tuple[str, ...] = ()
        self._viewing = False
        self.note_of: Callable[[ImageRef], str] = lambda image: ""
        self.grid = ThumbnailGrid(cache)
        self.grid.setMinimumWidth(GRID_MIN_PX)
        self.grid.setAccessibleName(self.tr("Predictions"))
        self.table = PredictionTable()
        self.table.setMinimumWidth(GRID_MIN_PX)
        self._given: Sequence[PredictionRecord] = ()
        self._lists = PageStack()
        self._lists.addWidget(self.grid)
        self._lists.addWidget(self.table)
        self.viewer = PredictionViewer(cache)
        self.viewer.setMinimumWidth(VIEWER_MIN_PX)
        self.viewer.setMaximumWidth(VIEWER_MAX_PX)
        self._line = line(vertical=True)
        hstack((self._lists, 4), self._line, (self.viewer, 5), spacing=theme.GRID * 2, parent=self)
        self._line.hide()
        self.viewer.hide()

        self.grid.viewport().installEventFilter(self)
        self.grid.activated.connect(self._on_activated)
        self.grid.current_changed.connect(self._on_current_changed)
        self.table.opened.connect(self.open_viewer)
        self.table.current_changed.connect(self.grid.set_current_index)
        self.table.sorting_changed.connect(self._arrange)
        self.viewer.stepped.connect(self._on_stepped)
        self.viewer.closed.connect(self.close_viewer)
        self.viewer.network_view_wanted.connect(self.network_view_wanted)
        self.viewer.why_wanted.connect(self.why_wanted)
        self.viewer.save_wanted.connect(self.save_wanted)
        self.viewer.images_of = self.images_of

    @property
    def selection(self) -> tuple[PredictionRecord, ...]:
        """The predictions of the chosen images."""
        return tuple(self._records[index] for index in self.grid.selection)

    @property
    def viewing(self) -> bool:
        """Whether the viewer is open."""
        return self._viewing

    def set_records(self, records: Sequence[PredictionRecord], classes: Sequence[str]) -> None:
        """Show these. Scroll position and choice stay where they can."""
        self._given, self._classes = records, tuple(classes)
        self.table.set_classes(self._classes)
        self._arrange()

    @property
    def shows_table(self) -> bool:
        return self._lists.currentIndex() == 1

    def show_table(self, shows: bool) -> None:
        """Show the predictions as rows with everything that is said of them, or as pictures."""
        self._lists.setCurrentIndex(1 if shows else 0)
        self._arrange()

    def _arrange(self) -> None:
        """Show what was given; in the order of the table while that is shown."""
        records = self._given
        if self.shows_table:
            records = self.table.set_records(records)
        self._records = records
        self.grid.set_items(PredictionItems(records, self._classes, self.note_of))
        if self._viewing:
            self._show(self.grid.current_index)
        if self.shows_table:
            self.table.set_current(self.grid.current_index)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the answers that are shown."""
        return self._classes

    def images_of(self, class_index: int) -> tuple[ImageRef, ...]:
        """At most `AVERAGED` images of a class, spread over those shown; where the truth is not
        known, those that are said to be of it."""
        images = [
            record.image
            for record in self._records
            if (record.predicted if record.target is None else record.target) == class_index
        ]
        step = max(1, -(-len(images) // AVERAGED))
        return tuple(images[::step])

    def set_network_view(self, image: ImageRef, pixels: np.ndarray[Any, Any]) -> None:
        self.viewer.set_network_view(image, pixels)

    def open_viewer(self, index: int) -> None:
        """Look at the `index`-th image."""
        self.grid.set_current_index(index)
        self.table.set_current(index)
        self._show(index)
        self._set_viewing(True)

    def open_image(self, image: ImageRef) -> None:
        """Look at an image, if it is among those that are shown."""
        places = [place for place, record in enumerate(self._records) if record.image == image]
        if places:
            self.open_viewer(places[-1])

    def close_viewer(self) -> None:
        """Close the viewer and go back to the grid alone."""
        if self._viewing:
            self.viewer.clear()
            self._set_viewing(False)
            shown = self.table if self.shows_table else self.grid
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_viewing(self, viewing: bool) -> None:
        """Tell others before there is one more thing to find room for."""
        if viewing == self._viewing:
            return
        self._viewing = viewing
        if not viewing:
            self._line.hide()
            self.viewer.hide()
        self.viewing_changed.emit(viewing)
        if viewing:
            self._line.show()
            self.viewer.show()
            self.grid.set_current_index(self.grid.current_index)  # in view, with fewer columns too

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click opens; the keyboard only chooses until Enter is pressed."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            is_left = event.button() == Qt.MouseButton.LeftButton
            if is_left and len(self.grid.selection) == 1 and not event.modifiers():
                self.open_viewer(self.grid.current_index)
        return super().eventFilter(watched, event)

    def _on_activated(self, index: int) -> None:
        self.open_viewer(index)

    def _on_current_changed(self, index: int) -> None:
        if self._viewing:
            self._show(index)

    def _show(self, index: int) -> None:
        """Show the `index`-th image in the viewer; nothing to show closes it."""
        if 0 <= index < len(self._records):
            record = self._records[index]
            self.viewer.set_record(record, self._classes, index, len(self._records))
        else:
            self.close_viewer()

    def _on_stepped(self, step: int) -> None:
        index = self.grid.current_index + step
        if 0 <= index < len(self._records):
            self.open_viewer(index)
