"""The application: one session, the window that shows it, and the log."""

from __future__ import annotations

import logging
import os
import sys
import threading
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from tlstudio import __version__
from tlstudio.core.crashes import RunningMark
from tlstudio.core.ending import ABOVE_SIGNALS
from tlstudio.core.errors import TLStudioError
from tlstudio.core.log import start_log
from tlstudio.core.start_faults import CANNOT_START, tell
from tlstudio.core.storage import data_dir, told_preferences
from tlstudio.gui.app.application import Application
from tlstudio.gui.app.end_signals import EndSignals
from tlstudio.gui.app.garbage import GarbageCollector
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.qt_messages import QtMessages
from tlstudio.gui.kit import accessible, file_dialogs, icons, language, theme
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.tasks import as_studio_error
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session

SIZES = (
    "125",
    "150",
    "200",
)  # percent, as `PreferencesConfig.size` has them, which is slow to load

SWEEP_AFTER_MS = 20_000  # of what killed programs left; by then all that a start needs is there

logger = logging.getLogger(__name__)


class Studio(QObject):
    """Owns the session, and the window that can be rebuilt around it."""

    def __init__(self, app: QApplication, preferences: Preferences) -> None:
        super().__init__(app)
        self._app = app
        self._preferences = preferences
        self._ends_with: int | None = None
        self._garbage = GarbageCollector(self, self._is_starting)
        language.install(language.resolve(preferences.language))
        accessible.install()
        theme.load_fonts(app)
        theme.apply(app, preferences.scheme)
        self._hints = app.styleHints()
        self._hints.colorSchemeChanged.connect(self._on_system_scheme_changed)
        wishes = self._hints.accessibility()
        wishes.contrastPreferenceChanged.connect(self._on_system_scheme_changed)
        self.session = Session(preferences, self)
        self.session.busy_changed.connect(self._on_busy_changed)
        preferences.changed.connect(self._on_preference_changed)
        self.window = self._build_window()

    def show(self) -> None:
        """Show the window, and load torch once all of it is there."""
        self.window.completed.connect(self.session.network.load_engine)
        self.window.completed.connect(self.session.tell_preference_faults)
        QTimer.singleShot(SWEEP_AFTER_MS, self, self._sweep)
        self.window.show()

    def _is_starting(self) -> bool:
        network = self.session.network
        return not network.is_ready and network.failure is None

    def _sweep(self) -> None:
        self.session.disk_pool.submit(jobs.sweep)

    def open(self, path: Path) -> None:
        """Do with a file or folder what dropping it on the window does."""
        self.window.commands.take_dropped([path])

    def open_named(self, path: Path) -> None:
        """Open what the command line names; a class pack asks first, over the whole window."""
        if file_dialogs.CLASS_PACK.names(path):
            ask = partial(self.window.commands.open_pack_file, path)
            self.window.completed.connect(ask, Qt.ConnectionType.SingleShotConnection)
        else:
            self.session.open_run_at(path, partial(self.session.datasets.open, path))

    def end_by_signal(self, number: int) -> None:
        """Somebody wants the program to end: Ctrl+C on its terminal, a system that shuts down."""
        logger.info("asked to end by signal %d", number)
        self.end(ABOVE_SIGNALS + number)

    def say_nothing_is_kept(self) -> None:
        """The studio's own folder takes no files: it works, and forgets everything."""
        self.session.notifications.warning(
            self.tr("Nothing is kept: “{folder}” cannot be written.").format(
                folder=str(data_dir())
            ),
            self.tr("Make room there or give it rights; TLSTUDIO_HOME names another folder."),
        )

    def end(self, status: int) -> None:
        """End without asking; a run ends after its batch, and is kept. A second time: at once."""
        if self._ends_with is not None:
            logging.shutdown()
            os._exit(status)
        self._ends_with = status
        run = self.session.run
        if run.active:
            run.ended.connect(self._end_now, Qt.ConnectionType.SingleShotConnection)
            run.stop()
        else:
            self._end_now()

    def _end_now(self) -> None:
        self.window.finish()
        self._app.exit(self._ends_with or 0)

    def set_scheme(self, scheme: theme.Scheme) -> None:
        """Prefer light or dark."""
        self._preferences.scheme = scheme

    def set_language(self, code: str) -> None:
        """Prefer another language."""
        self._preferences.language = code

    def _on_preference_changed(self, name: str) -> None:
        if name == "scheme":
            theme.apply(self._app, self._preferences.scheme)
        elif name == "language":
            self._speak(language.resolve(self._preferences.language))

    def _speak(self, code: str) -> None:
        """Speak another language: the window is built anew around the same session."""
        if code == language.current():
            return
        language.install(code)
        old, geometry = self.window, self.window.geometry()
        old.keep_layout()
        self.window = self._build_window(in_steps=True)
        self.window.setGeometry(geometry)
        self.window.show()
        if old.has_preferences_open:
            self.window.commands.preferences()
        if old.has_learn_open:
            self.window.commands.learn()
        old.discard()

    def _build_window(self, *, in_steps: bool = False) -> MainWindow:
        return MainWindow(self.session, in_steps=in_steps)

    def _on_busy_changed(self, is_busy: bool) -> None:
        if not is_busy:  # networks that nobody needs any more
            self._garbage.make_next_full()

    def _on_system_scheme_changed(self) -> None:
        if self._preferences.scheme in (theme.Scheme.SYSTEM, theme.Scheme.CONTRAST):
            theme.apply(self._app, self._preferences.scheme)


def main(argv: list[str]) -> int:
    """Run the window until it is closed; returns the exit status.

    Args:
        argv: the program's name, and perhaps what to open: a dataset, a class pack, or a kept run
            by its folder or the file `run.json` in it.
    """
    start_log("the window")
    messages = QtMessages()
    messages.install()
    _scale()
    app = Application(argv)
    messages.started()
    signals = EndSignals(app)  # from here on a wish to end is heard by the event loop
    mark = RunningMark()
    is_marked = mark.begin()
    try:
        studio = _start(app)
    except TLStudioError as error:
        logger.exception("the window cannot start")
        mark.end()
        tell(error)
        return CANNOT_START
    if not is_marked:
        studio.say_nothing_is_kept()
    signals.came.connect(studio.end_by_signal)
    status = app.exec()
    signals.close()
    mark.end()
    messages.remove()
    if not studio.session.has_ended:
        # A thread waits for a drive that is gone, and Qt and Python would wait for that thread.
        logging.shutdown()
        os._exit(status)
    return status


def _scale() -> None:
    """Enlarge the window as preferred. Qt reads the factor once, when the application is made.

    Whoever sets ``QT_SCALE_FACTOR`` knows better.
    """
    percent = str(told_preferences().get("size"))
    if percent in SIZES:
        os.environ.setdefault("QT_SCALE_FACTOR", str(int(percent) / 100))


def _start(app: Application) -> Studio:
    """Show the window. Raises `StorageError` without its resources."""
    app.setApplicationName("TLStudio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("tlstudio")
    app.setWindowIcon(icons.application_icon())
    studio = Studio(app, Preferences())
    app.open_wanted.connect(studio.open)
    _catch_exceptions(studio.session)
    named = [arg for arg in app.arguments()[1:] if not arg.startswith("-")]
    if named:
        # nobody asks a disk here, as `Path.resolve` would
        path = Path(os.path.abspath(named[0]))  # noqa: PTH100
        studio.open_named(path)
    studio.show()
    return studio


def _catch_exceptions(session: Session) -> None:
    """Nothing unexpected ends the program: it is logged and shown."""

    def on_exception(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, traceback)
            return
        session.notifications.error(as_studio_error(error))

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
