"""Balls from weights: what the chart of the comparison shows, in words of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from tlstudio.core.compare import (
    CompareAxis,
    ComparedWeights,
    CompareFilter,
    Speeds,
    Worth,
    frontier,
)
from tlstudio.core.networks.catalog import WEIGHTS_PLACE_TITLES
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.compare.ball_chart.values import Ball
from tlstudio.gui.features.compare.table_model import memory_text
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text

translate = QCoreApplication.translate

AXIS_TITLES = {
    CompareAxis.GFLOPS: QT_TRANSLATE_NOOP("CompareView", "GFLOPs"),
    CompareAxis.PARAMETERS: QT_TRANSLATE_NOOP("CompareView", "Parameters"),
    CompareAxis.MILLISECONDS: QT_TRANSLATE_NOOP("CompareView", "ms per image"),
}
WORTH_TITLES = {
    Worth.TOP1: QT_TRANSLATE_NOOP("CompareView", "Top-1"),
    Worth.TOP5: QT_TRANSLATE_NOOP("CompareView", "Top-5"),
}
IMAGENET_TITLES = {
    Worth.TOP1: QT_TRANSLATE_NOOP("CompareView", "ImageNet top-1"),
    Worth.TOP5: QT_TRANSLATE_NOOP("CompareView", "ImageNet top-5"),
}
COST_TITLES = {
    CompareAxis.GFLOPS: QT_TRANSLATE_NOOP(
        "CompareView", "Billions of multiply-adds for one image (GFLOPs), logarithmic"
    ),
    CompareAxis.PARAMETERS: QT_TRANSLATE_NOOP("CompareView", "Millions of parameters, logarithmic"),
    CompareAxis.MILLISECONDS: QT_TRANSLATE_NOOP(
        "CompareView", "Milliseconds for one image on this machine, logarithmic"
    ),
}
# Ranks of labels; within each the order of the catalog counts.
SHORT_LIST, BEST, BEST_OTHER, DEFAULT = 10_000, 20_000, 30_000, 40_000


def balls(
    rows: Sequence[ComparedWeights],
    axis: CompareAxis,
    wanted: CompareFilter,
    speeds: Speeds,
    worth: Worth = Worth.TOP1,
) -> list[Ball]:
    """Make a ball for each row with a known cost and worth.

    Those that `wanted` excludes are shadows.
    """
    known = [
        (row, cost, value)
        for row in rows
        if (cost := axis.value_of(row, speeds)) is not None and (value := worth.of(row)) is not None
    ]
    shown = [index for index, (row, _, _) in enumerate(known) if wanted.passes(row)]
    points = [known[index][1:] for index in shown]
    best = {shown[index] for index in frontier(points)}
    return [
        Ball(
            key=row.key,
            x=cost,
            y=value,
            size=row.parameters,
            group=row.group.value,
            title=row.spec.title,
            subtitle=row.weights.name,
            facts=facts(row, speeds),
            rank=_rank(row, index, index in best),
            is_shown=wanted.passes(row),
            is_best=index in best,
        )
        for index, (row, cost, value) in enumerate(known)
    ]


def facts(row: ComparedWeights, speeds: Speeds) -> tuple[tuple[str, str], ...]:
    """Return the text about the ball under the pointer."""
    found = [
        (translate("CompareView", "ImageNet top-1"), formats.percent(row.top1)),
        (translate("CompareView", "ImageNet top-5"), formats.percent(row.top5)),
        (translate("CompareView", "GFLOPs"), f"{row.gflops:,.2f}" if row.gflops else formats.NONE),
        (translate("CompareView", "Parameters"), formats.compact(row.parameters)),
        (
            translate("CompareView", "Input"),
            translate("CompareView", "{side} px").format(side=row.image_px),
        ),
        (translate("CompareView", "Weights"), core_text(WEIGHTS_PLACE_TITLES[row.weights.place])),
    ]
    if row.tested_px:
        side = translate("CompareView", "{side} px").format(side=row.tested_px)
        found.insert(2, (translate("CompareView", "Tested with"), side))
    record = speeds.get(row.speed_key)
    if record is not None:
        found += [
            (
                translate("CompareView", "Inference here"),
                translate("CompareView", "{rate} img/s").format(
                    rate=formats.images_per_s(record.inference_images_per_s)
                ),
            ),
            (
                translate("CompareView", "Training here"),
                translate("CompareView", "{rate} img/s").format(
                    rate=formats.images_per_s(record.training_images_per_s)
                ),
            ),
            (translate("CompareView", "Training memory"), memory_text(record)),
        ]
    return tuple(found)


def _rank(row: ComparedWeights, index: int, is_best: bool) -> int:
    if row.is_default:
        return index + (SHORT_LIST if row.spec.recommended else BEST if is_best else DEFAULT)
    return index + BEST_OTHER if is_best else 0
