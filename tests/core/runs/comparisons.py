"""Runs with what they say of every validation image, without training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.helpers import epoch_record
from tlstudio.core.config import RunConfig
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.runs.comparison import ComparedRun
from tlstudio.core.runs.events import PredictionsReady, RunEnded, RunEndReason, RunStarted
from tlstudio.core.runs.history import History
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings

CLASSES = ("leaf", "stone")


def answered(
    name: str,
    right: str,
    *,
    keys: Sequence[str] = (),
    fingerprint: str = "f0",
    folder: Path = Path("photos"),
    confidence: float = 0.9,
    **settings: object,
) -> ComparedRun:
    """A run that told the images as `right` says: ``1``, ``0``, or ``-`` for one it could not read.

    Even places are of the first class, odd ones of the second.
    """
    predictions = []
    for place, mark in enumerate(right):
        if mark == "-":
            continue
        target = place % 2
        predicted = target if mark == "1" else 1 - target
        chances = (confidence, 1 - confidence) if predicted == 0 else (1 - confidence, confidence)
        key = keys[place] if keys else f"{CLASSES[target]}/{place:03}.png"
        predictions.append(
            PredictionRecord(ImageRef(FolderContainer(folder), key), chances, target)
        )
    share = right.count("1") / max(1, len(right))
    epochs = [epoch_record(n, val_accuracy=share * n / 3) for n in (1, 2, 3)]
    config = RunConfig().changed(epochs=3, **settings)
    told = PredictionsReady(3, tuple(predictions)) if predictions else None
    record = RunRecord(
        Settings(config),
        "photos",
        fingerprint,
        CLASSES,
        RunStarted("tiny", CLASSES, 40, len(right), 1000, 5000, 3, "cpu", config.seed),
        history=History(tuple(epochs)),
        best_predictions=told,
        end=RunEnded(RunEndReason.FINISHED, 3, 3, share, 9.0),
    )
    return ComparedRun(name, replace(record, run_id=name), name)
