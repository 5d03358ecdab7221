"""Messages to the person: kept from the start, shown when there is a window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit import language

KEPT = 200


class Level(StrEnum):
    """The levels of notifications."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notification:
    """A message: a sentence and a hint, both in the language of the window.

    Attributes:
        action: what can be done about it, as the title of a button; empty for nothing.
        act: does it.
        further, act_further: a second thing that can be done, likewise.
        about: of several messages about the same, only the newest is shown; empty for none.
    """

    level: Level
    text: str
    hint: str = ""
    action: str = ""
    act: Callable[[], object] | None = field(default=None, compare=False)
    further: str = ""
    act_further: Callable[[], object] | None = field(default=None, compare=False)
    about: str = ""


class Notifications(QObject):
    """The one place for messages. Any thread may call it.

    Signals:
        posted(Notification): a message came in.
    """

    posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept: deque[Notification] = deque(maxlen=KEPT)

    def post(
        self,
        level: Level,
        text: str,
        hint: str = "",
        action: str = "",
        act: Callable[[], object] | None = None,
        further: str = "",
        act_further: Callable[[], object] | None = None,
        about: str = "",
    ) -> None:
        notification = Notification(level, text, hint, action, act, further, act_further, about)
        self.kept.append(notification)
        self.posted.emit(notification)

    def info(
        self,
        text: str,
        hint: str = "",
        action: str = "",
        act: Callable[[], object] | None = None,
        further: str = "",
        act_further: Callable[[], object] | None = None,
        about: str = "",
    ) -> None:
        self.post(Level.INFO, text, hint, action, act, further, act_further, about)

    def success(
        self,
        text: str,
        hint: str = "",
        action: str = "",
        act: Callable[[], object] | None = None,
    ) -> None:
        self.post(Level.SUCCESS, text, hint, action, act)

    def warning(self, text: str, hint: str = "") -> None:
        self.post(Level.WARNING, text, hint)

    def error(self, error: TLStudioError) -> None:
        """Show an error with all its problems."""
        for problem in error.problems:
            self.post(Level.ERROR, language.error_text(problem), language.error_hint(problem))
