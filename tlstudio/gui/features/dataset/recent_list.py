"""The datasets that were open before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, plain_tip
from tlstudio.gui.kit.card_button import CardButton
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

SHOWN = 6


class RecentRow(CardButton):
    """The row of a folder: its name and where it lies.

    Signals:
        chosen(Path)
    """

    chosen = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder.name, "row")
        self.folder = folder
        self.setAccessibleDescription(str(folder))
        self.setToolTip(plain_tip(str(folder)))
        where = ElidedLabel(short_path(folder))
        where.setProperty("role", "hint")
        self.content.setContentsMargins(theme.GRID, 6, theme.GRID, 6)
        self.content.setSpacing(theme.GRID * 2)
        self.add(IconLabel("recent"))
        self.add(label(folder.name))
        self.add(where, 1)
        self.unreachable = label(self.tr("not reachable"), "hint")
        self.unreachable.setProperty("tone", "warning")
        self.unreachable.hide()
        self.add(self.unreachable)
        self.clicked.connect(self._on_clicked)

    def show_reachable(self, reachable: bool) -> None:
        """Say whether it was found; it can be chosen all the same, as its drive may be back."""
        self.unreachable.setHidden(reachable)
        text = str(self.folder)
        if not reachable:
            text = self.tr("{folder}: not found, or its drive does not answer").format(folder=text)
        self.setAccessibleDescription(text)
        self.setToolTip(plain_tip(text))

    def _on_clicked(self) -> None:
        self.chosen.emit(self.folder)


class RecentList(QWidget):
    """Hidden while there are none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: list[RecentRow] = []
        self.clear_button = IconButton(self.tr("Clear"), kind="link")
        self.clear_button.setToolTip(self.tr("Forget the recent datasets"))
        heading = hstack(label(self.tr("Recent"), "section"), Stretch(), self.clear_button)
        self._rows_layout = vstack(spacing=2)
        vstack(heading, self._rows_layout, Stretch(), spacing=2, parent=self)
        self.clear_button.clicked.connect(session.datasets.clear_recent)
        session.datasets.recent_changed.connect(self.refresh)
        session.datasets.reached.connect(self._show_reachable)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.datasets.look_for_recent()

    def refresh(self) -> None:
        for row in self.rows:
            self._rows_layout.removeWidget(row)
            row.deleteLater()
        self.rows = [RecentRow(folder) for folder in self._session.datasets.recent[:SHOWN]]
        for row in self.rows:
            row.chosen.connect(self._session.datasets.open)
            self._rows_layout.addWidget(row)
        self._show_reachable()
        self.setVisible(bool(self.rows))

    def _show_reachable(self) -> None:
        for row in self.rows:
            row.show_reachable(row.folder not in self._session.datasets.unreachable)


def short_path(path: Path) -> str:
    """The path with ``~`` for a person's own folder."""
    home = Path.home()
    if path == home:
        return "~"
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
