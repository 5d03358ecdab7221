"""Saving what the window shows: ask where to, write off the GUI thread, say how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.storage import atomic_write, safe_file_name
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.kit.file_dialogs import Filter

# What goes into a file, or a function that makes it on the worker's thread.
Content = str | bytes | QImage | Callable[[], str | bytes]


class Messages(Protocol):
    """The notifications that saving needs: success and failure."""

    def success(
        self, text: str, hint: str = "", action: str = "", act: Callable[[], object] | None = None
    ) -> None: ...
    def error(self, error: TLStudioError) -> None: ...


class Desk(file_dialogs.Desk, Protocol):
    """The part of the session that saving needs."""

    @property
    def dataset_name(self) -> str: ...
    @property
    def notifications(self) -> Messages: ...


def save_as(
    parent: QWidget,
    desk: Desk,
    title: str,
    name: str,
    formats: Mapping[Filter, Callable[[], Content]],
) -> None:
    """Ask where to, and write there.

    Args:
        parent: below the dialog.
        desk: where files are written and people are told.
        title: of the dialog.
        name: offered for the file, without a suffix; need not be fit for one.
        formats: what to write as each kind of file, the first of which is offered; called on the
            GUI thread once the place is known.
    """

    def write(path: Path) -> None:
        glob = f"*{path.suffix.lower()}"
        wanted = [make for kind, make in formats.items() if glob in kind.globs.split()]
        make = next(iter((*wanted, *formats.values())))
        task = desk.disk_pool.submit(_write, path, make(), failed=desk.notifications.error)
        task.must_end = True
        task.done.connect(lambda _: _tell(desk.notifications, path))

    name = safe_file_name(name)
    first, *others = formats
    offered = name if others else name + first.suffix
    file_dialogs.ask_target(parent, desk, title, offered, tuple(formats), write)


def _write(path: Path, content: Content) -> None:
    """Write `content` to `path`, an image as PNG. Raises `StorageError`."""
    if isinstance(content, QImage):
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        content.save(buffer, "PNG")  # type: ignore[call-overload]
        content = bytes(buffer.data().data())
    atomic_write(path, content() if callable(content) else content)


def _tell(messages: Messages, path: Path) -> None:
    """Say what was saved, with a way to it."""

    def show() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    text = QCoreApplication.translate("save_as", "Saved {name}.").format(name=path.name)
    action = QCoreApplication.translate("save_as", "Show in folder")
    messages.success(text, str(path.parent), action, show)
