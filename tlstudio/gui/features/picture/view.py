"""The picture of the chosen network: its blocks, and what flows between them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QToolButton, QWidget

from tlstudio.core.networks.blocks.graph import NetworkGraph, PictureLevel
from tlstudio.core.networks.blocks.training import Training, block_training
from tlstudio.core.networks.catalog import file_stem
from tlstudio.core.settings import Settings
from tlstudio.gui.features.picture import style as style
from tlstudio.gui.features.picture.canvas import ArchitectureCanvas
from tlstudio.gui.features.picture.export import as_image, as_svg
from tlstudio.gui.features.picture.legend import ArchitectureLegend
from tlstudio.gui.features.picture.scene import ArchitectureScene
from tlstudio.gui.kit import file_dialogs, icons, theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.network_waiting import NetworkWaiting
from tlstudio.gui.kit.save_as import Content, save_as
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state import jobs
from tlstudio.gui.state.network_build import NetworkBuild
from tlstudio.gui.state.session import Session


class PictureView(QWidget):
    """Draws `session.network`; a box that is chosen here is chosen in every view of the network."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self._level = PictureLevel.STAGES
        self._build = NetworkBuild(session.network, session.engine_pool, jobs.block_graph, self)
        self._is_traced = True
        self.scene = ArchitectureScene(self)
        self.canvas = ArchitectureCanvas(self.scene)
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
        self.waiting.retried.connect(self._build.retry)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self.canvas)
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
        self._is_traced = graph.is_traced
        self._show_state()
        size = self.canvas.viewport().size()
        self.scene.set_room(float(size.width()), float(size.height()))
        self.scene.set_network(graph, self._level)
        self._on_settings_changed(self._network.settings)
        self._on_layer_selected(self._network.selected_layer)

    def _on_settings_changed(self, settings: Settings) -> None:
        graph, tree = self.scene.network, self._network.tree
        if graph is None or tree is None or not self._build.is_current:
            return
        self.scene.set_training(block_training(graph, tree, settings.plan))
        self._show_legend()

    def _on_layer_selected(self, path: str) -> None:
        graph = self.scene.network
        if graph is None or not self._build.is_current:
            return
        now = self.scene.node(self.scene.chosen_key)
        if now is not None and now.path == path:
            return
        chain = graph.find(path)
        self.scene.choose(chain[-1].key if chain else "")
        if chain:
            self.canvas.bring_into_view(chain[-1].key)
        self._show_facts()

    def _show_state(self) -> None:
        """The picture, or why there is none."""
        is_drawn = self._build.is_current
        self.stack.setCurrentWidget(self.canvas if is_drawn else self.waiting)
        for widget in (self.levels, self.zoom_in, self.zoom_out, self.fit, self.save):
            widget.setEnabled(is_drawn)
        self.legend.setVisible(is_drawn)
        self.facts.setVisible(is_drawn)
        self.note.setVisible(is_drawn and not self._is_traced)
        self.waiting.show_state(is_ready=self._network.is_ready, failure=self._build.failure)

    # -- what a person does ----------------------------------------------------------------------

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
        if node is not None and node.path:
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
        items = self.scene.box_items()
        states: set[Training] = {item.training for item in items}
        skips = any(route.is_skip for route in self.scene.layout.routes)
        self.legend.show_nodes([item.box.node for item in items], states, has_skips=skips)

    def _show_facts(self) -> None:
        """Show the facts about the chosen box in a line."""
        item = self.scene.item(self.scene.chosen_key)
        if item is None:
            hint = self.tr("Click a box to choose it, double-click to open or close it.")
            self.facts.set_text(hint)
            return
        self.facts.set_text(style.tip(item.box.node, item.training, is_brief=True))
