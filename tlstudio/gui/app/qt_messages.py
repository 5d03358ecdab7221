"""What Qt says goes to the log; and where it gives up while starting, a person is told why."""

from __future__ import annotations

import logging
import os

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from tlstudio.core.start_faults import CANNOT_START, qt_fault, tell

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

_log = logging.getLogger("qt")


class QtMessages:
    """Logs Qt's messages while it is installed.

    Qt aborts the process where it finds no screen, a moment after it has said so: that is when the
    process ends here instead, with a sentence and without a core dump.
    """

    def __init__(self) -> None:
        self._while_starting: list[str] | None = []

    def install(self) -> None:
        qInstallMessageHandler(self._on_message)

    def started(self) -> None:
        """Qt has found its platform."""
        self._while_starting = None

    def remove(self) -> None:
        """Before Python ends: Qt speaks to the very last."""
        qInstallMessageHandler(None)

    def _on_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        category = context.category
        prefix = f"{category}: " if category and category != "default" else ""
        _log.log(_LEVELS[kind], "%s%s", prefix, text.strip())
        if self._while_starting is None:
            return
        self._while_starting.append(text)
        if kind is QtMsgType.QtFatalMsg:
            tell(qt_fault(self._while_starting))
            logging.shutdown()
            os._exit(CANNOT_START)
