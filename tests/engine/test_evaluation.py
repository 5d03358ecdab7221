"""Measuring on samples whose class is known."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.helpers import make_split_photos, tiny_classifier
from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.images import read_image
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.data.transforms import eval_transform
from tlstudio.engine.evaluation import evaluate


def test_evaluation_is_plain_arithmetic(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path, val=5))
    samples = index.by_split[Split.VAL]
    classifier = tiny_classifier(index.classes)
    record = evaluate(classifier, samples, batch_size=4)
    assert not classifier.network.training
    transform = eval_transform(classifier.preprocessing)
    with torch.no_grad():
        logits = classifier.network(torch.stack([transform(read_image(s.image)) for s in samples]))
    targets = torch.tensor([s.class_index for s in samples])
    assert record.loss == pytest.approx(
        torch.nn.functional.cross_entropy(logits, targets).item(), abs=1e-5
    )
    assert record.accuracy == (logits.argmax(1) == targets).double().mean().item()
    assert [p.image for p in record.predictions] == [s.image for s in samples]
    assert evaluate(classifier, samples, batch_size=3).accuracy == record.accuracy


def test_nothing_to_measure(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path, val=2))
    classifier = tiny_classifier(index.classes)
    assert evaluate(classifier, ()).loss is None
    for sample in index.by_split[Split.VAL]:
        sample.image.path.unlink()
    record = evaluate(classifier, index.by_split[Split.VAL])
    assert (record.loss, record.accuracy, record.predictions) == (None, None, ())


def test_stop(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path))
    stop = StopToken()
    stop.stop()
    assert evaluate(tiny_classifier(), index.by_split[Split.VAL], stop=stop).predictions == ()
