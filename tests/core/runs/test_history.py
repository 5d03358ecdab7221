"""Epoch records: the best one, dicts and CSV."""

from __future__ import annotations

import csv
import io

import pytest

from tlstudio.core.runs.history import EpochRecord, History


def record(epoch: int, val: float | None, train: float = 0.5) -> EpochRecord:
    return EpochRecord(epoch, 1.0, train, None if val is None else 0.7, val, 0.01, 2.0, 100.0)


def test_the_first_of_the_best_wins() -> None:
    history = History()
    assert history.best is None
    for epoch, val in enumerate((0.5, 0.8, 0.7, 0.8), 1):
        history = history.with_epoch(record(epoch, val))
    assert history.best is not None
    assert history.best.epoch == 2


def test_without_validation_the_training_accuracy_decides() -> None:
    history = History((record(1, None, 0.4), record(2, None, 0.9), record(3, None, 0.6)))
    assert history.best is not None
    assert history.best.epoch == 2


def test_dicts_and_back() -> None:
    history = History((record(1, 0.5), record(2, None)))
    assert History.from_dicts(history.to_dicts()) == history
    with pytest.raises(TypeError):
        History.from_dicts([{"epoch": 1}])


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(History((record(1, 0.5), record(2, None))).to_csv())))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert [row["val_accuracy"] for row in rows] == ["0.5", ""]
    assert History().to_csv().startswith("epoch,train_loss")
