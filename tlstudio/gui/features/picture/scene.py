"""The picture of a network as a scene: what is open, what is chosen, what trains."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QLineF, QObject, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsScene, QGraphicsSceneHelpEvent, QToolTip

from tlstudio.core.networks.blocks.graph import BlockNode, NetworkGraph, PictureLevel
from tlstudio.core.networks.blocks.layout import (
    BlockLayout,
    Box,
    Route,
    block_layout,
    layout_in_rows,
)
from tlstudio.core.networks.blocks.side_by_side import Row, SideBySide
from tlstudio.core.networks.blocks.training import Training
from tlstudio.gui.features.picture.items import MANY_ARCS, BoxItem, RouteItem
from tlstudio.gui.features.picture.style import Sizes
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import plain_tip

SLICE = 400  # boxes, and lines, that are added at once

LayOut = Callable[[], BlockLayout]
Elsewhere = Callable[[LayOut, Callable[[BlockLayout], None]], None]


class ArchitectureScene(QGraphicsScene):
    """Boxes and lines of one network, or of several side by side.

    Signals:
        chosen(str): a person chose the box with this key; empty for none.
        opened(str): the box with this key was opened or closed; empty for many at once.
    """

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.network: NetworkGraph | None = None
        self.layout = BlockLayout(0, 0, (), ())
        self.open_keys: frozenset[str] = frozenset()
        self.chosen_key = ""
        self.titles: tuple[str, ...] = ()  # of networks that stand side by side
        self._beside: SideBySide | None = None
        self._rows: dict[str, Row] = {}
        self._elsewhere: Elsewhere | None = None
        self._room = (0.0, 0.0)
        self._training: Mapping[str, Training] = {}
        self._boxes: dict[str, BoxItem] = {}
        self._routes: list[RouteItem] = []
        self._boxes_left: deque[Box] = deque()
        self._routes_left: deque[Route] = deque()
        self._has_many_arcs = False
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._add_some)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)

    # -- what is shown ---------------------------------------------------------------------------

    def set_network(self, network: NetworkGraph | None, level: PictureLevel) -> None:
        """Show another network, opened as far as `level`."""
        self._beside, self._rows, self.titles = None, {}, ()
        self._set_whole(network, level)

    def set_side_by_side(
        self, value: SideBySide, titles: tuple[str, ...], level: PictureLevel, elsewhere: Elsewhere
    ) -> None:
        """Show several networks, opened as far as `level`.

        Args:
            titles: of the networks.
            elsewhere: runs the layout on another thread, as it takes its time with six of them,
                and hands over on this one what came of the last.
        """
        self._beside, self.titles, self._elsewhere = value, titles, elsewhere
        self._rows = {
            node.key: row
            for top in value.rows
            for row in reversed(list(top.walk()))  # a single layer may stand below itself
            for node in row.nodes
            if node is not None
        }
        self._set_whole(value.whole, level)

    def _set_whole(self, network: NetworkGraph | None, level: PictureLevel) -> None:
        self.network = network
        self.chosen_key = ""
        self._training = {}
        self.open_keys = network.opened(level) if network else frozenset()
        self._rebuild()

    @property
    def differing(self) -> frozenset[str]:
        """Keys of the boxes that differ from what stands on their left."""
        return self._beside.differing if self._beside is not None else frozenset()

    def set_room(self, width: float, height: float) -> None:
        """The size of the view that the picture should suit, from the next layout on."""
        self._room = (width, height)

    def set_level(self, level: PictureLevel) -> None:
        """Open everything as far as `level`, and close the rest."""
        if self.network is not None:
            self.open_keys = self.network.opened(level)
            self._rebuild()

    def level(self) -> PictureLevel | None:
        """The level that is shown; None for a mixture."""
        if self.network is None:
            return None
        return next((x for x in PictureLevel if self.network.opened(x) == self.open_keys), None)

    def set_open(self, key: str, is_open: bool) -> None:
        """Open a box, with all around it, or close it; side by side, all in its row."""
        node = self.node(key)
        if self.network is None or node is None or node.inside is None:
            return
        keys = set(self.open_keys)
        row = self._rows[key].nodes if key in self._rows else (node,)
        for one in row:
            if one is None or one.inside is None:
                continue
            if is_open:
                keys.update(above.key for above in self.network.chains[one.key])
            else:
                keys.discard(one.key)
        if keys != self.open_keys:
            self.open_keys = frozenset(keys)
            self._rebuild(key)

    def toggle(self, key: str) -> None:
        self.set_open(key, key not in self.open_keys)

    def set_training(self, states: Mapping[str, Training]) -> None:
        """Show which boxes train, by key."""
        self._training = states
        for key, item in self._boxes.items():
            item.set_training(states.get(key, Training.NONE))

    @property
    def training_states(self) -> set[Training]:
        """What the boxes in sight do in training."""
        none = Training.NONE
        return {self._training.get(box.node.key, none) for box in self.layout.boxes}

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        tokens = theme.current()
        painter.fillRect(rect, QColor(tokens.surface))
        painter.setPen(QPen(QColor(tokens.line), 0))
        for y in self.layout.lines:
            painter.drawLine(QLineF(rect.left(), y, rect.right(), y))

    # -- choosing --------------------------------------------------------------------------------

    def node(self, key: str) -> BlockNode | None:
        if self.network is None or key not in self.network.chains:
            return None
        return self.network.chains[key][-1]

    def item(self, key: str) -> BoxItem | None:
        """The box of a node, or the closed one that hides it."""
        if self.network is None:
            return None
        for node in reversed(self.network.chains.get(key, ())):
            if node.key in self._boxes:
                return self._boxes[node.key]
        return None

    def box_items(self) -> list[BoxItem]:
        return list(self._boxes.values())

    def choose(self, key: str) -> None:
        """Mark one box (or the closed one around it) and the lines at it; empty marks none."""
        self.chosen_key = key
        self._mark()

    def choose_by_hand(self, key: str) -> None:
        """Choose a box and emit that it was chosen."""
        self.choose(key)
        self.chosen.emit(key)

    # -- inside ----------------------------------------------------------------------------------

    def helpEvent(self, event: QGraphicsSceneHelpEvent) -> None:
        found = self.items(event.scenePos())
        box = next((item for item in found if isinstance(item, BoxItem)), None)
        QToolTip.showText(
            event.screenPos(), plain_tip(box.toolTip() if box else ""), event.widget()
        )
        event.setAccepted(box is not None)

    def _rebuild(self, opened: str = "") -> None:
        """Lay out anew, because the box with the key `opened` was opened or closed, or many."""
        network, keys, beside = self.network, self.open_keys, self._beside
        if network is None:
            self._take(BlockLayout(0, 0, (), ()), opened)
        elif beside is None or self._elsewhere is None:
            self._take(block_layout(network, keys, Sizes(), self._room), opened)
        else:
            sizes = Sizes(is_narrow=True)
            self._elsewhere(
                partial(layout_in_rows, beside, keys, sizes), partial(self._take, opened=opened)
            )

    def _take(self, layout: BlockLayout, opened: str) -> None:
        """Show a layout, and tell what was opened."""
        self.clear()
        self._boxes, self._routes = {}, []
        self.layout = layout
        arcs = sum(route.is_arc for route in layout.routes)
        self._has_many_arcs = arcs > MANY_ARCS
        # first what a person sees first; a line comes after the boxes at its ends
        boxes = sorted(layout.boxes, key=lambda box: (box.node.key != opened, box.y))
        routes = sorted(layout.routes, key=lambda route: route.points[0][1])
        self._boxes_left, self._routes_left = deque(boxes), deque(routes)
        self.setSceneRect(QRectF(0, 0, layout.width, layout.height))
        self._add_some()
        self.opened.emit(opened)

    def finish(self) -> None:
        """Add whatever of the picture is still to come."""
        while self._boxes_left or self._routes_left:
            self._add_some()

    def _add_some(self) -> None:
        """Add a slice of the picture, and soon the next one: thousands would hold the window."""
        for _ in range(min(SLICE, len(self._boxes_left))):
            self._add_box(self._boxes_left.popleft())
        low = self._boxes_left[0].y if self._boxes_left else math.inf
        for _ in range(min(SLICE, len(self._routes_left))):
            if max(y for _, y in self._routes_left[0].points) > low:
                break
            self._add_route(self._routes_left.popleft())
        if self._boxes_left or self._routes_left:
            self._slices.start()
        else:
            self._mark()

    def _add_box(self, box: Box) -> None:
        item = BoxItem(box, differs=box.node.key in self.differing)
        item.set_training(self._training.get(box.node.key, Training.NONE))
        self._boxes[box.node.key] = item
        self.addItem(item)

    def _add_route(self, route: Route) -> None:
        line = RouteItem(route, is_one_of_many=self._has_many_arcs)
        ends = [self._boxes[k] for k in (route.source, route.target) if k in self._boxes]
        line.setZValue(max((end.zValue() for end in ends), default=1.0) + 1)
        self._routes.append(line)
        self.addItem(line)

    def _mark(self) -> None:
        chosen = self.item(self.chosen_key)
        for item in self._boxes.values():
            if item.is_chosen != (item is chosen):
                item.set_chosen(item is chosen)
        key = chosen.box.node.key if chosen is not None else None
        for line in self._routes:
            line.set_near(key is not None and key in (line.route.source, line.route.target))
