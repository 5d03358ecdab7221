"""The picture of the chosen network: its blocks, and what flows between them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QStackedWidget, QToolButton, QWidget

from tlstudio.core.networks.blocks.graph import NetworkGraph, PictureLevel
from tlstudio.core.networks.blocks.layout import BlockLayout
from tlstudio.core.networks.blocks.side_by_side import SideBySide
from tlstudio.core.networks.blocks.training import block_training
from tlstudio.core.networks.catalog import file_stem
from tlstudio.core.settings import Settings
from tlstudio.gui.features.picture import style as style
from tlstudio.gui.features.picture.canvas import ArchitectureCanvas
from tlstudio.gui.features.picture.column_titles import ColumnTitles
from tlstudio.gui.features.picture.export import as_image, as_svg
from tlstudio.gui.features.picture.legend import ArchitectureLegend
from tlstudio.gui.features.picture.scene import ArchitectureScene, LayOut
from tlstudio.gui.kit import block_texts, file_dialogs, icons, theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.connection_table import ConnectionTable
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.network_waiting import NetworkWaiting
from tlstudio.gui.kit.save_as import Content, save_as
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state import jobs
from tlstudio.gui.state.network_build import NetworkBuild
from tlstudio.gui.state.session import Session

LEAST_PICTURE_PX = 360


class PictureView(QWidget):
    """Draws `session.network`; a box that is chosen here is chosen in every view of the network."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self._level = PictureLevel.STAGES
        self._beside = session.beside
        self._shown: SideBySide | None = None  # the set that is drawn
        self._layout_task: Task | None = None
        self._build = NetworkBuild(session.network, session.engine_pool, jobs.block_graph, self)
        self._graph: NetworkGraph | None = None  # of the chosen network
        self.scene = ArchitectureScene(self)
        self.canvas = ArchitectureCanvas(self.scene)
        self.column_titles = ColumnTitles(self.canvas)
        self.connections = ConnectionTable()
        self.connections.hide()
        self.levels = Segmented(self.tr("How much is opened"))
        self.levels.set_options(
            [
                (PictureLevel.STAGES, self.tr("Stages")),
                (PictureLevel.BLOCKS, self.tr("Blocks")),
                (PictureLevel.LAYERS, self.tr("Layers")),
            ]
        )
        self.note = label(
            self.tr(
                "What flows where can't be followed in this network; its modules stand in order."
            ),
            "hint",
            wrap=True,
        )
        self.facts = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.facts.setProperty("role", "hint")
        self.legend = ArchitectureLegend()
        self._make_buttons()
        self._lay_out()

        self.levels.chosen.connect(self._on_level_chosen)
        self.scene.chosen.connect(self._on_box_chosen)
        self.scene.opened.connect(self._on_opened)
        self._network.settings_changed.connect(self._on_settings_changed)
        self._network.layer_selected.connect(self._on_layer_selected)
        self._build.changed.connect(self._show_state)
        self._build.built.connect(self._on_built)
        self._beside_shown = VisibleRefresh(self, self._follow_beside)
        self._beside.changed.connect(self._beside_shown.request)
        self._show_state()

    # -- building --------------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        self.zoom_out = self._tool("zoom_out", self.tr("Smaller"), "-")
        self.zoom_in = self._tool("zoom_in", self.tr("Larger"), "+")
        self.fit = self._tool("fit", self.tr("The whole picture"), "0")
        self.zoom_out.clicked.connect(self.canvas.zoom_out)
        self.zoom_in.clicked.connect(self.canvas.zoom_in)
        self.fit.clicked.connect(self.canvas.fit)
        self.save = IconButton(self.tr("Save picture"), "export", "quiet")
        menu = QMenu(self)
        menu.addAction(self.tr("As a drawing (SVG)…"), self._ask_svg)
        menu.addAction(self.tr("As an image (PNG)…"), self._ask_png)
        self.save.setMenu(menu)

    def _tool(self, icon: str, text: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setToolTip(plain_tip(f"{text} ({key})"))
        button.setAccessibleName(text)
        button.setIconSize(QSize(18, 18))
        return button

    def _lay_out(self) -> None:
        tools = hstack(
            self.levels,
            Stretch(),
            self.zoom_out,
            self.zoom_in,
            self.fit,
            theme.GRID,
            self.save,
            spacing=theme.GRID // 2,
        )
        self.waiting = NetworkWaiting(
            self.tr("Loading the model library…"),
            self.tr("Drawing the network…"),
            self.tr("Try again"),
        )
        self.waiting.retried.connect(self._on_retried)
        self._drawn = QWidget()
        picture = vstack(self.column_titles, (self.canvas, 1), spacing=0)
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        self._beside_picture = hstack(
            (picture, 1), (self.connections, end), spacing=theme.GRID, parent=self._drawn
        )
        self.column_titles.hide()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self._drawn)
        vstack(
            tools,
            self.note,
            (self.stack, 1),
            self.facts,
            self.legend,
            spacing=theme.GRID,
            parent=self,
        )

    # -- following the session -------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._build.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._build.watch(False)

    def _on_built(self, graph: NetworkGraph) -> None:
        self._graph = graph
        if not self._beside.models:
            self._draw_chosen()

    def _draw_chosen(self) -> None:
        """Draw the chosen network alone."""
        if self._graph is None:
            return
        self._show_state()
        size = self.canvas.viewport().size()
        self.scene.set_room(float(size.width()), float(size.height()))
        self.scene.set_network(self._graph, self._level)
        self._on_settings_changed(self._network.settings)
        self._on_layer_selected(self._network.selected_layer)

    def _follow_beside(self) -> None:
        """Draw the set that is looked at, or again the chosen network alone."""
        before, self._shown = self._shown, self._beside.value
        self.column_titles.setVisible(self._shown is not None)
        self._show_state()
        if self._shown is not None and self._shown is not before:
            titles = tuple(map(self._network.title_of, self._shown.models))
            self.scene.set_side_by_side(self._shown, titles, self._level, self._lay_out_elsewhere)
        elif before is not None and not self._beside.models:
            self._draw_chosen()

    def _lay_out_elsewhere(self, work: LayOut, done: Callable[[BlockLayout], None]) -> None:
        """Let another thread lay the picture out; only what came of the last one is shown."""
        if self._layout_task is not None:
            self._layout_task.cancel()
        self._layout_task = self._session.disk_pool.submit(
            work, done=done, failed=self._session.notifications.error
        )

    def _on_settings_changed(self, settings: Settings) -> None:
        graph, tree = self._chosen_graph, self._network.tree
        if graph is None or tree is None:
            return
        self.scene.set_training(block_training(graph, tree, settings.plan))
        self._show_legend()

    def _on_layer_selected(self, path: str) -> None:
        graph = self._chosen_graph
        if graph is None:
            return
        now = self.scene.node(self.scene.chosen_key)
        if now is not None and now.path == path:
            return
        chain = graph.find(path)
        self.scene.choose(chain[-1].key if chain else "")
        if chain:
            self.canvas.bring_into_view(chain[-1].key)
        self._show_facts()

    @property
    def _chosen_graph(self) -> NetworkGraph | None:
        """The picture of the chosen network, while that is what is drawn."""
        return self._graph if self._build.is_current and not self._beside.models else None

    def _show_state(self) -> None:
        """The picture, or why there is none."""
        is_set = bool(self._beside.models)
        is_drawn = self._shown is not None if is_set else self._build.is_current
        graph = self._shown.whole if is_set and self._shown is not None else self._graph
        self.stack.setCurrentWidget(self._drawn if is_drawn else self.waiting)
        for widget in (self.levels, self.zoom_in, self.zoom_out, self.fit, self.save):
            widget.setEnabled(is_drawn)
        self.legend.setVisible(is_drawn)
        self.facts.setVisible(is_drawn)
        self.note.setVisible(is_drawn and graph is not None and not graph.is_traced)
        failure = self._beside.failure if is_set else self._build.failure
        self.waiting.show_state(is_ready=self._network.is_ready, failure=failure)

    # -- what a person does ----------------------------------------------------------------------

    def _on_retried(self) -> None:
        if self._beside.models:
            self._beside.retry()
        else:
            self._build.retry()

    def _on_level_chosen(self, level: object) -> None:
        if isinstance(level, PictureLevel):
            self._level = level
            self.scene.set_level(level)

    def _on_opened(self, key: str) -> None:
        level = self.scene.level()
        if level is not None:
            self.levels.set_value(level)
        self._show_legend()
        self._show_facts()

    def _on_box_chosen(self, key: str) -> None:
        node = self.scene.node(key)
        if node is not None and node.path and self._chosen_graph is not None:
            self._network.select_layer(node.path)
        self._show_facts()

    def _ask_svg(self) -> None:
        self._ask(file_dialogs.SVG, lambda: as_svg(self.scene, self._model))

    def _ask_png(self) -> None:
        self._ask(file_dialogs.PNG, lambda: as_image(self.scene))

    def _ask(self, kind: file_dialogs.Filter, content: Callable[[], Content]) -> None:
        if self._model:
            title = self.tr("Save picture")
            save_as(self, self._session, title, file_stem(self._model), {kind: content})

    @property
    def _model(self) -> str:
        """Name of the network that is drawn; empty without one."""
        return self.scene.network.model if self.scene.network is not None else ""

    # -- texts -----------------------------------------------------------------------------------

    def _show_legend(self) -> None:
        scene = self.scene
        nodes = [box.node for box in scene.layout.boxes]
        self.legend.show_nodes(
            nodes,
            scene.training_states,
            has_skips=any(route.is_skip for route in scene.layout.routes),
            has_differences=not scene.differing.isdisjoint(node.key for node in nodes),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_connections()

    def _place_connections(self) -> None:
        """Put the table beside the picture where that leaves enough of it, else below."""
        is_wide = self.width() - self.connections.sizeHint().width() > LEAST_PICTURE_PX
        ways = QBoxLayout.Direction
        self._beside_picture.setDirection(ways.LeftToRight if is_wide else ways.TopToBottom)

    def _show_connections(self) -> None:
        """Show which maps the chosen box, or the one around it, sees, if not all see all."""
        graph = self._chosen_graph
        chain = graph.chains.get(self.scene.chosen_key, ()) if graph is not None else ()
        found = next((node.connections for node in reversed(chain) if node.connections), ())
        self.connections.show_connections(found)
        self._place_connections()

    def _show_facts(self) -> None:
        """Show the facts about the chosen box in a line."""
        self._show_connections()
        item = self.scene.item(self.scene.chosen_key)
        if item is None:
            hint = self.tr("Click a box to choose it, double-click to open or close it.")
            self.facts.set_text(hint)
            return
        node, training = item.box.node, item.training
        self.facts.set_text(block_texts.tip(node, training, differs=item.differs, is_brief=True))
