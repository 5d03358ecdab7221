"""A plausible run without an engine: events, history and predictions for images on disk."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests.helpers import epoch_record
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    EpochPart,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunStarted,
)
from tlstudio.core.runs.history import History
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

CLASSES = ("acorn", "leaf", "mushroom")


def make_images(folder: Path, count: int = 6, classes: Sequence[str] = CLASSES) -> list[Path]:
    """`count` small images of each class, as ``folder/class/n.png``."""
    rng = np.random.default_rng(0)
    paths = []
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            noise = rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)
            paths.append(folder / name / f"{number}.png")
            Image.fromarray(noise).save(paths[-1])
    return paths


def make_index(root: Path, paths: Sequence[Path]) -> DatasetIndex:
    """A dataset whose images, in folders by class, are validation and training images alike."""
    classes = tuple(sorted({path.parent.name for path in paths}))
    samples = [
        Sample(ImageRef.of_file(path), classes.index(path.parent.name), split)
        for split in (Split.TRAIN, Split.VAL)
        for path in paths
    ]
    return DatasetIndex(root, root.name, Layout.SPLIT_FOLDERS, classes, tuple(samples))


def make_history(epochs: int = 25) -> History:
    """Curves as feature extraction makes them, best some epochs before the end."""
    rng = random.Random(1)
    records = []
    for epoch in range(1, epochs + 1):
        fall = math.exp(-epoch / 5)
        best = 0.84 - 0.00035 * (epoch - 17) ** 2
        records.append(
            epoch_record(
                epoch=epoch,
                train_loss=0.52 + 0.95 * fall + rng.uniform(-0.03, 0.03),
                train_accuracy=min(0.99, 0.81 - 0.5 * fall + rng.uniform(-0.02, 0.02)),
                val_loss=0.48 + 0.8 * fall + rng.uniform(-0.02, 0.02),
                val_accuracy=best - 0.35 * fall + rng.uniform(-0.008, 0.008),
                learning_rate=0.01 * 0.1 ** ((epoch - 1) // 7),
                elapsed_s=0.6,
                images_per_s=420.0,
            )
        )
    return History(tuple(records))


def make_predictions(
    paths: Sequence[Path], classes: Sequence[str], skill: float = 0.8, *, known: bool = True
) -> tuple[PredictionRecord, ...]:
    """Answers for images in folders by class, right in about `skill` of the cases."""
    rng = random.Random(2)
    records = []
    for path in paths:
        target = list(classes).index(path.parent.name) if path.parent.name in classes else 0
        right = rng.random() < skill
        said = target if right else rng.choice([i for i in range(len(classes)) if i != target])
        rest = [rng.random() ** 3 for _ in classes]
        rest[said] = 0.0
        top = rng.uniform(0.5, 0.99)
        scale = (1 - top) / (sum(rest) or 1)
        probabilities = tuple(top if i == said else r * scale for i, r in enumerate(rest))
        records.append(
            PredictionRecord(ImageRef.of_file(path), probabilities, target if known else None)
        )
    return tuple(records)


def run_events(
    index: DatasetIndex, epochs: int = 25, planned: int = 25, reason: RunEndReason | None = None
) -> Iterator[object]:
    """What a trainer would say: `epochs` of `planned` epochs, and an end for `reason`."""
    val = index.by_split[Split.VAL]
    yield RunStarted(
        RunConfig().model,
        index.classes,
        len(index.by_split[Split.TRAIN]),
        len(val),
        5124,
        3_376_132,
        planned,
        "cpu",
        0,
    )
    history = make_history(planned)
    for record in history.epochs[:epochs]:
        share = record.epoch / planned
        for phase in (EpochPart.TRAIN, EpochPart.VAL):
            left = 0.6 * (planned - record.epoch)
            yield BatchEnded(record.epoch, phase, 5, 8, 0.6, 420.0, share, left)
        shown = History(history.epochs[: record.epoch])
        yield EpochEnded(record, shown.best is record)
        answers = make_predictions(
            [s.image.path for s in val], index.classes, record.val_accuracy or 0
        )
        yield PredictionsReady(record.epoch, answers)
    if reason is not None:
        best = History(history.epochs[:epochs]).best
        yield RunEnded(
            reason,
            epochs,
            best.epoch if best else None,
            best.val_accuracy if best else None,
            0.6 * epochs,
        )


def play(session: Session, index: DatasetIndex, **kwargs: object) -> None:
    """Make `session` go through `run_events(index, **kwargs)`; it ends if a reason is given."""
    run = session.run
    session.datasets.index = index
    session.datasets.changed.emit(index)
    run.record = RunRecord(session.network.settings, index.name, index.fingerprint, index.classes)
    run._set_status(RunStatus.PREPARING)
    for event in run_events(index, **kwargs):  # type: ignore[arg-type]
        run._on_event(event)  # type: ignore[arg-type]
    if run.record.end is not None:
        run._on_worker_ended(None)
