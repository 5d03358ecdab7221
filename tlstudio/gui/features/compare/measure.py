"""The strip that measures networks on this machine: what is asked, how far it is, what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.compare import ComparedWeights, SpeedKey
from tlstudio.core.lessons.target import Target
from tlstudio.core.needs import SPEEDS
from tlstudio.core.networks.blocks.side_by_side import LEAST, MOST
from tlstudio.gui.features.compare.state import SpeedsState
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.quiet_warnings import QuietWarnings
from tlstudio.gui.state.reasons import reason_text
from tlstudio.gui.state.session import Session


class MeasureStrip(QWidget):
    """The strip below the table that offers to measure; follows `SpeedsState`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._speeds = session.feature(SpeedsState)
        self._marked: tuple[ComparedWeights, ...] = ()
        self._short_list: tuple[ComparedWeights, ...] = ()
        self._titles: Mapping[SpeedKey, str] = {}
        self.words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.words.setProperty("role", "hint")
        self.marked = IconButton("", "device", "", self._on_marked)
        self.short_list = IconButton("", "", "quiet", self._on_short_list)
        tip = self.tr(
            "Images per second and memory on this machine, with random weights: "
            "nothing is downloaded."
        )
        for button in (self.marked, self.short_list):
            button.setToolTip(plain_tip(tip))
        self.beside = IconButton(self.tr("Side by side"), "side_by_side", "quiet", self._on_beside)
        self.beside.setToolTip(self.tr("The marked networks beside each other in Picture"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.cancel = IconButton(self.tr("Cancel"), "close", "quiet", self._speeds.cancel)
        self.problems = QuietWarnings()
        row = hstack(
            (self.words, 1),
            (self.bar, Qt.AlignmentFlag.AlignVCenter),
            self.cancel,
            self.beside,
            self.short_list,
            self.marked,
            spacing=theme.GRID,
        )
        vstack(row, self.problems, spacing=theme.GRID // 2, parent=self)
        self._speeds.changed.connect(self.refresh)
        session.network.models_changed.connect(self.refresh)

    def set_rows(self, rows: Sequence[ComparedWeights]) -> None:
        """Take all weights; those of the short list can be measured at once."""
        self._short_list = tuple(row for row in rows if row.spec.recommended and row.is_default)
        self._titles = {row.speed_key: row.spec.title for row in rows}
        self.refresh()

    def set_marked(self, rows: Sequence[ComparedWeights]) -> None:
        """Take the rows that are marked in the table."""
        self._marked = tuple(rows)
        self.refresh()

    def refresh(self) -> None:
        """Show the present state."""
        speeds = self._speeds
        measuring = speeds.is_measuring
        count = len(_keys(self._marked))
        missing = len(self._unmeasured())
        self.marked.setText(
            self.tr("Measure on this machine")
            if count < 2
            else self.tr("Measure %n network(s) here", "", count)
        )
        self.marked.setEnabled(speeds.can_measure and count > 0)
        self.short_list.setText(self.tr("Measure the short list ({n})").format(n=missing))
        self.short_list.setEnabled(speeds.can_measure and missing > 0)
        self.beside.setVisible(LEAST <= len(self._marked_models()) <= MOST)
        for widget in (self.marked, self.short_list):
            widget.setVisible(not measuring)
        self.bar.setVisible(measuring)
        self.cancel.setVisible(measuring)
        if measuring:
            self.bar.setMaximum(speeds.total * speeds.stages)
            self.bar.setValue(speeds.done * speeds.stages + speeds.stage)
        self.words.set_text(self._sentence())
        self.problems.set_texts(self._problems())

    def _sentence(self) -> str:
        speeds = self._speeds
        if self._session.is_busy:
            return reason_text(self._session, SPEEDS)
        if speeds.queue:
            steps = (
                self.tr("a training step"),
                self.tr("inference"),
                self.tr("training"),
                self.tr("done"),
            )
            return self.tr("{model}: {step} ({n} of {total})").format(
                model=self._titles.get(speeds.queue[0], speeds.queue[0][0]),
                step=steps[min(speeds.stage, len(steps) - 1)],
                n=speeds.done + 1,
                total=speeds.total,
            )
        found = list(speeds.speeds.values())
        if not found:
            return self.tr("How fast they are here is not measured yet.")
        latest = max(found, key=lambda record: record.measured_on)
        return self.tr(
            "%n measured on {device}, {precision}, last on {date}", "", len(found)
        ).format(device=latest.device, precision=latest.precision, date=latest.measured_on)

    def _problems(self) -> list[str]:
        texts = [error_text(skipped.error) for skipped in self._speeds.skipped]
        busy = [
            self._titles.get(record.key, record.model)
            for record in self._speeds.speeds.values()
            if not record.is_steady
        ]
        if busy:
            texts.append(
                self.tr(
                    "The machine was busy with other things while it was measured: {models}."
                ).format(models=", ".join(busy))
            )
        return texts

    def _unmeasured(self) -> tuple[SpeedKey, ...]:
        return tuple(key for key in _keys(self._short_list) if key not in self._speeds.speeds)

    def _marked_models(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.spec.name for row in self._marked))

    def _on_beside(self) -> None:
        self._session.follow(Target(tab="picture", models=self._marked_models()))

    def _on_marked(self) -> None:
        self._speeds.measure(_keys(self._marked))

    def _on_short_list(self) -> None:
        self._speeds.measure(self._unmeasured())


def _keys(rows: Sequence[ComparedWeights]) -> tuple[SpeedKey, ...]:
    return tuple(dict.fromkeys(row.speed_key for row in rows))
