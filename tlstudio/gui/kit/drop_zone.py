"""A place to drop images and folders on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.basics import IconLabel, label, set_property
from tlstudio.gui.kit.file_dialogs import IMAGES
from tlstudio.gui.kit.layout import Stretch, hstack, vstack


class DropZone(QFrame):
    """A dashed frame: large with a title and a text, or slim with the title alone.

    The page around it takes the drops, wherever they fall; the frame only shows where to aim.

    Signals:
        clicked(): by the mouse or by Enter; whoever has nothing to drop wants to choose files.
    """

    clicked = Signal()

    spoken_as = accessible.Role.Button

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "drop")
        self.setProperty("active", False)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if text:
            self._fill(title, text)
        else:
            self._fill_slim(title)

    def add(self, widget: QWidget) -> None:
        """Add a widget below the words of a large zone."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertSpacing(layout.count() - 1, theme.GRID)
        layout.insertWidget(layout.count() - 1, widget, alignment=Qt.AlignmentFlag.AlignHCenter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_inside = self.rect().contains(event.position().toPoint())
        if is_inside and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def set_active(self, active: bool) -> None:
        """Show that something may be let go here."""
        set_property(self, "active", active)

    def _fill(self, title: str, text: str) -> None:
        hint = label(text, "hint", wrap=True)
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        center = Qt.AlignmentFlag.AlignHCenter
        vstack(
            Stretch(2),
            (IconLabel("drop", 48, "text_faint"), center),
            (label(title, "title"), center),
            hint,
            Stretch(3),
            spacing=theme.GRID,
            margins=None,
            parent=self,
        )

    def _fill_slim(self, title: str) -> None:
        hstack(
            Stretch(),
            IconLabel("drop", 16, "text_soft"),
            label(title, "hint"),
            Stretch(),
            spacing=theme.GRID,
            margins=(12, theme.GRID, 12, theme.GRID),
            parent=self,
        )


def is_image_name(path: Path) -> bool:
    """Whether it is called like an image; nobody looks at the file."""
    return f"*{path.suffix.lower()}" in IMAGES.globs.split()


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders of a drag; empty if it carries none."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
