"""Cross-validation of real, tiny runs, and a test split that nothing looks at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.helpers import make_photos, make_split_photos
from tlstudio.cli.main import main
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split, SplitConfig
from tlstudio.core.data.image_ref import FolderContainer
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.errors import TLStudioError
from tlstudio.core.folds import FoldsEnded, FoldsRecord, FoldsStarted, FoldStarted
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import RunOrigin
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.folds import cross_validate
from tlstudio.engine.runs.store import RunStore

TINY = RunConfig().changed(
    model="squeezenet1_1",
    initialisation="random",
    device="cpu",
    epochs=2,
    batch_size=4,
    image_px=32,
    augmentation="none",
)
FLAGS = ("--model", "squeezenet1_1", "--initialisation", "random", "--image-px", "32")


def folds_of(events: Iterator[object]) -> FoldsRecord:
    *_, end = events
    assert isinstance(end, FoldsEnded) and not end.is_stopped
    return end.record


def test_every_image_is_predicted_once_and_its_features_are_computed_once(tmp_path: Path) -> None:
    root = make_photos(tmp_path / "photos", per_class=6)
    index = open_dataset(root, SplitConfig(test_fraction=0.15))
    pair = ["red/red_000.png", "red/red_001.png"]
    index = index.edited(Manifest().grouping(pair, "twins").leaving_out(["green/green_005.png"]))
    test = {sample.image for sample in index.by_split[Split.TEST]}
    events = list(cross_validate(TINY, index, 3, StopToken()))
    started = events[0]
    assert isinstance(started, FoldsStarted) and started.record.put_aside == len(test)
    record = folds_of(iter(events))
    counts = Counter(p.image for result in record.results for p in result.predictions)
    assert set(counts.values()) == {1}
    assert not test & counts.keys()
    assert counts.keys() == {sample.image for sample in index.samples} - test
    assert sum(e.val_images for e in events if isinstance(e, FoldStarted)) == record.images
    assert record.confusion.counts.sum() == record.images == len(counts)
    twins = [{p.image.key for p in result.predictions} & set(pair) for result in record.results]
    assert sorted(map(len, twins)) in ([0, 0, 2], [0, 0, 0])
    first, *others = (result.run for result in record.results)
    assert first.kept_share == 0 and all(run.kept_share == 1 for run in others)
    assert record.accuracy is not None and record.interval is not None
    assert record.interval.low <= record.accuracy <= record.interval.high


def test_runs_are_kept_with_their_fold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(make_split_photos(tmp_path / "photos", train=3, val=2))
    flags = [*FLAGS, "--epochs", "1", "--batch-size", "4", "--device", "cpu"]
    assert main(["cross-validate", data, "--folds", "2", *flags, "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    end = told[-1]
    assert end["event"] == "folds_ended" and len(end["folds"]) == 2
    assert sum(map(sum, end["confusion"])) == 10
    runs = sorted(RunStore().entries(), key=lambda run: run.name)
    assert [run.name for run in runs] == ["photos · fold 1 of 2", "photos · fold 2 of 2"]
    assert all(run.origin is RunOrigin.FOLDS for run in runs)
    split = RunStore().open(runs[1].id).split_config
    assert split == SplitConfig(folds=2, fold=2, anew=True)
    assert main(["cross-validate", data, "--folds", "6", *flags]) == 2
    assert "10 images are too few for 6 folds." in capsys.readouterr().err
    assert main(["cross-validate", data, "--folds", "1", *flags]) == 2


def test_a_stopped_or_impossible_validation_says_so(tmp_path: Path) -> None:
    index = open_dataset(make_photos(tmp_path / "photos", per_class=4))
    stop = StopToken()
    stop.stop()
    *_, end = cross_validate(TINY, index, 2, stop, keep=False)
    assert isinstance(end, FoldsEnded) and end.is_stopped and not end.record.results
    assert end.record.accuracy is None and not end.record.headline
    with pytest.raises(TLStudioError):
        next(cross_validate(TINY.changed(strategy="custom"), index, 2, StopToken()))


def test_the_interval_is_students_over_the_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [0.8, 0.9, 0.7, 0.85, 0.75]
    monkeypatch.setattr(FoldsRecord, "accuracies", property(lambda self: tuple(values)))
    record = FoldsRecord(5, ("a", "b"), 100)
    assert record.interval is not None
    half = 2.776445 * 0.0790569 / 5**0.5  # Student's quantile of 4 degrees of freedom
    assert record.interval.low == pytest.approx(0.8 - half, abs=1e-5)
    assert record.interval.high == pytest.approx(0.8 + half, abs=1e-5)


def test_nothing_looks_at_a_test_split_before_it_is_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_photos(tmp_path / "photos", per_class=12)
    split = ["--test-fraction", "0.25", "--val-fraction", "0.25"]
    index = open_dataset(root, SplitConfig(0.25, 0.25))
    keys = {part: {s.image.key for s in index.by_split[part]} for part in Split}
    opened: set[str] = set()
    reading = FolderContainer.open

    is_opening = False

    def noted(container: FolderContainer, key: str) -> BinaryIO:
        if not is_opening:
            opened.add(key)
        return reading(container, key)

    def opening(*args: Any, **kwargs: Any) -> DatasetIndex:
        nonlocal is_opening  # which looks into every file, and at no picture
        is_opening = True
        try:
            return open_dataset(*args, **kwargs)
        finally:
            is_opening = False

    monkeypatch.setattr(FolderContainer, "open", noted)
    monkeypatch.setattr("tlstudio.engine.data.sources.open_dataset", opening)
    run, data = str(tmp_path / "run"), str(root)
    training = ["--epochs", "2", "--patience", "1", "--ema-decay", "0.9", "--batch-size", "4"]
    for command in (
        ["train", data, *split, *FLAGS, *training, "--device", "cpu", "--out", run],
        ["evaluate", run, data, *split, "--device", "cpu"],
        ["find-lr", data, *split, *FLAGS, "--batch-size", "4", "--device", "cpu"],
    ):
        assert main(command) == 0, command
        assert not opened & keys[Split.TEST], command
    capsys.readouterr()
    calibration = ["--split", "test", "--calibrate", "--device", "cpu"]
    assert main(["evaluate", run, data, *split, *calibration]) == 2
    assert "its own validation images" in capsys.readouterr().err
    assert keys[Split.TRAIN] | keys[Split.VAL] <= opened
    assert main(["evaluate", run, data, *split, "--split", "test", "--device", "cpu"]) == 0
    assert keys[Split.TEST] <= opened
