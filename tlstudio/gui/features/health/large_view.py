"""The images of one finding, large and side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.thumbnail_grid import GridItem
from tlstudio.gui.kit.thumbnails import ThumbnailCache

MOST = 4  # side by side; of more copies the chosen one and its neighbours


class _Picture(QWidget):
    """An image with what is said of it."""

    def __init__(self, cache: ThumbnailCache) -> None:
        super().__init__()
        self.image = ImageViewer(cache)
        self.words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.file = ElidedLabel(where=Qt.TextElideMode.ElideMiddle)
        self.file.setProperty("role", "hint")
        vstack((self.image, 1), self.words, self.file, spacing=theme.GRID // 2, parent=self)

    def show_item(self, item: GridItem) -> None:
        self.image.show_image(item.image)
        self.words.set_text(" · ".join(filter(None, (item.caption, item.detail, item.note))))
        self.file.set_text(item.image.name, str(item.image))


class LargeView(QWidget):
    """Esc goes back, left and right to the findings before and behind.

    Signals:
        closed(): back to all images.
        stepped(int): to another finding, -1 or 1.
    """

    closed = Signal()
    stepped = Signal(int)

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back_button = IconButton(self.tr("Back to all images"), "previous", "quiet")
        self.back_button.setToolTip(self.tr("Esc"))
        self.back_button.clicked.connect(self.closed)
        self._pictures = [_Picture(cache) for _ in range(MOST)]
        vstack(
            (self.back_button, Qt.AlignmentFlag.AlignLeft),
            (hstack(*((picture, 1) for picture in self._pictures), spacing=theme.GRID * 2), 1),
            spacing=theme.GRID,
            parent=self,
        )
        for key, slot in (
            (Qt.Key.Key_Escape, self.closed.emit),
            (Qt.Key.Key_Left, lambda: self.stepped.emit(-1)),
            (Qt.Key.Key_Right, lambda: self.stepped.emit(1)),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def show_items(self, items: Sequence[GridItem], current: int) -> None:
        """Show some of `items`, the one at `current` among them."""
        start = min(max(0, current - MOST // 2), max(0, len(items) - MOST))
        shown = items[start : start + MOST]
        for place, picture in enumerate(self._pictures):
            picture.setVisible(place < len(shown))
            if place < len(shown):
                picture.show_item(shown[place])
