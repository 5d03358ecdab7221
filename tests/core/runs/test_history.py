"""Epoch records: the best one, dicts and CSV."""

from __future__ import annotations

import csv
import io

import pytest

from tests.helpers import epoch_record
from tlstudio.core.runs.history import EpochRecord, History
from tlstudio.core.runs.metrics import METRICS, metric

OLD = [  # as version 0.4 wrote it into every file of weights
    {
        "epoch": 1,
        "train_loss": 1.25,
        "train_accuracy": 0.5,
        "val_loss": 0.75,
        "val_accuracy": 0.625,
        "learning_rate": 0.001,
        "elapsed_s": 2.5,
        "images_per_s": 120.0,
    },
    {
        "epoch": 2,
        "train_loss": 1.0,
        "train_accuracy": 0.75,
        "val_loss": None,
        "val_accuracy": None,
        "learning_rate": 0.0001,
        "elapsed_s": 2,
        "images_per_s": 130.0,
    },
]


def record(epoch: int, val: float | None, train: float = 0.5) -> EpochRecord:
    return epoch_record(epoch, 1.0, train, None if val is None else 0.7, val, 0.01)


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
    with pytest.raises(ValueError, match="train_loss"):
        History.from_dicts([{"epoch": 1}])


def test_a_history_of_an_older_version_opens() -> None:
    history = History.from_dicts(OLD)
    assert history == History(
        (
            epoch_record(1, 1.25, 0.5, 0.75, 0.625, 0.001, 2.5, 120.0),
            epoch_record(2, 1.0, 0.75, None, None, 0.0001, 2, 130.0),
        )
    )
    later = dict.fromkeys(name for name in METRICS.names if name not in OLD[0])
    assert history.to_dicts() == [row | later for row in OLD]


def test_metrics_of_a_newer_version_are_kept() -> None:
    rows = [{**OLD[0], "val_macro_f1": 0.6}, {**OLD[1], "val_auc": 0.7}]
    history = History.from_dicts(rows)
    assert history.epochs[0].metrics["val_macro_f1"] == 0.6
    assert [row.name for row in history.metrics[-2:]] == ["val_macro_f1", "val_auc"]
    assert history.metrics[-1].title == "val_auc"
    assert History.from_dicts(history.to_dicts()) == history
    first, second = csv.DictReader(io.StringIO(history.to_csv()))
    assert (first["val_macro_f1"], first["val_auc"]) == ("0.6", "")
    assert (second["val_macro_f1"], second["val_auc"]) == ("", "0.7")


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {"epoch": "1"},
        {"epoch": True},
        {"val_auc": "high"},
        {"val_auc": True},
        {"val_auc": float("nan")},
        {"train_loss": 10**400},
        {"train_loss": None},
        {"x" * 1000: 1.0},
    ],
)
def test_what_is_no_epoch_is_refused(broken: dict[str, object] | None) -> None:
    with pytest.raises(ValueError, match=r"epoch|metric"):
        EpochRecord.from_dict(None if broken is None else {**OLD[0], **broken})


def test_every_metric_has_what_is_shown_of_it() -> None:
    for row in METRICS:
        assert row.title and row.short
        assert metric(row.name) is row
        assert row.split is None or row.name.startswith(f"{row.split.value}_")
        assert row.number == 0 or row.split is not None
        assert hasattr(EpochRecord, row.name) or not row.is_required
    numbers = [row.number for row in METRICS if row.number]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(History((record(1, 0.5), record(2, None))).to_csv())))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert [row["val_accuracy"] for row in rows] == ["0.5", ""]
    assert History().to_csv().startswith("epoch,train_loss")
