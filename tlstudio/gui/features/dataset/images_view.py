"""The images of the dataset: filters, grid, one of them large."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QSlider, QStackedWidget, QWidget

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Sample, Split
from tlstudio.gui.features.dataset.image_side import ImageSide
from tlstudio.gui.features.dataset.sample_items import SampleItems, folded_names, positions_of
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import IconButton, label, no_mnemonic
from tlstudio.gui.kit.image_edits import ImageEdits
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.thumbnail_grid import THUMB_MAX_PX, THUMB_MIN_PX, THUMB_PX, ThumbnailGrid
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.session import Session

SEARCH_MS = 150
SIDE_PX = 264
SLIDER_FROM_PX = 560  # of the filters; less leaves no room for it


class ImagesView(QWidget):
    """The images of the dataset, filtered by class, split and name.

    Signals:
        side_toggled(bool): the strip beside the grid comes, or went.
    """

    side_toggled = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index: DatasetIndex | None = None
        self._session = session
        self._names: list[str] | None = None  # in lower case; None until somebody searches
        self._folding: DatasetIndex | None = None  # whose names are being put into lower case
        self._browsing = session.feature(BrowsingState)
        self.split = Segmented(self.tr("Split"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("File name"))
        self.search.setAccessibleName(self.tr("Find by file name"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(112)
        self.search.setMaximumWidth(220)
        self.search.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.chosen = IconButton("", "close")
        self.chosen.setToolTip(self.tr("Show the others as well"))
        self.shown = label("", "hint")
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(THUMB_MIN_PX, THUMB_MAX_PX)
        self.size_slider.setValue(THUMB_PX)
        self.size_slider.setSingleStep(16)
        self.size_slider.setFixedWidth(96)
        self.size_slider.setToolTip(self.tr("Size of the images"))
        self.size_slider.setAccessibleName(self.tr("Size of the images"))
        self.grid = ThumbnailGrid(session.thumbnails)
        self.grid.set_empty_text(self.tr("No image matches these filters."))
        self.edits = ImageEdits(session, self.grid, least_chosen=1)
        self.large = ImageViewer(session.thumbnails)
        self.back_button = IconButton(self.tr("Back to all images"), "previous", "quiet")
        self.back_button.setToolTip(self.tr("Esc"))
        self.side = ImageSide(session, session.thumbnails)
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._build()
        self._connect()
        self._on_chosen_changed()

    def focus_search(self) -> None:
        self._close_large()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def set_index(self, index: DatasetIndex) -> None:
        """Show another dataset, or what became of this one."""
        if self._index is None or self._index.root != index.root:
            self.search.clear()
            self._close_large()
            self.grid.set_items(())
            self.grid.scroll_to_top()
            self.split.set_value(None)
        self._index = index
        self._names = None
        self._refresh_splits()
        self.refresh()

    def refresh(self) -> None:
        """Show what passes the filters."""
        if self._index is None:
            return
        text = self.search.text().strip().casefold()
        split = self.split.value
        assert split is None or isinstance(split, Split)
        positions = positions_of(self._index, split, self._browsing.class_index)
        chosen = self._browsing.chosen
        if chosen is not None:
            samples = self._index.samples
            positions = [p for p in positions if samples[p].image in chosen.images]
        if text:
            names = self._names
            if names is None:
                self._fold_names()  # and then again
                return
            positions = [position for position in positions if text in names[position]]
        self.grid.set_items(SampleItems(self._index, positions))
        self.shown.setVisible(bool(text) or chosen is not None)
        self.shown.setText(self.tr("%n image(s)", "", len(positions)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.size_slider.setVisible(self.width() >= SLIDER_FROM_PX)

    def minimumSizeHint(self) -> QSize:
        """Without the slider, which gives way."""
        least = super().minimumSizeHint()
        slider = self.size_slider.width() + theme.GRID if self.size_slider.isVisible() else 0
        return QSize(least.width() - slider, least.height())

    def _build(self) -> None:
        filters = hstack(
            self.split,
            theme.GRID,
            (self.search, 2),
            self.chosen,
            self.shown,
            Stretch(1),
            self.size_slider,
            spacing=theme.GRID,
        )
        self._large_page = QWidget()
        vstack(
            (self.back_button, Qt.AlignmentFlag.AlignLeft),
            (self.large, 1),
            margins=(0, 0, theme.GRID, theme.GRID * 2),
            parent=self._large_page,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._large_page)
        main = vstack(filters, (self._stack, 1), self.edits, spacing=theme.GRID * 2)
        self.side.setFixedWidth(SIDE_PX)
        self.side.hide()
        hstack((main, 1), self.side, spacing=theme.GRID * 2, parent=self)

    def _connect(self) -> None:
        self._search_timer.timeout.connect(self._on_filter_changed)
        self.search.textChanged.connect(self._on_text_changed)
        self.split.chosen.connect(self._on_filter_changed)
        self.chosen.clicked.connect(partial(self._browsing.choose, None))
        self._browsing.class_changed.connect(self._on_class_changed)
        self._browsing.chosen_changed.connect(self._on_chosen_changed)
        self.size_slider.valueChanged.connect(self.grid.set_thumb_size)
        self.grid.current_changed.connect(self._on_current_changed)
        self.grid.selection_changed.connect(self._on_selection_changed)
        self.grid.activated.connect(self._open_large)
        self.back_button.clicked.connect(self._close_large)
        self.side.closed.connect(self._on_side_closed)
        self.side.enlarged.connect(self._open_large)
        for key, slot in (
            (Qt.Key.Key_Escape, self._close_large),
            (Qt.Key.Key_Left, self._previous),
            (Qt.Key.Key_Right, self._next),
        ):
            shortcut = QShortcut(QKeySequence(key), self._large_page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _refresh_splits(self) -> None:
        """Titles with the counts of the chosen class."""
        if self._index is None:
            return
        class_index = self._browsing.class_index
        counts = {
            split: len(self._index.by_split[split])
            if class_index is None
            else self._index.counts[split][class_index]
            for split in self._index.splits
        }
        everything = self.tr("All")
        options: list[tuple[Split | None, str]] = [
            (None, f"{everything}  {formats.count(sum(counts.values()))}")
        ]
        options += [
            (split, f"{core_text(SPLIT_TITLES[split])}  {formats.count(count)}")
            for split, count in counts.items()
        ]
        self.split.set_options(options)

    def _on_class_changed(self) -> None:
        self._refresh_splits()
        self._on_filter_changed()

    def _on_chosen_changed(self) -> None:
        """What another view has picked is a filter that can be taken away."""
        chosen = self._browsing.chosen
        self.chosen.setVisible(chosen is not None)
        self.chosen.setText(no_mnemonic(chosen.title) if chosen is not None else "")
        self._on_filter_changed()

    def _on_text_changed(self) -> None:
        self._fold_names()
        self._search_timer.start()

    def _fold_names(self) -> None:
        if self._names is None and self._index is not None and self._folding is not self._index:
            self._folding = self._index
            pool = self._session.disk_pool
            pool.submit(folded_names, self._index, done=self._on_names_folded)

    def _on_names_folded(self, found: tuple[DatasetIndex, list[str]]) -> None:
        index, names = found
        if index is self._index:
            self._names, self._folding = names, None
            if not self._search_timer.isActive():
                self.refresh()

    def _on_filter_changed(self) -> None:
        self._close_large()
        self.refresh()
        if self.grid.current_index < 0:
            self.grid.scroll_to_top()

    def _on_selection_changed(self) -> None:
        self._browsing.select(tuple(self.grid.selected_images))

    def _on_current_changed(self, number: int) -> None:
        item = self.grid.items[number] if number >= 0 else None
        if self.side.isHidden() and item is not None:
            self.side_toggled.emit(True)  # first, so that there is room for it
            self.side.show()
        elif item is None:
            self.side.hide()
            self.side_toggled.emit(False)
        if item is None or self._index is None:
            self._close_large()
            return
        sample = item.key
        assert isinstance(sample, Sample)
        self.side.show_sample(sample, self._index.classes[sample.class_index])
        if self._stack.currentIndex() == 1:
            self.large.show_image(sample.image)

    def _on_side_closed(self) -> None:
        self.grid.set_current_index(-1)
        self.grid.setFocus()

    def _open_large(self) -> None:
        item = self.grid.current_item
        if item is not None:
            self.large.show_image(item.image)
            self._stack.setCurrentIndex(1)
            self.side.set_enlarged(True)
            self.back_button.setFocus()

    def _close_large(self) -> None:
        if self._stack.currentIndex() == 1:
            self._stack.setCurrentIndex(0)
            self.side.set_enlarged(False)
            self.grid.setFocus()

    def _previous(self) -> None:
        self.grid.set_current_index(max(0, self.grid.current_index - 1))

    def _next(self) -> None:
        last = len(self.grid.items) - 1
        self.grid.set_current_index(min(last, self.grid.current_index + 1))
