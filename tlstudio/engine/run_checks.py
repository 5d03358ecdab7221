"""All that speaks against a run before it starts, found at once."""

from __future__ import annotations

from collections.abc import Sequence

from tlstudio.core.config import RunConfig
from tlstudio.core.dataset import DatasetIndex, Split
from tlstudio.core.errors import DatasetError, TLStudioError, TrainingError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.device import resolve_device


def check_run(
    config: RunConfig, index: DatasetIndex, classes: Sequence[str] | None = None
) -> list[TLStudioError]:
    """Every problem that would make the run fail or be pointless; empty if it can start.

    Args:
        config: valid by itself.
        index: the dataset.
        classes: of the network, where there is one already.
    """
    problems: list[TLStudioError] = []
    train_counts = index.counts[Split.TRAIN]
    if len(index.classes) < 2:
        problems.append(
            DatasetError(
                QT_TRANSLATE_NOOP("core", "The dataset has fewer than two classes."),
                QT_TRANSLATE_NOOP("core", "Telling apart needs two classes or more with images."),
            )
        )
    problems += [
        DatasetError(
            QT_TRANSLATE_NOOP("core", "The class “{name}” has no training images."),
            QT_TRANSLATE_NOOP("core", "Add images to it or remove its folder."),
            name=name,
        )
        for name, count in zip(index.classes, train_counts, strict=True)
        if not count
    ]
    if classes is not None and tuple(classes) != index.classes:
        problems.append(
            TrainingError(
                QT_TRANSLATE_NOOP(
                    "core", "The network tells other classes apart than the dataset."
                ),
                QT_TRANSLATE_NOOP("core", "Choose the model again to fit its head to the dataset."),
            )
        )
    try:
        resolve_device(config.device)
    except TLStudioError as error:
        problems.append(error)
    return problems
