"""Weights with known accuracy as a table: their worth, their cost, and how fast they run here."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QObject, QSortFilterProxyModel

from tlstudio.core.compare import ComparedWeights, CompareFilter, SpeedRecord, Speeds
from tlstudio.gui.kit import formats, icons
from tlstudio.gui.kit.table import Column, Index, SortProxy, TableModel


class CompareColumn(IntEnum):
    """The columns of the table, left to right."""

    MODEL = 0
    WEIGHTS = 1
    TOP1 = 2
    TOP5 = 3
    GFLOPS = 4
    PARAMETERS = 5
    INPUT = 6
    DENSITY = 7
    INFERENCE = 8
    TRAINING = 9
    MEMORY = 10


MEASURED = (CompareColumn.INFERENCE, CompareColumn.TRAINING, CompareColumn.MEMORY)


class CompareTableModel(TableModel[ComparedWeights]):
    """The item model of the comparison: a row for each set of weights."""

    has_choice = True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(identity=lambda row: row.key, parent=parent)
        self.speeds: Speeds = {}
        self.columns = (
            Column(
                self.tr("Model"),
                lambda row: row.spec.title,
                self.tr("The network and its family"),
                icon=lambda row: icons.blank(),  # so that names stand below each other
                spoken=lambda row: f"{row.spec.title}, {row.weights.name}",
                explained_by="model",
            ),
            Column(
                self.tr("Weights"),
                lambda row: row.weights.name,
                self.tr("The name of its pretrained weights; some networks have several"),
                explained_by="weights",
            ),
            Column(
                self.tr("Top-1"),
                lambda row: formats.percent(row.top1),
                self.tr("Accuracy on ImageNet-1k, as its library states it"),
                is_number=True,
                key=lambda row: row.top1,
                tip=self._test_tip,
                explained_by="top1",
            ),
            Column(
                self.tr("Top-5"),
                lambda row: formats.percent(row.top5),
                self.tr("How often the class is among the five likeliest"),
                is_number=True,
                key=lambda row: row.top5,
                tip=self._test_tip,
                explained_by="top1",
            ),
            Column(
                self.tr("GFLOPs"),
                lambda row: f"{row.gflops:,.2f}" if row.gflops else formats.NONE,
                self.tr("Billions of multiply-adds for one image: how slow it is"),
                is_number=True,
                key=lambda row: row.gflops or None,
                explained_by="multiply-adds",
            ),
            Column(
                self.tr("Parameters"),
                lambda row: formats.compact(row.parameters),
                self.tr("Values that can be learned: size in memory and on disk"),
                is_number=True,
                key=lambda row: row.parameters,
                explained_by="parameters",
            ),
            Column(
                self.tr("Input px"),
                lambda row: str(row.image_px),
                self.tr("Side of the square image that it sees"),
                is_number=True,
                key=lambda row: row.image_px,
                explained_by="input-size",
            ),
            Column(
                self.tr("%/M"),
                lambda row: f"{row.density:.3g}",
                self.tr("Accuracy density: points of top-1 for each million parameters"),
                is_number=True,
                key=lambda row: row.density,
                explained_by="density",
            ),
            Column(
                self.tr("Inference img/s"),
                self._measured(lambda speed: formats.images_per_s(speed.inference_images_per_s)),
                self.tr("Measured on this machine: images per second, forward only"),
                is_number=True,
                key=self._measured_key(lambda speed: speed.inference_images_per_s),
                tip=self._tip,
                explained_by="images-per-second",
            ),
            Column(
                self.tr("Training img/s"),
                self._measured(lambda speed: formats.images_per_s(speed.training_images_per_s)),
                self.tr("Measured on this machine: images per second, all layers training"),
                is_number=True,
                key=self._measured_key(lambda speed: speed.training_images_per_s),
                tip=self._tip,
                explained_by="images-per-second",
            ),
            Column(
                self.tr("Memory"),
                self._measured(memory_text),
                self.tr("Measured on this machine: the peak of one training step"),
                is_number=True,
                key=self._measured_key(lambda speed: speed.memory_bytes),
                tip=lambda row: self._tip(row, is_memory=True),
                explained_by="memory",
            ),
        )

    def set_speeds(self, speeds: Speeds) -> None:
        """Take the speeds that were measured on this machine."""
        if speeds is not self.speeds:
            self.speeds = speeds
            self.refresh()

    def _measured(self, text: Callable[[SpeedRecord], str]) -> Callable[[ComparedWeights], str]:
        """`text` of what was measured of a row, or a dash."""

        def text_of(row: ComparedWeights) -> str:
            speed = self.speeds.get(row.speed_key)
            return formats.NONE if speed is None else text(speed)

        return text_of

    def _measured_key(
        self, key: Callable[[SpeedRecord], float | None]
    ) -> Callable[[ComparedWeights], float | None]:
        """`key` of what was measured of a row, or None."""

        def key_of(row: ComparedWeights) -> float | None:
            speed = self.speeds.get(row.speed_key)
            return None if speed is None else key(speed)

        return key_of

    def _test_tip(self, row: ComparedWeights) -> str | None:
        if not row.tested_px:
            return None
        text = self.tr("As timm has published it, tested with images of {side} px.")
        return text.format(side=row.tested_px)

    def _tip(self, row: ComparedWeights, *, is_memory: bool = False) -> str | None:
        record = self.speeds.get(row.speed_key)
        if record is None:
            return None
        words = [
            self.tr("Measured on {date}: {device}, {precision}, {batch} images at once.").format(
                date=record.measured_on,
                device=record.device,
                precision=record.precision,
                batch=record.batch,
            )
        ]
        if is_memory and record.memory_source == "resident":
            words.append(self.tr("By how much the studio grew, weights and optimizer included."))
        if is_memory and record.memory_source == "allocated":
            words.append(self.tr("As torch allocated it on the card, weights included."))
        if not record.is_steady:
            words.append(self.tr("The machine was busy with other things: measure again."))
        return "\n".join(words)


class CompareProxy(SortProxy):
    """The weights that a filter lets through."""

    def __init__(self, source: CompareTableModel, parent: QObject | None = None) -> None:
        super().__init__(source, parent)
        self._table = source
        self._filter = CompareFilter()

    def set_filter(self, wanted: CompareFilter) -> None:
        self.beginFilterChange()
        self._filter = wanted
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        return self._filter.passes(self._table.rows[row])


def memory_text(record: SpeedRecord) -> str:
    """The peak of a training step, or a dash."""
    return formats.NONE if record.memory_bytes is None else formats.file_size(record.memory_bytes)
