"""The sentences about a plan: which stages join, and what one of them does in an epoch."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.settings import Settings
from tlstudio.core.strategies.timeline import PlanTimeline, Statistics
from tlstudio.gui.kit import formats

MANY = 3  # stages that are named one by one


class PlanTexts(QObject):
    """Words for a `PlanTimeline`, in the language of the window."""

    def layers(self, timeline: PlanTimeline, phase: int) -> str:
        """Name what begins to train with a phase: ``layer4``, ``stem to layer4``, or everything."""
        rows = timeline.joining(phase)
        cells = timeline.cells[phase]
        is_whole = all(cells[row].trainable == timeline.rows[row].parameters for row in rows)
        if len(rows) == len(timeline.rows) and len(rows) > 1 and is_whole:
            return self.tr("everything")
        if len(rows) == len(timeline.rows) - 1 and phase and len(rows) > 1 and is_whole:
            return self.tr("everything else")
        titles = [timeline.rows[row].title for row in rows]
        if len(titles) <= MANY:
            return ", ".join(titles)
        if rows[-1] - rows[0] == len(rows) - 1:  # no stage between them is left out
            return self.tr("{first} to {last}").format(first=titles[0], last=titles[-1])
        return self.tr("%n stage(s)", "", len(titles))

    def joins(self, timeline: PlanTimeline, phase: int) -> str:
        """Say what begins to train with a phase, e.g. layer4 joins."""
        return self.tr("{layers} joins").format(layers=self.layers(timeline, phase))

    def phases(self, tree: LayerTree, settings: Settings) -> list[tuple[int, str]]:
        """Return ``(first epoch, what joins)`` for each phase of the plan after the first."""
        if settings.plan is None:
            return []
        timeline = PlanTimeline.of(tree, settings.plan, settings.config)
        return [
            (first, self.joins(timeline, number))
            for number, first in enumerate(timeline.first_epochs)
            if number
        ]

    def cell(self, timeline: PlanTimeline, row: int, epoch: int) -> str:
        """Describe what a stage does in an epoch."""
        stage, cell = timeline.rows[row], timeline.cell(row, epoch)
        parts = [stage.title, self.tr("epoch {n}").format(n=epoch)]
        rate = timeline.rate(row, epoch)
        if rate is None:
            parts.append(self.tr("frozen"))
        else:
            parts.append(self.tr("learning rate {rate}").format(rate=_rate(rate)))
        total = formats.count(stage.parameters)
        if rate is None or cell.trainable == stage.parameters:
            parts.append(self.tr("{n} parameters").format(n=total))
        else:
            some = formats.count(cell.trainable)
            parts.append(self.tr("{n} of {total} parameters").format(n=some, total=total))
        if cell.statistics is not Statistics.NONE:
            parts.append(self.statistics(cell.statistics))
        return " · ".join(parts)

    def statistics(self, statistics: Statistics) -> str:
        return {
            Statistics.NONE: "",
            Statistics.FIXED: self.tr("statistics frozen"),
            Statistics.SOME_MOVE: self.tr("statistics move in part"),
            Statistics.MOVE: self.tr("statistics move"),
        }[statistics]


def _rate(rate: float) -> str:
    """No finer than one reads it."""
    return formats.learning_rate(float(f"{rate:.3g}"))
