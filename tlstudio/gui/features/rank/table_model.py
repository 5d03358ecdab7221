"""The leaderboard as a table: what each network is worth for the dataset, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from tlstudio.core.networks.catalog import ModelSpec
from tlstudio.core.rank import Candidate
from tlstudio.gui.features.rank.state import RankingState, RowStage
from tlstudio.gui.features.rank.texts import RankTexts
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.interval_bar import AccuracyAxis, interval_text
from tlstudio.gui.kit.table import Column, Index, TableModel

if TYPE_CHECKING:
    from tlstudio.core.rank import RankRow

Role = Qt.ItemDataRole

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


class RankTableModel(TableModel[Candidate]):
    """The item model of the leaderboard: a row for each candidate, ranked or not.

    Attributes:
        axis: of the accuracies that are shown.
        best: the highest accuracy; None while there is none.
        texts: the words of the cells.
    """

    has_choice = True

    def __init__(self, state: RankingState, parent: QObject | None = None) -> None:
        super().__init__(parent=parent)
        self._state = state
        self.texts = RankTexts(state, self)
        self.axis = AccuracyAxis()
        self.best: float | None = None
        self._logme: tuple[float, float] = (0.0, 0.0)
        self.columns = self._make_columns()

    def refresh_ranking(self, specs: dict[str, ModelSpec]) -> None:
        """Show what holds now; rows stay in place where they are the same candidates."""
        self.texts.specs = specs
        record = self._state.record
        shown = self._state.shown
        rows = [row for row in record.rows if row.candidate in shown] if record else []
        self.axis = AccuracyAxis.around([end for row in rows for end in row.interval])
        self.best = record.best.accuracy if record is not None and record.best else None
        values = [row.logme for row in rows]
        self._logme = (min(values, default=0.0), max(values, default=0.0))
        self.columns = self._make_columns()
        self.headerDataChanged.emit(
            Qt.Orientation.Horizontal, RankColumn.ACCURACY, RankColumn.ACCURACY
        )
        self.set_rows(shown)

    def refresh_progress(self) -> None:
        """Show how far the candidate at work is."""
        progress = self._state.progress
        if progress is not None and progress.candidate in self.rows:
            row = self.rows.index(progress.candidate)
            place = self.index(row, RankColumn.ACCURACY)
            self.dataChanged.emit(place, place, [Role.DisplayRole])

    @property
    def has_memory(self) -> bool:
        """Whether the memory of any row is known."""
        record = self._state.record
        return record is not None and any(row.memory_bytes is not None for row in record.rows)

    def row_of(self, candidate: Candidate) -> RankRow | None:
        """Return the row of a candidate; None before it was ranked."""
        record = self._state.record
        return record.row_of(candidate) if record is not None else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or role not in (INTERVAL_ROLE, TIED_ROLE, PLACE_ROLE):
            return super().data(index, role)
        candidate = self.rows[index.row()]
        row = self.row_of(candidate)
        if role == INTERVAL_ROLE:
            stage = self._state.stage_of(candidate)
            return row.interval if row is not None and stage is RowStage.RANKED else None
        if role == TIED_ROLE:
            return self.texts.is_tied(candidate)
        return self._place(row)

    # -- what the cells show ---------------------------------------------------------------------

    def _make_columns(self) -> tuple[Column[Candidate], ...]:
        known = self._known
        return (
            Column(
                self.tr("Model"),
                self.texts.title,
                self.tr("The network, and the values that it starts from"),
                key=self._names,
                tip=known(self.texts.facts),
                token=lambda c: "text_soft" if c.is_random and c != self.chosen else "",
                spoken=self._spoken,
                detail=lambda candidate: self.texts.own_start(candidate, self.rows),
                explained_by="model",
            ),
            Column(
                self._probe_title(),
                lambda candidate: self.texts.accuracy(candidate, self.row_of(candidate)),
                self.tr(
                    "Accuracy of a linear layer on the unchanged network, cross-validated; "
                    "the band is its 95% confidence interval"
                ),
                key=known(_rank),
                tip=self._accuracy_tip,
                token=lambda c: "wrong" if self._state.stage_of(c) is RowStage.FAILED else "",
                spoken=known(lambda row: interval_text(row.interval)),
                explained_by="linear-probe",
            ),
            Column(
                self.tr("vs. best"),
                known(self.texts.against, formats.NONE),
                self.tr(
                    "Percentage points below the best; ≈ where the difference is not significant"
                ),
                is_number=True,
                key=known(_rank),
                tip=known(self.texts.verdict),
                spoken=known(self.texts.verdict),
                explained_by="wilson",
            ),
            Column(
                self.tr("LogME"),
                known(lambda row: f"{row.logme:.3f}".replace("-", "−"), formats.NONE),
                self.tr(
                    "How well its features explain the classes, without training; "
                    "higher is better, to be compared within one dataset only"
                ),
                is_number=True,
                key=known(lambda row: row.logme),
                explained_by="logme",
            ),
            Column(
                self.tr("Images/s"),
                known(lambda row: formats.images_per_s(row.images_per_s), formats.NONE),
                self.tr("Forward passes on this machine while it was ranked"),
                is_number=True,
                key=known(lambda row: row.images_per_s),
                explained_by="images-per-second",
            ),
            Column(
                self.tr("Parameters"),
                self._parameters_text,
                self.tr("Values that can be learned: size in memory and on disk"),
                is_number=True,
                key=lambda candidate: self._parameters(candidate) or None,
            ),
            Column(
                self.tr("Memory"),
                known(_memory, formats.NONE),
                self.tr("Peak of one training step, where it was measured in Compare"),
                is_number=True,
                key=known(lambda row: row.memory_bytes),
                explained_by="memory",
                tip=known(self._memory_tip),
            ),
        )

    def _known(
        self, of: Callable[[RankRow], Any], unknown: Any = None
    ) -> Callable[[Candidate], Any]:
        """`of` what a candidate is worth, or `unknown` while that is not known."""

        def value(candidate: Candidate) -> Any:
            row = self.row_of(candidate)
            return unknown if row is None else of(row)

        return value

    def _probe_title(self) -> str:
        """Return the title of the probe column, with the ends of its axis."""
        if self.best is None:
            return self.tr("Linear probe")
        low, high = (formats.percent(end, 0) for end in (self.axis.low, self.axis.high))
        return self.tr("Linear probe, {low} – {high}").format(low=low, high=high)

    def _parameters(self, candidate: Candidate) -> int:
        row, spec = self.row_of(candidate), self.texts.specs.get(candidate.model)
        if row is not None:
            return row.parameters
        return spec.parameters if spec is not None else 0

    def _parameters_text(self, candidate: Candidate) -> str:
        parameters = self._parameters(candidate)
        return formats.compact(parameters) if parameters else formats.NONE

    def _place(self, row: RankRow | None) -> float | None:
        low, high = self._logme
        if row is None:
            return None
        return (row.logme - low) / (high - low) if high > low else 1.0

    def _accuracy_tip(self, candidate: Candidate) -> str | None:
        if candidate in self._state.failures:
            return self.texts.failure(candidate)
        row = self.row_of(candidate)
        return None if row is None else self.texts.answers(row)

    def _memory_tip(self, row: RankRow) -> str | None:
        if row.memory_bytes is not None:
            return None
        return self.tr("Not measured yet: mark the network in Compare and measure it there")

    def _names(self, candidate: Candidate) -> tuple[str, str]:
        return (
            self.texts.title(candidate).casefold(),
            self.texts.start(candidate).casefold(),
        )

    def _spoken(self, candidate: Candidate) -> str:
        parts = (self.texts.title(candidate), self.texts.start(candidate))
        return ", ".join(filter(None, parts))


def _rank(row: RankRow) -> tuple[float, ...]:
    """The best is the highest."""
    return tuple(-value for value in row.order)


def _memory(row: RankRow) -> str:
    return formats.NONE if row.memory_bytes is None else formats.file_size(row.memory_bytes)
