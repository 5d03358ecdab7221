"""The metrics of a split, and that a new one is a function and its row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.helpers import make_split_photos, plan_of, tiny_classifier
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import print_event
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Split
from tlstudio.core.runs import metrics as rows
from tlstudio.core.runs.events import EpochEnded, StopToken
from tlstudio.core.runs.metrics import METRICS, Direction, Metric, Unit
from tlstudio.engine import metrics
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.training.trainer import train
from tlstudio.engine.weights.metadata import metadata_json, parse_metadata

FACTS = {"train_loss", "learning_rate", "elapsed_s", "images_per_s"}  # of the training loop
RECALL = Metric(
    "val_macro_recall", "Mean recall", "Recall", Unit.FRACTION, Direction.HIGHER, Split.VAL
)
TOP = Metric("train_top3", "Top 3", "Top 3", Unit.FRACTION, Direction.HIGHER, Split.TRAIN)


def macro_recall(logits: torch.Tensor, targets: torch.Tensor) -> float | None:
    right = logits.argmax(dim=1) == targets
    recalls = [right[targets == c].double().mean() for c in targets.unique()]
    return float(torch.stack(recalls).mean())


def top3_sum(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    count = min(3, logits.shape[1])
    return (logits.topk(count, dim=1).indices == targets[:, None]).any(dim=1).sum()


def test_each_row_of_the_table_is_measured_and_nothing_else_is() -> None:
    assert {*metrics.MEANS, *metrics.WHOLE, *FACTS} == set(METRICS.names)
    assert not metrics.MEANS.keys() & metrics.WHOLE.keys()
    assert all(METRICS[name].split is Split.VAL for name in metrics.WHOLE)
    assert rows.metric("nobody").unit is Unit.NUMBER


def test_a_new_metric_is_a_function_and_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(METRICS._rows, RECALL.name, RECALL)
    monkeypatch.setitem(METRICS._rows, TOP.name, TOP)
    monkeypatch.setitem(metrics.WHOLE, RECALL.name, macro_recall)  # type: ignore[arg-type]
    monkeypatch.setitem(metrics.MEANS, TOP.name, top3_sum)  # type: ignore[arg-type]
    index = open_dataset(make_split_photos(tmp_path, val={"red": 3, "green": 2}))
    classifier = tiny_classifier(index.classes)
    config = RunConfig().changed(epochs=2, batch_size=4, device="cpu")
    plan = plan_of(classifier.network)
    events = list(train(config, index, StopToken(), classifier, plan=plan))

    for record in classifier.history.epochs:
        assert record.metrics["train_top3"] == 1.0
        assert 0 <= record.metrics["val_macro_recall"] <= 1
    assert "train_top3" in classifier.history.to_csv().splitlines()[0]
    assert parse_metadata(metadata_json(classifier)).history == classifier.history
    ended = next(event for event in events if isinstance(event, EpochEnded))
    print_event(ended, Output())
    assert "top3 100.0 %" in capsys.readouterr().out
    print_event(ended, Output(as_json=True))
    said = json.loads(capsys.readouterr().out)
    assert said["val_macro_recall"] == ended.record.metrics["val_macro_recall"]


def test_a_metric_that_is_undefined_was_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(metrics.WHOLE, RECALL.name, lambda logits, targets: None)  # type: ignore[arg-type]
    logits, targets = torch.zeros(2, 3), torch.zeros(2, dtype=torch.long)
    assert metrics.split_metrics([logits], [targets]) == {}
