"""The dock of the inspector: where it is, on which pages, and how wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit.later import later
from tlstudio.gui.state.session import Session, Step

if TYPE_CHECKING:
    from tlstudio.gui.app.inspector import Inspector

TITLE = QT_TRANSLATE_NOOP("InspectorDock", "What trains")
MAKE = later("tlstudio.gui.app.inspector", "Inspector")
STEPS = (Step.MODEL, Step.TRAIN)  # the pages that it concerns
USUAL_WINDOW_PX, USUAL_PX, WIDEST_PX = 1280, 372, 520
SHARE = 0.15  # of what a window is wider than usual


class InspectorDock(QDockWidget):
    """A dock that grows a little with its window, or stays as wide as a person made it.

    What it holds is built when it is first seen.
    """

    def __init__(self, session: Session, window: QMainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._pressed_px = 0
        self._inspector: Inspector | None = None
        self.setWindowTitle(self.tr(TITLE))
        self.setObjectName("dock_inspector")
        features = QDockWidget.DockWidgetFeature
        self.setFeatures(features.DockWidgetMovable | features.DockWidgetFloatable)
        areas = Qt.DockWidgetArea
        self.setAllowedAreas(areas.LeftDockWidgetArea | areas.RightDockWidgetArea)
        window.addDockWidget(areas.RightDockWidgetArea, self)
        self.shown_action = QAction(self.windowTitle(), self, checkable=True)
        self.shown_action.setChecked(session.preferences.shows_inspector)
        self.shown_action.toggled.connect(self._on_shown_toggled)

    def _on_shown_toggled(self, is_shown: bool) -> None:
        self._session.preferences.shows_inspector = is_shown
        self.show_step(self._session.step)

    def fill(self) -> Inspector:
        """Return what it holds, built if it has not been yet."""
        if self._inspector is None:
            self._inspector = MAKE(self._session)
            self.setWidget(self._inspector)
        return self._inspector

    def show_step(self, step: Step) -> None:
        """It is seen on the pages that it concerns, unless a person hid it."""
        is_seen = step in STEPS and self._session.preferences.shows_inspector
        if is_seen:
            self.fill()
        self.setVisible(is_seen)
        self.fit()

    def fit(self) -> None:
        """Take the width that is due in a window of this size."""
        wider = self._window.width() - USUAL_WINDOW_PX
        usual = min(max(USUAL_PX + round(SHARE * wider), USUAL_PX), WIDEST_PX)
        width = self._session.preferences.inspector_px or usual
        self._window.resizeDocks([self], [width], Qt.Orientation.Horizontal)

    def note_press(self) -> None:
        """A button of the mouse went down, perhaps on the edge of the dock."""
        self._pressed_px = self.width()

    def note_release(self) -> None:
        """If the dock has another width than before, a person gave it that width."""
        if not self.isFloating() and self.isVisible() and self.width() != self._pressed_px:
            self._session.preferences.inspector_px = self.width()
