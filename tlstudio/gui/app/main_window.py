"""The main window: rail, pages, inspector, menus, built from tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from tlstudio.gui.app import actions
from tlstudio.gui.app.closing import Closing
from tlstudio.gui.app.commands import Commands
from tlstudio.gui.app.header import Header
from tlstudio.gui.app.menus import add_choices, build_menus
from tlstudio.gui.app.parts import PAGES, PANELS, Pages, PanelSpec, import_parts
from tlstudio.gui.app.rail import Rail
from tlstudio.gui.app.status_bar import Status
from tlstudio.gui.app.toasts import Toasts
from tlstudio.gui.kit import icons
from tlstudio.gui.kit.basics import line
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Dialog, Session, Step

INSPECTOR_PX = 372
FRAME = QSize(8, 40)  # a usual title bar and borders, which are known only once it is shown
UNPAINTED_MS = 500  # a window that nobody sees is built in full as well


class MainWindow(QMainWindow):
    """The window of a session. It may be thrown away and built again at any time.

    At first only the page that is shown is built. The others follow in small steps once the
    window has been painted, or when they are asked for.

    Signals:
        scheme_chosen(Scheme), language_chosen(str): from the View menu.
        completed(): every page and panel is there.
        closed(): the window is gone for good, and all work has ended.
    """

    completed = Signal()
    scheme_chosen = Signal(object)
    language_chosen = Signal(str)
    closed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.painted = False
        self._may_close = False
        self.setObjectName("main_window")
        self.setWindowTitle("TLStudio")
        self.setWindowIcon(icons.application_icon())
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AnimatedDocks
        )
        self.actions_by_name = actions.make_actions(self)
        self._closing = Closing(session, self, self.actions_by_name["save_weights"])
        self.commands = Commands(session, self, self.actions_by_name)
        self._stack = PageStack()
        self.pages = Pages(session, self._on_page_built)
        self._parts_left = self._build_parts()
        self._building = QTimer(self, singleShot=True)
        self._building.timeout.connect(self._import_parts)
        self._build_content()
        self._build_docks()
        self._build_menus()
        self.setStatusBar(Status(session, self))
        self.toasts = Toasts(self._content)
        self._connect()
        self.setMinimumSize(960, 600)
        self.resize(self._first_size())
        geometry, state = session.preferences.window_layout()
        self.restoreGeometry(geometry)
        self.restoreState(state)
        self._show_step(session.step)
        self.refresh()
        self._stack.setFocus()

    def _first_size(self) -> QSize:
        """1280x800, or what the screen has room for beside the frame that it will draw."""
        room = self.screen().availableSize() - FRAME
        return QSize(1280, 800).boundedTo(room).expandedTo(self.minimumSize())

    # Building

    def _build_content(self) -> None:
        self._content = QWidget()
        self.rail = Rail()
        self.header = Header(self._session)
        middle = vstack(self.header, line(), (self._stack, 1), spacing=0)
        hstack(self.rail, (middle, 1), spacing=0, parent=self._content)
        self.setCentralWidget(self._content)

    def _build_docks(self) -> None:
        self.docks: dict[str, QDockWidget] = {}
        features = QDockWidget.DockWidgetFeature
        for spec in PANELS:
            dock = QDockWidget(self.tr(spec.title), self)
            dock.setObjectName(f"dock_{spec.name}")
            dock.setFeatures(features.DockWidgetMovable | features.DockWidgetFloatable)
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
            self.docks[spec.name] = dock
        self._panel_heights = [spec.height_px for spec in PANELS]
        self._panel_width = INSPECTOR_PX

    def _build_menus(self) -> None:
        menus = build_menus(self.menuBar(), self._session, self.actions_by_name)
        for name, action in self.actions_by_name.items():
            action.triggered.connect(getattr(self.commands, name))
        view = menus[actions.Menu.VIEW]
        self._panel_actions: dict[str, QAction] = {}
        for spec in PANELS:
            action = view.addAction(self.tr("{panel} panel").format(panel=self.tr(spec.title)))
            action.setCheckable(True)
            action.setChecked(spec.name not in self._session.preferences.hidden_panels)
            action.toggled.connect(self._on_panel_toggled)
            self._panel_actions[spec.name] = action
        view.addSeparator()
        add_choices(view, self._session.preferences, self.scheme_chosen, self.language_chosen)

    def _connect(self) -> None:
        session = self._session
        self.rail.chosen.connect(session.go_to)
        session.step_changed.connect(self._show_step)
        session.dialog_requested.connect(self._on_dialog_requested)
        session.notifications.posted.connect(self.toasts.show_notification)
        for signal in (
            session.datasets.changed,
            session.datasets.loading_changed,
            session.network.engine_ready,
            session.network.settings_changed,
            session.network.models_changed,
            session.run.status_changed,
            session.busy_changed,
            session.run.predictions_changed,
            session.classifier.changed,
        ):
            signal.connect(self.refresh)
        session.datasets.changed.connect(self.toasts.clear_problems)

    # What follows the first paint

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._building.start(UNPAINTED_MS)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted = True
        if self._building.isActive() and self._building.interval():
            self._building.start(0)

    def _import_parts(self) -> None:
        self._building.timeout.disconnect(self._import_parts)
        self._building.timeout.connect(self._build_next)
        self._session.disk_pool.submit(import_parts, done=self._on_parts_imported)

    def _on_parts_imported(self, _: object) -> None:
        self._building.start(0)

    def _build_next(self) -> None:
        """Build one more part; events that came meanwhile are handled before the next."""
        if next(self._parts_left, None) is None:
            self.completed.emit()
        else:
            self._building.start(0)

    def _build_parts(self) -> Iterator[QWidget]:
        """Builds a part whenever it is asked to go on."""
        for step in self.pages:
            page = self.pages[step]
            yield page
            if hasattr(page, "prepare"):
                page.prepare()
                yield page
        for spec in PANELS:
            yield self._filled_dock(spec)

    def _on_page_built(self, page: QWidget) -> None:
        self._stack.addWidget(page)
        for name in ("save_weights", "load_weights"):
            if hasattr(page, f"{name}_requested"):
                requested = getattr(page, f"{name}_requested")
                requested.connect(self.actions_by_name[name].trigger)

    def _filled_dock(self, spec: PanelSpec) -> QDockWidget:
        dock = self.docks[spec.name]
        if dock.widget() is None:
            dock.setWidget(spec.make(self._session))
        return dock

    # Following the session

    def refresh(self) -> None:
        """Enable what can be done now, and mark the steps that are ready."""
        session = self._session
        for spec in actions.ACTIONS:
            self.actions_by_name[spec.name].setEnabled(spec.can(session))
        self.actions_by_name["pause"].setChecked(session.run.status is RunStatus.PAUSED)
        self.rail.show_ready({page.step: page.is_ready(session) for page in PAGES})
        index = session.datasets.index
        name = shown(index.name) if index else ""
        self.setWindowTitle(f"{name} – TLStudio" if name else "TLStudio")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The panels keep their shares of the height; Qt would give all of it to the first."""
        self._note_panel_sizes()
        super().resizeEvent(event)
        self._share_height()

    def _show_step(self, step: Step) -> None:
        self.rail.show_step(step)
        self._stack.setCurrentWidget(self.pages[step])
        self._show_panels()

    def _on_dialog_requested(self, dialog: Dialog) -> None:
        match dialog:
            case Dialog.WEIGHTS:
                self.commands.manage_weights()
            case Dialog.CODE:
                self.commands.show_code()
            case _:
                assert_never(dialog)

    def _show_panels(self) -> None:
        """Panels are seen on the pages that they concern, unless a person hid them."""
        self._note_panel_sizes()
        for spec in PANELS:
            concerned = self._session.step in spec.steps
            action = self._panel_actions[spec.name]
            action.setEnabled(concerned)
            dock = self._filled_dock(spec) if concerned else self.docks[spec.name]
            dock.setVisible(concerned and action.isChecked())
        self._share_height()
        self._give_width()

    def _note_panel_sizes(self) -> None:
        """Remember how a person divided the room, while all panels are there to be seen."""
        docks = self.docks.values()
        if all(dock.isVisible() and not dock.isFloating() for dock in docks):
            self._panel_heights = [dock.height() for dock in docks]
            self._panel_width = max(dock.width() for dock in docks)

    def _share_height(self) -> None:
        vertical = Qt.Orientation.Vertical
        self.resizeDocks(list(self.docks.values()), self._panel_heights, vertical)

    def _give_width(self) -> None:
        docks = list(self.docks.values())
        self.resizeDocks(docks, [self._panel_width] * len(docks), Qt.Orientation.Horizontal)

    def _on_panel_toggled(self) -> None:
        self._session.preferences.hidden_panels = tuple(
            name for name, action in self._panel_actions.items() if not action.isChecked()
        )
        self._show_panels()

    # Dropping and closing

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        self.commands.take_dropped([Path(u.toLocalFile()) for u in urls if u.isLocalFile()])
        event.acceptProposedAction()

    def keep_layout(self) -> None:
        """Remember size and docks for the next window."""
        self._session.preferences.keep_window_layout(self.saveGeometry(), self.saveState())

    def discard(self) -> None:
        """Take this window away; the session lives on."""
        self._may_close = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        elif self._closing.asks():
            event.ignore()
        else:
            self._finish()
            event.accept()

    def _finish(self) -> None:
        self._may_close = True
        self.keep_layout()
        self.hide()
        self._session.close()
        self.closed.emit()
