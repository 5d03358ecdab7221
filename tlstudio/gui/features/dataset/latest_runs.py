"""The latest runs on the start page: a click goes on where a person was."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale, Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.runs.kept import RunEntry
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconLabel, label
from tlstudio.gui.kit.card_button import CardButton
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.runs import run_title
from tlstudio.gui.state.session import Session, Step

SHOWN = 3


class RunRow(CardButton):
    """The row of a run: its name, its accuracy and the day it was trained.

    Signals:
        chosen(str): its id.
    """

    chosen = Signal(str)

    def __init__(self, entry: RunEntry) -> None:
        super().__init__(run_title(entry), "row")
        self.entry = entry
        self.content.setContentsMargins(theme.GRID, 6, theme.GRID, 6)
        self.content.setSpacing(theme.GRID * 2)
        self.add(IconLabel("recent"))
        title = ElidedLabel(run_title(entry))
        self.add(title, 1)
        self.add(label(day_text(entry.created), "hint"))
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self.chosen.emit(self.entry.id)


class LatestRuns(QWidget):
    """Hidden while there are none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: list[RunRow] = []
        self._rows_layout = vstack(spacing=2)
        vstack(label(self.tr("Latest runs"), "section"), self._rows_layout, spacing=2, parent=self)
        session.runs.entries_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the latest runs, newest first."""
        entries = [entry for entry in self._session.runs.entries if entry.has_weights][:SHOWN]
        self.setVisible(bool(entries))
        if [row.entry for row in self.rows] == entries:
            return
        for row in self.rows:
            self._rows_layout.removeWidget(row)
            row.deleteLater()
        self.rows = [RunRow(entry) for entry in entries]
        for row in self.rows:
            row.chosen.connect(self._open)
            self._rows_layout.addWidget(row)

    def _open(self, run_id: str) -> None:
        self._session.runs.open(run_id, self._show_results)

    def _show_results(self) -> None:
        has_images = bool(self._session.run.record.shown_predictions.predictions)
        self._session.go_to(Step.RESULTS if has_images else Step.TRAIN)


def day_text(created: float) -> str:
    """Today, yesterday, or the day.

    Args:
        created: seconds since 1970, UTC.
    """
    when = datetime.fromtimestamp(created)
    days = (datetime.now().date() - when.date()).days
    match days:
        case 0:
            return QCoreApplication.translate("LatestRuns", "today")
        case 1:
            return QCoreApplication.translate("LatestRuns", "yesterday")
    day = QDate(when.year, when.month, when.day)
    return QLocale().toString(day, QLocale.FormatType.ShortFormat)
