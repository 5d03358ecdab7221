"""The view "Map" of the Data page."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.features.map.canvas import MapCanvas
from tlstudio.gui.features.map.colouring import COLOUR_BY, coloured
from tlstudio.gui.features.map.legend import Legend
from tlstudio.gui.features.map.selection_side import SelectionSide
from tlstudio.gui.features.map.state import MapState
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.image_edits import ImageEdits
from tlstudio.gui.kit.language import core_text, error_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.kit.waiting_page import WaitingPage
from tlstudio.gui.state.browsing import BrowsingState, ChosenImages
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session

SIDE_PX = 256
EDITS_PX = 40
PAN, LASSO = "pan", "lasso"


class MapView(QWidget):
    """The map with its tools above it; what the colours mean, and what is chosen, beside it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "map")
        self._session = session
        self._index: DatasetIndex | None = None
        self._shown: tuple[ImageRef, ...] = ()
        self._names: list[str] = []
        self._row_of: dict[ImageRef, int] = {}
        self._is_following = False  # another view's choice
        self._browsing = session.feature(BrowsingState)
        self.state = session.feature(MapState)
        self.canvas = MapCanvas(session.thumbnails)
        self.canvas.export = ChartExport(lambda: self.canvas, self.tr("map"), session, self)
        self.tool = Segmented(self.tr("What dragging does"))
        self.tool.set_options([(PAN, self.tr("Move")), (LASSO, self.tr("Lasso"))])
        for button, name in zip(self.tool.buttons(), (PAN, LASSO), strict=True):
            button.setIcon(icons.icon(name, "text_soft"))
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.tool.buttons()[1].setToolTip(
            self.tr("Draw around images to choose them (L); Shift adds")
        )
        self.pictures = _toggle("image", self.tr("Pictures"))
        self.pictures.setToolTip(self.tr("Pictures at the points where there is room"))
        self.pictures.setChecked(True)
        self.fit_button = _toggle("fit", self.tr("Everything in sight"), is_toggle=False)
        self.fit_button.setToolTip(self.tr("Everything in sight (0)"))
        self.about = ElidedLabel()
        self.about.setProperty("role", "hint")
        self.export_button = IconButton(self.tr("Save…"), "export", "quiet")
        self.export_button.setMenu(self.canvas.export.menu(self.export_button))
        self.colour_by = ChoiceField()
        self.colour_by.setAccessibleName(self.tr("Colour by"))
        self.legend = Legend()
        self.selection = SelectionSide(session)
        self.edits = ImageEdits(session, self.selection.grid, least_chosen=1)
        self.hint = label(
            self.tr("Click a point, or draw around several with the lasso: they appear here."),
            "hint",
            wrap=True,
        )
        self._build()
        self._connect()
        self._refresh = VisibleRefresh(self, self.refresh)
        self._recolour = VisibleRefresh(self, self.recolour)

    def set_index(self, index: DatasetIndex) -> None:
        """Follow the dataset and its changes by hand."""
        self._index = index
        self._refresh.request()
        self._recolour.request()

    # -- refreshing ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the map, or why there is none yet."""
        self.state.look()
        known, state = self.state.map, self.state
        if known is None or not len(known.images):
            self._shown = ()
            self._tell_waiting()
            self._stack.setCurrentIndex(1)
            self.side.hide()
            return
        self.canvas.is_moving = state.is_active
        if known.images != self._shown:
            self._shown = known.images
            self._row_of = {image: row for row, image in enumerate(known.images)}
            self.canvas.set_images(known.images, known.positions)
            self.recolour()
        else:
            self.canvas.set_positions(known.positions)
        self._stack.setCurrentIndex(0)
        self.side.show()
        self._tell_about()

    def recolour(self) -> None:
        """Answer the question that the colours are asked anew."""
        index = self._index
        specs = [spec for spec in COLOUR_BY if spec.is_there(self._session)]
        titles = [(spec.id, self.tr(spec.title)) for spec in specs]
        wanted = self.colour_by.value
        self.colour_by.set_choices(titles)
        if wanted in {spec.id for spec in specs}:
            self.colour_by.set_value(wanted)
        if index is None or not self._shown:
            return
        spec = next(spec for spec in specs if spec.id == (self.colour_by.value or specs[0].id))
        self._names = self._named(index)
        answer = coloured(spec, self._session, index, self._shown)
        self.canvas.set_coloured(answer, self._names)
        self.legend.set_coloured(answer)
        self.canvas.set_hidden(self.legend.hidden)
        self._describe()
        self._on_selection_changed()

    def _named(self, index: DatasetIndex) -> list[str]:
        classes = [shown(name) for name in index.classes]
        of = {
            s.image: f"{classes[s.class_index]} · {core_text(SPLIT_TITLES[s.split])}"
            for s in index.samples
        }
        left_out = self.tr("Left out")
        return [of.get(image, left_out) for image in self._shown]

    def _tell_waiting(self) -> None:
        state, features = self.state, self.state.features
        error = state.problem
        is_busy = state.is_wanted or state.is_looking_up
        if error is not None:
            text = error_text(error)
        elif not self._session.network.is_ready:
            text = self.tr("PyTorch is still loading; the map comes in a moment.")
        elif is_busy:
            text = features.status or self.tr("The map is being laid out…")
        else:
            text = self.tr(
                "The map shows all images as points, alike ones beside each other. For that a "
                "network looks at each image once: about {time}."
            ).format(time=formats.estimate(features.estimate_s))
        self.waiting.setText(text)
        progress = features.progress
        self.bar.setVisible(is_busy and error is None)
        self.bar.setRange(0, progress.total if progress is not None else 0)
        self.bar.setValue(progress.done if progress is not None else 0)
        can_start = self._session.network.is_ready and not is_busy
        self.start_button.setVisible(can_start)
        self.start_button.setText(
            self.tr("Make the map") if error is None else self.tr("Try again")
        )
        self.cancel_button.setVisible(state.is_wanted)

    def _tell_about(self) -> None:
        known = self.state.map
        assert known is not None
        models = {spec.name: spec.title for spec in self._session.network.models}
        count = self.tr("%n image(s)", "", len(known.images))
        if self.state.is_active:
            percent = formats.percent(known.step / known.steps, 0)
            text = self.tr("The map is being laid out: {percent}").format(percent=percent)
        elif not known.is_final:
            text = self.tr("{count}, not laid out to the end").format(count=count)
        else:
            text = self.tr("{count}; what is near is alike to {model}").format(
                count=count, model=models.get(known.model, known.model)
            )
        self.about.set_text(text)
        self.stop_button.setVisible(self.state.is_active)
        self.go_on_button.setVisible(
            not self.state.is_active and not known.is_final and not self.state.is_wanted
        )

    def _describe(self) -> None:
        groups = self.canvas_groups()
        self.canvas.setAccessibleDescription(
            self.tr("%n image(s)", "", len(self._shown)) + ": " + ", ".join(groups)
        )

    def canvas_groups(self) -> list[str]:
        """What the legend says, a text a row."""
        model = self.legend.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    # -- building --------------------------------------------------------------------------------

    def _build(self) -> None:
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self.state.cancel)
        self.go_on_button = IconButton(self.tr("Lay out"), "reload", "quiet", self.state.start)
        tools = hstack(
            self.tool,
            self.pictures,
            self.fit_button,
            theme.GRID,
            (self.about, 1),
            self.stop_button,
            self.go_on_button,
            self.export_button,
            spacing=theme.GRID,
        )
        self._map_page = QWidget()
        below = QWidget()  # there also while nothing is chosen: the map is not to jump
        below.setFixedHeight(EDITS_PX)
        hstack((self.edits, 1), parent=below)
        vstack(tools, (self.canvas, 1), below, spacing=theme.GRID, parent=self._map_page)
        self.start_button = IconButton(self.tr("Make the map"), "play", "", self.state.start)
        self.cancel_button = IconButton(self.tr("Cancel"), "close", "quiet", self.state.cancel)
        waiting = WaitingPage(self.start_button, self.cancel_button)
        self.waiting, self.bar = waiting.words, waiting.bar
        self._stack = QStackedWidget()
        self._stack.addWidget(self._map_page)
        self._stack.addWidget(waiting)
        self._stack.setCurrentIndex(1)
        self.side = QWidget()
        self.side.setFixedWidth(SIDE_PX)
        heading = hstack(
            label(self.tr("Colour by"), "hint"), (self.colour_by, 1), spacing=theme.GRID
        )
        vstack(
            heading,
            self.legend,
            theme.GRID,
            self.hint,
            (self.selection, 100),
            Stretch(1),
            spacing=theme.GRID,
            margins=(0, 0, 0, theme.GRID),
            parent=self.side,
        )
        hstack((self._stack, 1), self.side, spacing=theme.GRID * 2, parent=self)

    def _connect(self) -> None:
        session = self._session
        self.state.changed.connect(self._on_state_changed)
        self.state.moved.connect(self._on_state_changed)
        session.network.engine_ready.connect(self._on_state_changed)
        session.network.models_changed.connect(self._on_state_changed)
        session.run.predictions_changed.connect(self._on_answers_changed)
        session.feature(HealthState).changed.connect(self._on_answers_changed)
        self.tool.chosen.connect(self._on_tool_chosen)
        self.pictures.toggled.connect(self._on_pictures_toggled)
        self.fit_button.clicked.connect(self.canvas.fit)
        self.colour_by.chosen.connect(self._on_colour_chosen)
        self.legend.hidden_changed.connect(self.canvas.set_hidden)
        self.canvas.selection_changed.connect(self._on_selection_changed)
        self.canvas.activated.connect(self._on_activated)
        self.canvas.menu_wanted.connect(self._on_menu_wanted)
        self.selection.looked_at.connect(self._on_looked_at)
        self._browsing.chosen_changed.connect(self._on_chosen_elsewhere)
        self._browsing.selected_changed.connect(self._on_selected_in_gallery)
        for key, act in (
            (QKeySequence(Qt.Key.Key_L), self._switch_tool),
            (QKeySequence(QKeySequence.StandardKey.Delete), self.edits.leave_out),
        ):
            shortcut = QShortcut(key, self.canvas)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.about.setVisible(self.width() > 640)

    # -- following -------------------------------------------------------------------------------

    def _on_state_changed(self) -> None:
        self._refresh.request()

    def _on_answers_changed(self) -> None:
        self._recolour.request()

    def _on_colour_chosen(self, _value: str) -> None:
        self.legend.clearSelection()
        self.recolour()

    def _on_tool_chosen(self, tool: object) -> None:
        self.canvas.draws_lasso = tool == LASSO
        self.canvas.show_tool()

    def _switch_tool(self) -> None:
        self.tool.set_value(PAN if self.tool.value == LASSO else LASSO)
        self._on_tool_chosen(self.tool.value)

    def _on_pictures_toggled(self, shown: bool) -> None:
        self.canvas.has_pictures = shown
        self.canvas.update()

    def _on_selection_changed(self) -> None:
        """What is chosen stands beside the map, and several of them in the gallery, too."""
        numbers = self.canvas.selection
        images = [self._shown[number] for number in numbers]
        self.selection.set_images(images, [self._names[number] for number in numbers])
        self.hint.setVisible(not numbers)
        if self._is_following:
            return
        chosen = None
        if len(images) > 1:
            chosen = ChosenImages(self.tr("chosen on the map"), frozenset(images))
        self._is_following = True
        self._browsing.choose(chosen)
        self._is_following = False

    def _on_chosen_elsewhere(self) -> None:
        """Images that another view has picked are chosen here, too."""
        if self._is_following or not self._shown:
            return
        chosen = self._browsing.chosen
        self._follow(chosen.images if chosen is not None else frozenset())

    def _on_selected_in_gallery(self) -> None:
        """What is selected there is chosen here; that nothing is any more changes nothing here."""
        if not self._is_following and self._shown and self._browsing.selected:
            self._follow(self._browsing.selected)

    def _follow(self, images: Iterable[ImageRef]) -> None:
        self._is_following = True
        self.canvas.select([self._row_of[image] for image in images if image in self._row_of])
        self._is_following = False

    def _on_looked_at(self, image: ImageRef) -> None:
        row = self._row_of.get(image, -1)
        self.canvas.select(self.canvas.selection, row)

    def _on_menu_wanted(self, at: QPoint) -> None:
        if self.canvas.selection:
            self.edits.menu().popup(at)

    def _on_activated(self, number: int) -> None:
        image = self._shown[number]
        self._browsing.show_images(image.name, frozenset([image]))


def _toggle(icon: str, name: str, *, is_toggle: bool = True) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(icon, "text_soft"))
    button.setProperty("role", "segment" if is_toggle else "quiet")
    button.setCheckable(is_toggle)
    button.setAccessibleName(name)
    return button
