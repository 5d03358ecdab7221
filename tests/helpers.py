"""Tiny photos and tiny networks for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import (
    EpochEnded,
    FeaturesProgressed,
    RunEnded,
    RunEndReason,
    RunStarted,
)
from tlstudio.core.runs.history import EpochRecord, History
from tlstudio.core.runs.record import RunRecord

COLOURS = ((200, 40, 40), (40, 180, 60), (50, 70, 210), (210, 190, 40), (150, 60, 180))


def photo(class_index: int = 0, number: int = 0, size: tuple[int, int] = (48, 40)) -> Image.Image:
    """A noisy picture in the colour of its class; `size` is (width, height)."""
    noise = np.random.default_rng([class_index, number]).normal(0, 25, (size[1], size[0], 3))
    pixels = np.asarray(COLOURS[class_index % len(COLOURS)]) + noise
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def epoch_record(
    epoch: int,
    train_loss: float = 0.5,
    train_accuracy: float = 0.9,
    val_loss: float | None = 0.5,
    val_accuracy: float | None = 0.8,
    learning_rate: float = 0.001,
    elapsed_s: float = 2.0,
    images_per_s: float = 100.0,
    **others: float,
) -> EpochRecord:
    """An epoch; what is None was not measured."""
    values = {
        "train_loss": train_loss,
        "train_accuracy": train_accuracy,
        "val_loss": val_loss,
        "val_accuracy": val_accuracy,
        "learning_rate": learning_rate,
        "elapsed_s": elapsed_s,
        "images_per_s": images_per_s,
        **others,
    }
    return EpochRecord(epoch, {name: v for name, v in values.items() if v is not None})


def with_metrics(record: EpochRecord, **values: float | None) -> EpochRecord:
    """The same epoch with other values; None takes one away."""
    metrics = {**record.metrics, **values}
    return EpochRecord(record.epoch, {n: v for n, v in metrics.items() if v is not None})


def run_record(
    reason: RunEndReason = RunEndReason.FINISHED,
    history: History = History(),  # noqa: B008 - frozen
    *,
    elapsed_s: float = 0.0,
    trainable_parameters: int = 1000,
    total_parameters: int = 5000,
    kept_share: float = 0.0,
    error: TLStudioError | None = None,
) -> RunRecord:
    """A run that is over; `kept_share` in hundredths."""
    best = history.best
    numbers = (trainable_parameters, total_parameters, len(history.epochs), "cpu", 0)
    events = (
        RunStarted("tiny", ("a", "b"), 6, 3, *numbers),
        FeaturesProgressed(1, 100, 100, round(100 * kept_share), 0.0, 0.0, None),
        *(EpochEnded(epoch, epoch is best) for epoch in history.epochs),
        RunEnded(
            reason,
            len(history.epochs),
            best.epoch if best else None,
            best.val_accuracy if best else None,
            elapsed_s,
            error,
        ),
    )
    record = RunRecord()
    for event in events:
        record = record.with_event(event)
    return record.archived()


def make_photos(
    folder: Path,
    classes: Sequence[str] = ("red", "green"),
    per_class: int | Mapping[str, int] = 4,
    *,
    suffix: str = ".png",
    size: tuple[int, int] = (48, 40),
) -> Path:
    """Class folders with photos that are told apart by colour; returns `folder`."""
    for class_index, name in enumerate(classes):
        count = per_class if isinstance(per_class, int) else per_class[name]
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            path = folder / name / f"{name}_{number:03}{suffix}"
            photo(class_index, number + 1000 * len(str(folder)), size).save(path)
    return folder


def make_split_photos(
    folder: Path,
    classes: Sequence[str] = ("red", "green"),
    train: int | Mapping[str, int] = 6,
    val: int | Mapping[str, int] = 3,
    **options: Any,
) -> Path:
    """``train/`` and ``val/`` with class folders; returns `folder`."""
    make_photos(folder / "train", classes, train, **options)
    make_photos(folder / "val", classes, val, **options)
    return folder


def tiny_network(classes: int = 2, seed: int = 0) -> Any:
    """Convolution ``0``, BatchNorm ``1``, dropout and the head ``6``."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, stride=2),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(16, classes),
        )


def tiny_preprocessing() -> Any:
    """Small squares, so that tests are quick."""
    from tlstudio.core.networks.preprocessing import Preprocessing

    return Preprocessing(resize_px=20, crop_px=16)


def tiny_classifier(classes: Sequence[str] = ("green", "red"), seed: int = 0) -> Any:
    """A `Classifier` around `tiny_network`."""
    from tlstudio.engine.models.classifier import Classifier

    return Classifier(
        tiny_network(len(classes), seed), "tiny", tuple(classes), tiny_preprocessing()
    )


def plan_of(network: Any, *trainable: str) -> Any:
    """A plan by which `trainable` trains; without any, every layer."""
    from torch.nn.modules.batchnorm import _NormBase

    from tlstudio.core.strategies import FreezePlan, PlanPhase

    sizes = {
        path: sum(p.numel() for p in module.parameters(recurse=False))
        for path, module in network.named_modules()
    }
    paths = frozenset(trainable or (path for path, size in sizes.items() if size))
    moving = {
        path
        for path, module in network.named_modules()
        if isinstance(module, _NormBase) and _is_trained(path, sizes, paths)
    }
    phase = PlanPhase(
        first_epoch=1,
        rates=dict.fromkeys(sorted(paths), 1.0),
        statistics=frozenset(moving),
        trainable_parameters=sum(sizes[path] for path in paths),
    )
    return FreezePlan("custom", (phase,), sum(sizes.values()))


def _is_trained(path: str, sizes: Mapping[str, int], trainable: frozenset[str]) -> bool:
    """Whether a norm trains; one without parameters goes with the module around it."""
    if sizes[path]:
        return path in trainable
    around = path.rpartition(".")[0]
    inside = {p for p, size in sizes.items() if size and (not around or p.startswith(around + "."))}
    return inside <= trainable
