"""The leaderboard as a table: what each network is worth for the dataset, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPixmap

from tlstudio.core.networks.catalog import ModelSpec
from tlstudio.gui.features.rank.state import RankingState, RowStage
from tlstudio.gui.features.rank.texts import RankTexts
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.headings import Heading, header_data
from tlstudio.gui.kit.interval_bar import AccuracyAxis, interval_text
from tlstudio.gui.kit.model_table_model import FAMILY_ROLE

if TYPE_CHECKING:
    from tlstudio.core.rank import Candidate, RankRow

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

SORT_ROLE = Role.UserRole + 21
CANDIDATE_ROLE = Role.UserRole + 22
INTERVAL_ROLE = Role.UserRole + 23  # low, accuracy, high; None while there is none
TIED_ROLE = Role.UserRole + 24  # whether nothing tells it from the best
PLACE_ROLE = Role.UserRole + 25  # of LogME between the lowest and the highest: 0..1, or None


class RankColumn(IntEnum):
    """The columns of the table, left to right."""

    MODEL = 0
    ACCURACY = 1
    AGAINST = 2
    LOGME = 3
    SPEED = 4
    PARAMETERS = 5
    MEMORY = 6


class RankTableModel(QAbstractTableModel):
    """One row for each candidate, ranked or not; the network of the settings has a tick.

    Attributes:
        axis: of the accuracies that are shown.
        best: the highest accuracy; None while there is none.
        texts: the words of the cells.
    """

    def __init__(self, state: RankingState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.texts = RankTexts(state, self)
        self.candidates: tuple[Candidate, ...] = ()
        self.chosen: Candidate | None = None
        self.axis = AccuracyAxis()
        self.best: float | None = None
        self._logme: tuple[float, float] = (0.0, 0.0)
        self._no_mark = QPixmap(16, 16)  # so that names stand below each other
        self._no_mark.fill(Qt.GlobalColor.transparent)
        self._headings = self._make_headings()

    def refresh(self, specs: dict[str, ModelSpec]) -> None:
        """Show what holds now; rows stay in place where they are the same candidates."""
        self.texts.specs = specs
        record = self._state.record
        shown = self._state.shown
        rows = [row for row in record.rows if row.candidate in shown] if record else []
        self.axis = AccuracyAxis.around([end for row in rows for end in row.interval])
        self.best = record.best.accuracy if record is not None and record.best else None
        values = [row.logme for row in rows]
        self._logme = (min(values, default=0.0), max(values, default=0.0))
        self._headings = self._make_headings()
        self.headerDataChanged.emit(
            Qt.Orientation.Horizontal, RankColumn.ACCURACY, RankColumn.ACCURACY
        )
        if shown != self.candidates:
            self.beginResetModel()
            self.candidates = shown
            self.endResetModel()
        elif shown:
            last = self.index(len(shown) - 1, len(RankColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def refresh_progress(self) -> None:
        """Show how far the candidate at work is."""
        progress = self._state.progress
        if progress is not None and progress.candidate in self.candidates:
            row = self.candidates.index(progress.candidate)
            place = self.index(row, RankColumn.ACCURACY)
            self.dataChanged.emit(place, place, [Role.DisplayRole])

    @property
    def has_memory(self) -> bool:
        """Whether the memory of any row is known."""
        record = self._state.record
        return record is not None and any(row.memory_bytes is not None for row in record.rows)

    def set_chosen(self, candidate: Candidate | None) -> None:
        """Mark the network of the settings."""
        if candidate != self.chosen:
            self.chosen = candidate
            if self.candidates:
                last = self.index(len(self.candidates) - 1, len(RankColumn) - 1)
                roles = [Role.FontRole, Role.DecorationRole]
                self.dataChanged.emit(self.index(0, 0), last, roles)

    def row_of(self, candidate: Candidate) -> RankRow | None:
        """What it is worth; None while that is not known."""
        record = self._state.record
        return record.row_of(candidate) if record is not None else None

    # -- Qt's questions --------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.candidates)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(RankColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        return header_data(self._headings, section, orientation, role)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        candidate, column = self.candidates[index.row()], RankColumn(index.column())
        row = self.row_of(candidate)
        is_chosen = candidate == self.chosen
        match role:
            case Role.DisplayRole:
                return self._text(candidate, row, column)
            case Role.TextAlignmentRole:
                return self._headings[column].alignment
            case Role.ToolTipRole:
                return self._tip(candidate, row, column)
            case Role.ForegroundRole:
                return self._color(candidate, column)
            case Role.FontRole if column is RankColumn.MODEL and is_chosen:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case Role.DecorationRole if column is RankColumn.MODEL:
                return icons.icon("done", "accent") if is_chosen else self._no_mark
            case Role.AccessibleTextRole:
                return self._spoken(candidate, row, column)
        if role == SORT_ROLE:
            return self._sort_key(candidate, row, column)
        if role == CANDIDATE_ROLE:
            return candidate
        if role == FAMILY_ROLE:
            return self.texts.own_start(candidate, self.candidates)
        if role == INTERVAL_ROLE:
            stage = self._state.stage_of(candidate)
            return row.interval if row is not None and stage is RowStage.RANKED else None
        if role == TIED_ROLE:
            return self.texts.is_tied(candidate)
        if role == PLACE_ROLE:
            return self._place(row)
        return None

    # -- what they show --------------------------------------------------------------------------

    def _make_headings(self) -> tuple[Heading, ...]:
        return (
            Heading(self.tr("Model"), self.tr("The network, and the values that it starts from")),
            Heading(
                self._probe_title(),
                self.tr(
                    "Accuracy of a linear layer on the unchanged network, cross-validated; "
                    "the band is its 95% confidence interval"
                ),
            ),
            Heading(
                self.tr("vs. best"),
                self.tr(
                    "Percentage points below the best; ≈ where the difference is not significant"
                ),
                is_number=True,
            ),
            Heading(
                self.tr("LogME"),
                self.tr(
                    "How well its features explain the classes, without training; "
                    "higher is better, to be compared within one dataset only"
                ),
                is_number=True,
            ),
            Heading(
                self.tr("Images/s"),
                self.tr("Forward passes on this machine while it was ranked"),
                is_number=True,
            ),
            Heading(
                self.tr("Parameters"),
                self.tr("Values that can be learned: size in memory and on disk"),
                is_number=True,
            ),
            Heading(
                self.tr("Memory"),
                self.tr("Peak of one training step, where it was measured in Compare"),
                is_number=True,
            ),
        )

    def _probe_title(self) -> str:
        """With the ends of the axis, where there is one."""
        if self.best is None:
            return self.tr("Linear probe")
        low, high = (formats.percent(end, 0) for end in (self.axis.low, self.axis.high))
        return self.tr("Linear probe, {low} – {high}").format(low=low, high=high)

    def _text(self, candidate: Candidate, row: RankRow | None, column: RankColumn) -> str:
        if column is RankColumn.MODEL:
            return self.texts.title(candidate)
        if column is RankColumn.ACCURACY:
            return self.texts.accuracy(candidate, row)
        if column is RankColumn.PARAMETERS and row is None:
            parameters = self._parameters(candidate)
            return formats.compact(parameters) if parameters else formats.NONE
        if row is None:
            return formats.NONE
        match column:
            case RankColumn.AGAINST:
                return self.texts.against(row)
            case RankColumn.LOGME:
                return f"{row.logme:.3f}".replace("-", "−")
            case RankColumn.SPEED:
                return formats.images_per_s(row.images_per_s)
            case RankColumn.PARAMETERS:
                return formats.compact(row.parameters)
            case RankColumn.MEMORY:
                known = row.memory_bytes is not None
                return formats.file_size(row.memory_bytes or 0) if known else formats.NONE

    def _parameters(self, candidate: Candidate) -> int:
        spec = self.texts.specs.get(candidate.model)
        return spec.parameters if spec is not None else 0

    def _place(self, row: RankRow | None) -> float | None:
        low, high = self._logme
        if row is None:
            return None
        return (row.logme - low) / (high - low) if high > low else 1.0

    def _color(self, candidate: Candidate, column: RankColumn) -> QColor | None:
        tokens = theme.current()
        if self._state.stage_of(candidate) is RowStage.FAILED and column is RankColumn.ACCURACY:
            return QColor(tokens.wrong)
        is_quiet = candidate.is_random or column is not RankColumn.MODEL
        return QColor(tokens.text_soft) if is_quiet and candidate != self.chosen else None

    def _tip(self, candidate: Candidate, row: RankRow | None, column: RankColumn) -> str | None:
        if column is RankColumn.ACCURACY and candidate in self._state.failures:
            return self.texts.failure(candidate)
        if row is None:
            return None
        match column:
            case RankColumn.MODEL:
                return self.texts.facts(row)
            case RankColumn.ACCURACY:
                return self.texts.answers(row)
            case RankColumn.AGAINST:
                return self.texts.verdict(row)
            case RankColumn.MEMORY if row.memory_bytes is None:
                return self.tr("Not measured yet: mark the network in Compare and measure it there")
        return None

    def _spoken(self, candidate: Candidate, row: RankRow | None, column: RankColumn) -> str | None:
        if column is RankColumn.MODEL:
            chosen = self.tr("chosen") if candidate == self.chosen else ""
            parts = (self.texts.title(candidate), self.texts.start(candidate), chosen)
            return ", ".join(filter(None, parts))
        if row is not None and column is RankColumn.ACCURACY:
            return interval_text(row.interval)
        if row is not None and column is RankColumn.AGAINST:
            return self.texts.verdict(row)
        return None

    def _sort_key(self, candidate: Candidate, row: RankRow | None, column: RankColumn) -> Any:
        if column is RankColumn.MODEL:
            names = (self.texts.title(candidate), self.texts.start(candidate))
            return tuple(name.casefold() for name in names)
        if row is None:
            is_size = column is RankColumn.PARAMETERS
            return (self._parameters(candidate) or None) if is_size else None
        keys: dict[RankColumn, Callable[[RankRow], Any]] = {
            RankColumn.ACCURACY: lambda row: tuple(-value for value in row.order),
            RankColumn.AGAINST: lambda row: tuple(-value for value in row.order),
            RankColumn.LOGME: lambda row: row.logme,
            RankColumn.SPEED: lambda row: row.images_per_s,
            RankColumn.PARAMETERS: lambda row: row.parameters,
            RankColumn.MEMORY: lambda row: row.memory_bytes,
        }
        return keys[column](row)


class RankProxy(QSortFilterProxyModel):
    """Sorted by values; what is not known is last in both directions."""

    def __init__(self, source: RankTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)

    def lessThan(self, left: Index, right: Index) -> bool:
        one, other = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if one is None or other is None:
            falls = self.sortOrder() is Qt.SortOrder.DescendingOrder
            return other is not None if falls else one is not None
        return bool(one < other)
