"""Diagnostics: versions, machine, folders, log and last crash, to be read, copied and saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, QTimer, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QWidget

from tlstudio.core.diagnostics import LAST_CRASH, LOG, Diagnostics, Fact, FactGroup
from tlstudio.core.errors import TLStudioError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.diagnostics import jobs
from tlstudio.gui.kit import file_dialogs, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.language import core_text, error_hint, error_text
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack, ScrolledPages
from tlstudio.gui.kit.save_as import Content, save_as
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX = 880, 700
SIDE_PX = 24
TITLES_PX = 176
COPIED_MS = 2000
FACTS = QT_TRANSLATE_NOOP("core", "Facts")


def open_diagnostics(session: Session, widget: QWidget) -> DiagnosticsDialog:
    """Show the diagnostics beside the window of `widget`; there is one dialog for each window."""
    window = widget.window()
    dialog = window.findChild(DiagnosticsDialog) or DiagnosticsDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


def window_facts() -> FactGroup:
    """What only the window knows; to be asked on the GUI thread."""
    style = QApplication.style().name()  # empty where a style sheet is on top of it
    qt = (qVersion(), QGuiApplication.platformName(), style, theme.current().name)
    screens = (
        Fact(
            screen.name() or QT_TRANSLATE_NOOP("core", "Screen"),
            f"{screen.size().width()} × {screen.size().height()}, "
            f"{100 * screen.devicePixelRatio():.0f} %, {screen.refreshRate():.0f} Hz",
        )
        for screen in QGuiApplication.screens()
    )
    return FactGroup(
        QT_TRANSLATE_NOOP("core", "Window"),
        (
            Fact("Qt", ", ".join(filter(None, qt))),
            Fact(QT_TRANSLATE_NOOP("core", "Font"), QApplication.font().family()),
            *screens,
        ),
    )


def _breakable(value: str) -> str:
    """`value` whose paths, which have no spaces, may go on in the next line."""
    return re.sub(r"([/\\])", "\\1\u200b", value)


class DiagnosticsDialog(QDialog):
    """Gathers off the GUI thread; stays open beside the window."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Diagnostics"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self._session = session
        self.found: Diagnostics | None = None
        self.choice = Segmented(self.tr("View"))
        self.facts = ScrolledPages()
        self.log = _text_view(self.tr("Last lines of the log"))
        self.crash = _text_view(self.tr("Last words of the window that crashed"))
        self.reading = EmptyState("waiting", self.tr("Looking at this machine…"), "")
        self.failure = EmptyState("warning", "", "")
        self.copy_button = IconButton(self.tr("Copy"), "copy", clicked=self._on_copy)
        self.save_button = IconButton(self.tr("Save…"), "save", clicked=self._on_save)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(self._on_copied_long_ago)
        self.choice.chosen.connect(self._show)
        self._lay_out()
        self._begin()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self.found is not None:  # it was closed meanwhile
            self._begin()

    def _lay_out(self) -> None:
        self.stack = PageStack()
        for page in (self.reading, self.failure, self.facts, self.log, self.crash):
            self.stack.addWidget(page)
        for button in (self.copy_button, self.save_button, self.close_button):
            button.setAutoDefault(False)
        vstack(
            label(self.tr("Diagnostics"), "title"),
            label(
                self.tr(
                    "For whoever helps you. Nothing is sent anywhere; your home folder is "
                    "written ~, and passwords in addresses are left out."
                ),
                "hint",
                wrap=True,
            ),
            theme.GRID,
            hstack(self.choice, Stretch()),
            (self.stack, 1),
            theme.GRID,
            hstack(self.copy_button, self.save_button, Stretch(), self.close_button),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )

    def _begin(self) -> None:
        self.found = None
        self._show_nothing(self.reading)
        self._session.engine_pool.submit(
            jobs.gather_all, (window_facts(),), done=self._on_gathered, failed=self._on_failed
        )

    def _on_gathered(self, found: Diagnostics) -> None:
        self.found = found
        page = QWidget()
        column = vstack(spacing=theme.GRID, margins=(0, theme.GRID, 2 * theme.GRID, 0), parent=page)
        for group in found.groups:
            column.addWidget(label(core_text(group.title), "section"))
            facts = FactList(titles_px=TITLES_PX)
            facts.set_facts((core_text(fact.title), _breakable(fact.value)) for fact in group.facts)
            column.addWidget(facts)
            column.addSpacing(theme.GRID)
        column.addStretch()
        old = self.facts.currentWidget()
        self.facts.addWidget(page)
        self.facts.setCurrentWidget(page)
        if old is not None:
            old.deleteLater()
        self.log.setPlainText("\n".join(found.log))
        self.log.moveCursor(QTextCursor.MoveOperation.End)
        self.crash.setPlainText(found.crash)
        options = [(self.facts, core_text(FACTS)), (self.log, core_text(LOG))]
        if found.crash:
            options.append((self.crash, core_text(LAST_CRASH)))
        self.choice.set_options(options)
        self._show(self.choice.value)

    def _on_failed(self, error: TLStudioError) -> None:
        self.failure.title.setText(error_text(error))
        self.failure.text.setText(error_hint(error))
        self._show_nothing(self.failure)

    def _show(self, page: object) -> None:
        if isinstance(page, QWidget):
            self.stack.setCurrentWidget(page)
        self._enable(True)

    def _show_nothing(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)
        self._enable(False)

    def _enable(self, has_text: bool) -> None:
        self.choice.setVisible(has_text)
        self.copy_button.setEnabled(has_text)
        self.save_button.setEnabled(has_text)

    def _on_copy(self) -> None:
        if self.found is not None:
            QGuiApplication.clipboard().setText(self.found.text(core_text))
            self.copy_button.setText(self.tr("Copied"))
            self._copied.start()

    def _on_copied_long_ago(self) -> None:
        self.copy_button.setText(self.tr("Copy"))

    def _on_save(self) -> None:
        if self.found is None:
            return
        text = partial(self.found.text, core_text)
        forms: dict[file_dialogs.Filter, Callable[[], Content]] = {file_dialogs.TEXT: text}
        title = self.tr("Save the diagnostics")
        save_as(self, self._session, title, "tlstudio diagnostics", forms)


def _text_view(name: str) -> QPlainTextEdit:
    view = QPlainTextEdit(readOnly=True)
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(theme.TEXT_SMALL_PX)
    view.setFont(font)
    view.setAccessibleName(name)
    return view
