"""The main window: rail, pages, inspector, menus, built from tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QScrollArea, QWidget

from tlstudio.gui.app import actions
from tlstudio.gui.app.closing import Closing
from tlstudio.gui.app.commands import Commands
from tlstudio.gui.app.focus_keeper import FocusKeeper
from tlstudio.gui.app.focus_ring import FocusRings
from tlstudio.gui.app.header import Header
from tlstudio.gui.app.help_keys import HelpKeys
from tlstudio.gui.app.inspector_dock import BESIDE_PX, STEPS, InspectorDock
from tlstudio.gui.app.menus import add_choices, build_menus, show_choices
from tlstudio.gui.app.parts import Pages, import_parts, marks
from tlstudio.gui.app.rail import Rail
from tlstudio.gui.app.spoken_run import SpokenRun
from tlstudio.gui.app.status_bar import Status
from tlstudio.gui.app.toasts import Toasts
from tlstudio.gui.app.undo_keys import UndoKeys
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import line, plain_tip
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.later import later
from tlstudio.gui.kit.layout import FRAME, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Dialog, Session, Step

PREFERENCES_DIALOG = "preferences"
LEARN_DIALOG = "learn"

WhatsThis = later("tlstudio.gui.features.help.in_place", "WhatsThis")

STATE_VERSION = 1  # of the layout of docks that is kept
USUAL = QSize(1280, 800)
LEAST = QSize(800, 480) - FRAME  # the smallest screen that all of it is seen on
RAIL_WITH_NAMES_PX = 560  # a lower window has a narrow rail
UNPAINTED_MS = 500  # a window that nobody sees is built in full as well


class MainWindow(QMainWindow):
    """The window of a session. It may be thrown away and built again at any time.

    At first only the page that is shown is built. The others follow in small steps once the
    window has been painted, or when they are asked for.

    Args:
        in_steps: also the page that is shown, and the inspector beside it, follow the first paint:
            for a window that takes the place of another, whatever page that was on.

    Signals:
        completed(): every page and panel is there.
        closed(): the window is gone for good, and all work has ended.
    """

    completed = Signal()
    closed = Signal()

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, in_steps: bool = False
    ) -> None:
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
        self._stack = ScrolledPages()
        self.pages = Pages(session, self._on_page_built, self._stack.holder)
        self.commands = Commands(session, self, self.actions_by_name, self.pages)
        self._closing = Closing(session, self, self.commands.save_weights_and)
        self._shown_left = self._build_shown() if in_steps else iter(())
        self._parts_left = self._build_parts()
        session.network.forget_field_problems()  # of a window in another language
        self._building = QTimer(self, singleShot=True)
        self._building.timeout.connect(self._import_parts)
        self._build_content()

        self._build_menus()
        self.setStatusBar(Status(session, self))
        self._spoken_run = SpokenRun(session, self)
        self.toasts = Toasts(self._content)
        self._rings = FocusRings(self)
        self._focus_keeper = FocusKeeper(self, lambda: self.pages[session.step])
        self._undo_keys = UndoKeys(session.undo, self)
        helps = tuple(self.actions_by_name[name] for name in actions.IN_ALL_WINDOWS)
        self._help_keys = HelpKeys(helps, self)
        self._connect()
        fit_to_screen(self, USUAL)
        self.setMinimumSize(LEAST.boundedTo(self.size()))
        geometry, state = session.preferences.window_layout()
        self.restoreGeometry(geometry)
        self.restoreState(state, STATE_VERSION)
        if in_steps:
            self.rail.show_step(session.step)
            self.inspector.show_step(session.step, in_steps=True)
        else:
            self._show_step(session.step)
        self.refresh()
        self._stack.setFocus()

    # Building

    def _build_content(self) -> None:
        self._content = QWidget()
        self.rail = Rail()
        self.header = Header(self._session, self.actions_by_name)
        middle = QWidget()
        hstack(self.rail, (middle, 1), spacing=0, parent=self._content)
        self._content.setMinimumWidth(LEAST.width())
        scrolled = QScrollArea()  # only where the screen is smaller still
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self._content)
        self.setCentralWidget(scrolled)
        bar = hstack((self.header, 1))
        vstack(bar, line(), (self._stack, 1), spacing=0, parent=middle)
        self.inspector = InspectorDock(self._session, self, self._stack)
        bar.addWidget(self.inspector.button)
        bar.addSpacing(theme.GRID)

    def _build_menus(self) -> None:
        menus = build_menus(self.menuBar(), self._session, self.actions_by_name)
        for name, action in self.actions_by_name.items():
            action.triggered.connect(getattr(self.commands, name))
        view = menus[actions.Menu.VIEW]
        view.addAction(self.inspector.shown_action)
        view.addSeparator()
        self._choices = add_choices(view, self._session.preferences)
        self.actions_by_name |= self._choices

    def _connect(self) -> None:
        session = self._session
        self.rail.chosen.connect(session.go_to)
        self.rail.find_button.clicked.connect(self.actions_by_name["find_anything"].trigger)
        session.step_changed.connect(self._show_step)
        session.mending_wanted.connect(self._on_mending_wanted)
        session.dialog_requested.connect(self._on_dialog_requested)
        session.runs.export_requested.connect(self.commands.export_run)
        session.help_requested.connect(self.commands.open_help)
        session.learn_requested.connect(self.commands.open_learn)
        session.target_requested.connect(self.commands.follow)
        session.network.field_requested.connect(self._on_field_requested)
        session.notifications.posted.connect(self.toasts.show_notification)
        for signal in (
            session.datasets.changed,
            session.datasets.loading_changed,
            session.network.engine_ready,
            session.network.settings_changed,
            session.network.field_problems_changed,
            session.network.models_changed,
            session.run.status_changed,
            session.busy_changed,
            session.simple_changed,
            session.run.predictions_changed,
            session.classifier.changed,
            session.runs.current_changed,
            session.runs.entries_changed,
        ):
            signal.connect(self.refresh)
        session.undo.changed.connect(self._show_undo)
        session.preferences.changed.connect(self._on_preference_changed)
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
        if next(self._shown_left, None) is not None:
            self._building.start(0)
            return
        self._building.timeout.disconnect(self._import_parts)
        self._building.timeout.connect(self._build_next)
        self._session.disk_pool.submit(import_parts, done=self._on_parts_imported)

    def _on_parts_imported(self, _: object) -> None:
        self._session.runs.refresh()
        self._building.start(0)

    def _build_next(self) -> None:
        """Build one more part; events that came meanwhile are handled before the next."""
        if next(self._parts_left, None) is None:
            if self._session.tour_step:  # it was being taken in the window before
                self.commands.take_tour()
            self.completed.emit()
        else:
            self._building.start(0)

    def _build_shown(self) -> Iterator[QWidget]:
        """Builds the next of what is to be seen whenever it is asked to go on."""
        self._stack.setCurrentWidget(self.pages[self._session.step])
        yield self._stack
        self._show_step(self._session.step)
        yield self._stack

    def _build_parts(self) -> Iterator[QWidget]:
        """Builds a part whenever it is asked to go on."""
        for step in self.pages:
            page = self.pages[step]
            yield page
            if hasattr(page, "prepare"):
                page.prepare()
                yield page
        yield self.inspector.fill()

    def _on_page_built(self, page: QWidget) -> None:
        self._stack.addWidget(page)
        for name in ("save_weights", "load_weights"):
            if hasattr(page, f"{name}_requested"):
                requested = getattr(page, f"{name}_requested")
                requested.connect(self.actions_by_name[name].trigger)

    # Following the session

    def refresh(self) -> None:
        """Enable what can be done now, and mark how far the steps are."""
        session = self._session
        for spec in actions.ACTIONS:
            self.actions_by_name[spec.name].setEnabled(spec.can(session))
        self._show_undo()
        self.actions_by_name["simple"].setChecked(session.is_simple)
        self.actions_by_name["pause"].setChecked(session.run.status is RunStatus.PAUSED)
        self.rail.show_marks(marks(session))
        index = session.datasets.index
        name = shown(index.name) if index else ""
        name = name.replace("[*]", "[*][*]")  # once, it is Qt's mark of what is not saved
        self.setWindowTitle(f"{name} – TLStudio" if name else "TLStudio")

    def _show_undo(self) -> None:
        """Say what would be undone and redone, or why nothing can be."""
        for spec in actions.ACTIONS:
            if spec.now is not None:
                action, what = self.actions_by_name[spec.name], spec.now(self._session)
                title, why = actions.text(spec.text), actions.why_not(spec, self._session)
                words, key, end = title.partition("(&")  # at the very end, where Latin letters
                action.setText(f"{words}: {what}{key}{end}" if what else title)  # are foreign
                action.setToolTip(plain_tip(why or actions.text(spec.help)))
                action.setEnabled(spec.can(self._session))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rail.set_narrow(self.width() < BESIDE_PX or self.height() < RAIL_WITH_NAMES_PX)
        self.inspector.fit()

    def event(self, event: QEvent) -> bool:
        """The edge between pages and inspector is dragged inside Qt's own `event`."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self.inspector.note_press()
        elif event.type() is QEvent.Type.EnterWhatsThisMode:
            WhatsThis(self._session, self)
        handled = super().event(event)
        if event.type() is QEvent.Type.MouseButtonRelease:
            self.inspector.note_release()
        return handled

    def _show_step(self, step: Step) -> None:
        self.rail.show_step(step)
        page, focused = self.pages[step], QApplication.focusWidget()
        follows = focused is None or self._stack.isAncestorOf(focused)
        self._stack.setCurrentWidget(page)
        self.inspector.show_step(step)
        if follows:
            page.setFocus(Qt.FocusReason.ShortcutFocusReason)  # Tab goes on from there

    def _on_dialog_requested(self, dialog: Dialog) -> None:
        match dialog:
            case Dialog.WEIGHTS:
                self.commands.manage_weights()
            case Dialog.LOADING:
                self.commands.show_loading()
            case Dialog.GATHER:
                self.commands.make_dataset()
            case Dialog.CATALOG:
                self.commands.download_dataset()
            case Dialog.CODE:
                self.commands.show_code()
            case Dialog.DIAGNOSTICS:
                self.commands.show_diagnostics()
            case Dialog.TOUR:
                self.commands.take_tour()
            case Dialog.NEWS:
                self.commands.show_news()
            case Dialog.EXPORT:
                self.commands.export()
            case Dialog.PREFERENCES:
                self.commands.preferences()
            case Dialog.LEARN:
                self.commands.learn()
            case _:
                assert_never(dialog)

    def _on_preference_changed(self, name: str) -> None:
        """Tick in the menus what holds, wherever it was chosen."""
        show_choices(self._choices, self._session.preferences)

    def _on_field_requested(self) -> None:
        """Fields of the settings are in the inspector, or on the Model page, which it is beside."""
        if self._session.step not in STEPS:
            self._session.go_to(Step.MODEL)
        self.inspector.shown_action.setChecked(True)

    def _on_mending_wanted(self) -> None:
        """What a person shall mend may lie in the inspector, which they may have hidden."""
        self.inspector.shown_action.setChecked(True)

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
        self._session.preferences.keep_window_layout(
            self.saveGeometry(), self.saveState(STATE_VERSION)
        )

    @property
    def has_preferences_open(self) -> bool:
        """Whether their dialog is open beside this window."""
        return self.findChild(QDialog, PREFERENCES_DIALOG) is not None

    @property
    def has_learn_open(self) -> bool:
        """Whether the Learn window is open beside this one."""
        return self.findChild(QDialog, LEARN_DIALOG) is not None

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
            self.finish()
            event.accept()

    def finish(self) -> None:
        """Close for good without asking, and end all work."""
        self._may_close = True
        self.keep_layout()
        self.hide()
        self._session.close()
        self.closed.emit()
