"""Empty states in the place of the model table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import EmptyState, IconButton
from tlstudio.gui.kit.language import error_hint, error_text

BAR_PX = 200


class LoadingModels(EmptyState):
    """The libraries are being imported."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("model", "", "", parent=parent)
        self.title.setText(self.tr("Loading the model library…"))
        self.text.setText(
            self.tr("This takes a few seconds after a start. Everything else works already.")
        )
        self.busy = QProgressBar(minimum=0, maximum=0)
        self.busy.setFixedWidth(BAR_PX)
        words = self.layout()
        assert isinstance(words, QVBoxLayout)
        below = words.count() - 1  # before the stretch at the end
        words.insertSpacing(below, theme.GRID)
        words.insertWidget(below + 1, self.busy, alignment=Qt.AlignmentFlag.AlignHCenter)


class NoModels(EmptyState):
    """The empty state when nothing passes the filter.

    Signals:
        everywhere_asked(): look in the whole catalog.
        clear_asked(): look for everything.
    """

    everywhere_asked = Signal()
    clear_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.everywhere = IconButton("", "search", "", self._on_everywhere)
        self.clear = IconButton("", "", "", self._on_clear)
        super().__init__("search", "", "", self.everywhere, self.clear, parent=parent)

    def show_found(self, elsewhere: int, has_filters: bool) -> None:
        """Say how many models match in other parts of the catalog, and whether filters are set."""
        self.everywhere.setVisible(elsewhere > 0)
        if elsewhere:
            self.title.setText(self.tr("No model matches here"))
            self.text.setText(
                self.tr("%n model(s) match in the rest of the catalog.", "", elsewhere)
            )
            self.everywhere.setText(self.tr("Show them"))
        else:
            self.title.setText(self.tr("No model matches"))
            self.text.setText(
                self.tr("Search by name, family or library, for example “ResNet” or “timm”.")
            )
        clear = self.tr("Clear search and filters") if has_filters else self.tr("Clear search")
        self.clear.setText(clear)

    def show_fault(self, error: TLStudioError) -> None:
        """Say what is wrong in a list that somebody types."""
        self.everywhere.setVisible(False)
        self.title.setText(error_text(error))
        self.text.setText(error_hint(error))
        self.clear.setText(self.tr("Clear search"))

    def _on_everywhere(self) -> None:
        self.everywhere_asked.emit()

    def _on_clear(self) -> None:
        self.clear_asked.emit()
