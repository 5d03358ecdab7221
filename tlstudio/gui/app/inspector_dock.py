"""The dock of the inspector: where it is, on which pages, and how wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app.drawer import Drawer
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.later import later
from tlstudio.gui.state.session import Session, Step

if TYPE_CHECKING:
    from tlstudio.gui.app.inspector import Inspector

TITLE = QT_TRANSLATE_NOOP("InspectorDock", "What trains")
MAKE = later("tlstudio.gui.app.inspector", "Inspector")
STEPS = (Step.MODEL, Step.TRAIN)  # the pages that it concerns
USUAL_WINDOW_PX, USUAL_PX, WIDEST_PX = 1280, 372, 520
BESIDE_PX = 1100  # a narrower window has no room for it beside the page
SHARE = 0.15  # of what a window is wider than usual


class InspectorDock(QDockWidget):
    """A dock that grows a little with its window, or stays as wide as a person made it.

    What it holds is built when it is first seen. In a window without room for it, a drawer over
    the page holds the same, and `button` opens it.

    Args:
        page: what the drawer lies over.

    Attributes:
        content: what the dock or the drawer holds; None until it is first seen.
    """

    def __init__(self, session: Session, window: QMainWindow, page: QWidget) -> None:
        super().__init__(window)
        self.content: Inspector | None = None
        self.button = IconButton(self.tr(TITLE), "settings")
        self.button.setObjectName("inspector_button")
        self.button.setCheckable(True)
        self.button.setToolTip(self.tr("Strategy, settings and layers of the run to come"))
        self.drawer = Drawer(page)
        self.button.toggled.connect(self.drawer.set_open)
        self.drawer.toggled.connect(self.button.setChecked)
        self._session = session
        self._window = window
        self._pressed_px = 0
        self._is_seen = False
        self.setWindowTitle(self.tr(TITLE))
        self.setObjectName("dock_inspector")
        features = QDockWidget.DockWidgetFeature
        self.setFeatures(features.DockWidgetMovable | features.DockWidgetFloatable)
        areas = Qt.DockWidgetArea
        self.setAllowedAreas(areas.LeftDockWidgetArea | areas.RightDockWidgetArea)
        window.addDockWidget(areas.RightDockWidgetArea, self)
        self.topLevelChanged.connect(self.fit, Qt.ConnectionType.QueuedConnection)
        self.shown_action = QAction(self.windowTitle(), self, checkable=True)
        self.shown_action.setChecked(session.preferences.shows_inspector)
        self.shown_action.toggled.connect(self._on_shown_toggled)

    def _on_shown_toggled(self, is_shown: bool) -> None:
        self._session.preferences.shows_inspector = is_shown
        self.show_step(self._session.step)

    @property
    def is_drawer(self) -> bool:
        """Whether the window is too narrow for a dock."""
        return self._window.width() < BESIDE_PX and not self.isFloating()

    def fill(self) -> Inspector:
        """Return what it holds, built if it has not been yet."""
        if self.content is None:
            self.content = MAKE(self._session)
            self._place()
        return self.content

    def show_step(self, step: Step, *, in_steps: bool = False) -> None:
        """It is seen on the pages that it concerns, unless a person hid it.

        Args:
            in_steps: it takes its place only, and the next call fills it.
        """
        is_seen = step in STEPS and self._session.preferences.shows_inspector
        if is_seen and not in_steps:
            self.fill()
        self._is_seen = is_seen
        self.drawer.set_open(False)
        self.fit()

    def fit(self) -> None:
        """Take the place and the width that are due in a window of this size."""
        self._place()
        self.button.setVisible(self._is_seen and self.is_drawer)
        self.setVisible(self._is_seen and not self.is_drawer)
        wider = self._window.width() - USUAL_WINDOW_PX
        usual = min(max(USUAL_PX + round(SHARE * wider), USUAL_PX), WIDEST_PX)
        width = self._session.preferences.inspector_px or usual
        self._window.resizeDocks([self], [width], Qt.Orientation.Horizontal)

    def _place(self) -> None:
        """Put what is held into the dock or into the drawer."""
        if self.content is None:
            return
        if self.is_drawer and not self.drawer.isAncestorOf(self.content):
            self.setWidget(None)  # type: ignore[arg-type]  # Qt takes none
            self.drawer.hold(self.content)
        elif not self.is_drawer and self.widget() is None:
            self.drawer.set_open(False)
            self.setWidget(self.content)

    def note_press(self) -> None:
        """A button of the mouse went down, perhaps on the edge of the dock."""
        self._pressed_px = self.width()

    def note_release(self) -> None:
        """If the dock has another width than before, a person gave it that width."""
        if not self.isFloating() and self.isVisible() and self.width() != self._pressed_px:
            self._session.preferences.inspector_px = self.width()
