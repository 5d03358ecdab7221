"""The maps or filters themselves: all of a page, or one of them large."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.feature_maps.maps import MAPS_SHOWN, FeatureMaps
from tlstudio.gui.features.feature_maps.map_grid import MapCell, MapGrid
from tlstudio.gui.features.feature_maps.map_viewer import MapViewer
from tlstudio.gui.features.feature_maps.pictures import (
    MapPicture,
    is_unchanged,
    parts_of,
    photo_of,
    pictures_of,
    total_of,
    words_of,
)
from tlstudio.gui.features.feature_maps.state import FeatureMapsState
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, plain_tip
from tlstudio.gui.kit.language import error_hint, error_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.state.session import Session

STALE_MS = 200  # quicker answers replace the old maps without a flicker


class FeaturesArea(QWidget):
    """Follows `FeatureMapsState.result`; what is below says where in all channels it is.

    Signals:
        pointed(MapPicture | None, str): a person looks at one picture, with the words for it.
    """

    pointed = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._features = session.feature(FeatureMapsState)
        self._pictures: list[MapPicture] = []
        self._photo: QPixmap | None = None
        self._same_scale = False
        self._enlarged = -1  # the picture that is shown large
        self._stale = QTimer(self, singleShot=True, interval=STALE_MS)
        self._stale.timeout.connect(self._on_stale)
        self._build()
        self._lay_out()
        self._connect()
        self._show_result()

    def _build(self) -> None:
        self.grid = MapGrid()
        self.grid.setAccessibleName(self.tr("Feature maps"))
        self.viewer = MapViewer()
        self.nearest_button = IconButton("", "model")
        self.no_maps = EmptyState(
            "image",
            self.tr("This layer makes no maps"),
            self.tr("Its output has no place in the image any more."),
            self.nearest_button,
        )
        self.facts = label("", "hint")
        self.facts.setMinimumHeight(32)  # that of the buttons beside it, which come and go
        self.cancel_button = IconButton(self.tr("Cancel"), "close", "quiet")
        self.cancel_button.hide()
        self.places = label("", "hint")
        self.before = self._page_button("previous", self.tr("Previous page"))
        self.after = self._page_button("next", self.tr("Next page"))

    def _page_button(self, icon: str, name: str) -> IconButton:
        button = IconButton("", icon, "link")
        button.setAccessibleName(name)
        button.setToolTip(plain_tip(name))
        button.setFixedWidth(28)
        return button

    def _lay_out(self) -> None:
        self._stack = PageStack()
        pages: tuple[QWidget, ...] = (self.grid, self.viewer, self.no_maps)
        for page in pages:
            self._stack.addWidget(page)
        footer = hstack(
            (self.facts, 1),
            self.cancel_button,
            self.places,
            self.before,
            self.after,
            spacing=theme.GRID,
        )
        vstack((self._stack, 1), footer, spacing=theme.GRID, parent=self)

    def _connect(self) -> None:
        features = self._features
        features.look_changed.connect(self._show_page)
        features.layers_changed.connect(self._show_page)
        features.result_changed.connect(self._show_result)
        features.busy_changed.connect(self._on_busy_changed)
        features.failed.connect(self._on_failed)
        self.grid.hovered.connect(self._on_hovered)
        self.grid.activated.connect(self.enlarge)
        self.grid.page_wanted.connect(self._turn_page)
        self.viewer.closed.connect(self.show_all)
        self.viewer.stepped.connect(self._on_stepped)
        self.before.clicked.connect(self._on_before_clicked)
        self.after.clicked.connect(self._on_after_clicked)
        self.nearest_button.clicked.connect(self._on_nearest_clicked)
        self.cancel_button.clicked.connect(features.cancel)

    def set_same_scale(self, same_scale: bool) -> None:
        """Whether all maps have one scale, or each its own."""
        self._same_scale = same_scale
        self._show_result()

    def enlarge(self, index: int) -> None:
        """Show one picture of the page large."""
        if not 0 <= index < len(self._pictures):
            return
        self._enlarged = index
        picture = self._pictures[index]
        titles = [""]
        if len(picture.pixmaps) > 1:
            titles = [self.tr("pretrained"), self.tr("trained")]
        photo = None if self._shows_filters() else self._photo
        self.viewer.show_map(
            photo, list(zip(picture.pixmaps, titles, strict=True)), self._words(picture)
        )
        self.pointed.emit(picture, "")
        self._show_page()
        self.viewer.setFocus()

    def show_all(self) -> None:
        """Go back to the page of small pictures."""
        index, self._enlarged = self._enlarged, -1
        self._show_page()
        self.grid.set_current_index(index)
        self.grid.setFocus()

    # -- following the session -------------------------------------------------------------------

    def _on_busy_changed(self, busy: bool) -> None:
        if busy:
            self._stale.start()
            return
        self._stale.stop()
        self.cancel_button.hide()
        self.grid.set_stale(False)

    def _on_stale(self) -> None:
        self.cancel_button.show()
        self.grid.set_stale(True)
        if self._features.result is None:
            self.grid.set_text(self.tr("Looking at the image…"))

    def _on_failed(self, error: TLStudioError) -> None:
        self._pictures, self._enlarged = [], -1
        self.grid.set_text(f"{error_text(error)}\n{error_hint(error)}".strip())
        self.facts.clear()
        self._show_pager()
        self._show_page()

    # -- showing ---------------------------------------------------------------------------------

    def _show_page(self) -> None:
        features = self._features
        if features.map_layer is None and not features.shows_filters:
            nearest = features.nearest_layer
            self.nearest_button.setText(self.tr("Show {layer}").format(layer=nearest))
            self._stack.setCurrentWidget(self.no_maps)
        elif self._enlarged >= 0:
            self._stack.setCurrentWidget(self.viewer)
        else:
            self._stack.setCurrentWidget(self.grid)
        if self._stack.currentWidget() is self.no_maps:
            for widget in (self.facts, self.places):
                widget.clear()
            for button in (self.before, self.after):
                button.hide()

    def _show_result(self) -> None:
        result = self._features.result
        if result is None:
            self._pictures, self._photo, self._enlarged = [], None, -1
            self.grid.set_text("")
            self.facts.clear()
        else:
            self._pictures = pictures_of(result, same_scale=self._same_scale)
            self._photo = photo_of(result)
            self.grid.set_cells(
                [MapCell(p.pixmaps, str(p.number), self._words(p)) for p in self._pictures]
            )
            self.facts.setText(self._facts())
            if self._enlarged >= 0:
                self.enlarge(min(self._enlarged, len(self._pictures) - 1))
        self._show_pager()
        self._show_page()

    def _show_pager(self) -> None:
        result, shown = self._features.result, len(self._pictures)
        total = first = 0
        self.places.clear()
        if result is not None and shown:
            total, first = total_of(result), parts_of(result)[0].first
            self.places.setText(
                self.tr("{first}–{last} of {total}").format(
                    first=formats.count(first + 1),
                    last=formats.count(first + shown),
                    total=formats.count(total),
                )
            )
        for button, is_possible in ((self.before, first > 0), (self.after, first + shown < total)):
            button.setVisible(total > MAPS_SHOWN)
            button.setEnabled(is_possible)

    def _facts(self) -> str:
        result = self._features.result
        assert result is not None
        if is_unchanged(result):
            return self.tr("Training left this as it was.")
        part = parts_of(result)[-1]
        if not isinstance(part, FeatureMaps):
            return self.tr("{layer} · grey is zero").format(layer=part.path)
        shape = part.shape
        facts = [f"{shape.channels} × {shape.height} × {shape.width}"]
        if part.dead and not part.is_signed:
            share = formats.percent(part.dead, 0)
            facts.append(self.tr("{share} of the channels are silent").format(share=share))
        return " · ".join(facts)

    def _words(self, picture: MapPicture) -> str:
        return words_of(picture, is_filter=self._shows_filters())

    def _shows_filters(self) -> bool:
        result = self._features.result
        return result is not None and result.request.shows_filters

    # -- what a person does ----------------------------------------------------------------------

    def _on_hovered(self, index: int) -> None:
        picture = self._pictures[index] if 0 <= index < len(self._pictures) else None
        self.pointed.emit(picture, self._words(picture) if picture else "")

    def _on_stepped(self, step: int) -> None:
        self.enlarge(self._enlarged + step)

    def _on_nearest_clicked(self) -> None:
        self._session.network.select_layer(self._features.nearest_layer)

    def _on_before_clicked(self) -> None:
        self._turn_page(-1)

    def _on_after_clicked(self) -> None:
        self._turn_page(1)

    def _turn_page(self, step: int) -> None:
        result = self._features.result
        target = self._features.first + step * MAPS_SHOWN
        if result is not None and 0 <= target < total_of(result):
            self._enlarged = -1
            self._features.set_first(target)
