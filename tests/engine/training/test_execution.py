"""How runs are carried out: features once, found again, and never those of something else."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.engine.features.networks import conv_net
from tests.helpers import make_split_photos, photo, plan_of
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import StorageError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import (
    BatchEnded,
    FeaturesProgressed,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunStarted,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.runs.execution import ExecutionRecord, FeatureUse
from tlstudio.core.runs.execution_plan import Limits
from tlstudio.core.runs.history import EpochRecord
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.features.blocks import FeatureFolder
from tlstudio.engine.features.frozen import FrozenPart
from tlstudio.engine.inference import predict
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training import execution, progress
from tlstudio.engine.training.trainer import train

CLASSES = ("blue", "green", "red")
PREPROCESSING = Preprocessing(resize_px=40, crop_px=32)
HEAD = ("8",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_split_photos(tmp_path / "ein Ordner 사진", CLASSES, train=4, val=2)


@pytest.fixture
def index(folder: Path) -> DatasetIndex:
    return open_dataset(folder)


@pytest.fixture(autouse=True)
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MIN_INTERVAL_S", 0.0)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many images went through the frozen layers, step by step."""
    return counts_of(monkeypatch, len)


@pytest.fixture
def distinct(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The same, where one by itself, which goes through twice (see `fill`), counts once."""
    return counts_of(monkeypatch, lambda images: len(images.flatten(1).unique(dim=0)))


def counts_of(monkeypatch: pytest.MonkeyPatch, count: Callable[[torch.Tensor], int]) -> list[int]:
    counts: list[int] = []
    real = FrozenPart._compute

    def counted(self: FrozenPart, images: torch.Tensor) -> Any:
        counts.append(count(images))
        return real(self, images)

    monkeypatch.setattr(FrozenPart, "_compute", counted)
    return counts


def classifier_of(change: Callable[[Any], object] | None = None) -> Classifier:
    network = conv_net()
    if change is not None:
        with torch.no_grad():
            change(network)
    return Classifier(network, "tiny", CLASSES, PREPROCESSING)


@dataclass
class Told:
    events: list[RunEvent] = field(default_factory=list)

    @property
    def execution(self) -> ExecutionRecord:
        (started,) = [e for e in self.events if isinstance(e, RunStarted)]
        assert started.execution is not None
        return started.execution

    @property
    def skipped(self) -> list[str]:
        return [Path(e.path).name for e in self.events if isinstance(e, SampleSkipped)]

    @property
    def shares(self) -> list[float]:
        kinds = (FeaturesProgressed, BatchEnded)
        return [event.progress for event in self.events if isinstance(event, kinds)]


def run(
    index: DatasetIndex,
    classifier: Classifier | None = None,
    trainable: tuple[str, ...] = HEAD,
    on_event: Callable[[RunEvent, StopToken], None] | None = None,
    reason: RunEndReason = RunEndReason.FINISHED,
    **values: Any,
) -> tuple[Told, list[tuple[float | None, ...]]]:
    classifier = classifier or classifier_of()
    defaults = {
        "device": "cpu",
        "epochs": 3,
        "batch_size": 4,
        "learning_rate": 0.05,
        "precision": "float32",
        "cached_views": 2,
    }
    config = RunConfig().changed(**{**defaults, **values})
    told, stop = Told(), StopToken()
    for event in train(
        config, index, stop, classifier, plan=plan_of(classifier.network, *trainable)
    ):
        told.events.append(event)
        if on_event is not None:
            on_event(event, stop)
    end = told.events[-1]
    assert isinstance(end, RunEnded) and end.reason is reason, end
    assert told.shares == sorted(told.shares)
    return told, [numbers(record) for record in classifier.history.epochs]


def numbers(record: EpochRecord) -> tuple[float | None, ...]:
    return record.train_loss, record.train_accuracy, record.val_loss, record.val_accuracy


def close(a: list[tuple[float | None, ...]], b: list[tuple[float | None, ...]]) -> bool:
    return [pytest.approx(row, rel=1e-4) for row in a] == b


# What is decided


def test_kept_views(index: DatasetIndex, computed: list[int]) -> None:
    told, _ = run(index)
    record = told.execution
    assert record.features is FeatureUse.CACHED
    assert (record.views, record.boundary, record.feature_bytes) == (2, ("7",), 192)
    assert (record.precision, record.on_disk) == ("float32", False)
    assert sum(computed) == 2 * 12 + 6
    assert told.shares[-1] == 1


def test_no_more_views_than_epochs(index: DatasetIndex, computed: list[int]) -> None:
    told, _ = run(index, epochs=1, cached_views=4)
    assert told.execution.views == 1
    assert sum(computed) == 12 + 6


def test_without_augmentation_there_is_one_view(index: DatasetIndex, computed: list[int]) -> None:
    for views in ("cached", "live"):
        told, _ = run(index, augmentation="none", views=views)
        assert (told.execution.features, told.execution.views) == (FeatureUse.CACHED, 1)
    assert sum(computed) == 12 + 6


def test_live_views_are_computed_each_epoch(index: DatasetIndex, computed: list[int]) -> None:
    told, _ = run(index, views="live")
    assert (told.execution.features, told.execution.views) == (FeatureUse.LIVE, 0)
    assert sum(computed) == 3 * 12 + 6  # validation images do not vary
    assert told.shares[-1] == 1


@pytest.mark.parametrize("views", ["cached", "live"])
def test_frozen_layers_by_another_engine(
    index: DatasetIndex, computed: list[int], views: str
) -> None:
    told, fast = run(index, engine="onnxruntime", views=views)
    assert (told.execution.engine, told.execution.refused) == ("onnxruntime", ())
    kept = sum(computed)
    run(index, engine="onnxruntime", views=views)
    assert sum(computed) - kept == (0 if views == "cached" else 3 * 12)
    told, exact = run(index, engine="torch", views=views)
    assert told.execution.engine == "torch"
    for a, b in zip(fast, exact, strict=True):
        assert a == pytest.approx(b, abs=1e-3)


def test_what_trains_from_the_first_layer_runs_whole(index: DatasetIndex) -> None:
    for trainable in ((), ("0", "8")):
        told, _ = run(index, trainable=trainable)
        assert told.execution == ExecutionRecord(precision="float32")
        assert not any(isinstance(event, FeaturesProgressed) for event in told.events)


def test_norms_and_dropout_above_the_cut(index: DatasetIndex) -> None:
    """Kept features and live ones train the same way where there is nothing to vary."""

    def network() -> Classifier:
        return classifier_of(
            lambda n: n.__setitem__(
                7, torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.5))
            )
        )

    _, history = run(index, network(), ("3", "4", "8"), augmentation="none")
    _, again = run(index, network(), ("3", "4", "8"), augmentation="none")
    assert history == again
    classifier = network()
    before = classifier.network[4].running_mean.clone()
    run(index, classifier, ("3", "4", "8"), augmentation="none")
    assert not torch.equal(classifier.network[4].running_mean, before)


# Found again


def test_a_second_run_computes_nothing(index: DatasetIndex, computed: list[int]) -> None:
    _, history = run(index)
    computed.clear()
    told, again = run(index)
    assert computed == []
    assert again == history
    first = next(e for e in told.events if isinstance(e, FeaturesProgressed))
    assert first.from_cache == first.done == first.total == 12
    assert told.shares[-1] == 1


@pytest.mark.parametrize(
    "values", [{"seed": 9}, {"learning_rate": 0.01}, {"optimizer": "adam"}, {"epochs": 5}]
)
def test_other_settings_find_the_features(
    index: DatasetIndex, computed: list[int], values: dict[str, Any]
) -> None:
    run(index)
    computed.clear()
    run(index, **values)
    assert computed == []


def test_another_head_finds_the_features(index: DatasetIndex, computed: list[int]) -> None:
    run(index)
    computed.clear()
    run(index, classifier_of(lambda n: n[8].weight.zero_()))
    assert computed == []


@pytest.mark.parametrize(
    "change",
    [
        {"augmentation": "rotate_flip"},
        {"batch_size": 5},  # bit for bit those of this batch size
        {"precision": "bfloat16"},
        {"trainable": ("4", "8")},
        {"classifier": lambda n: n[0].weight[0, 0, 0, 0].add_(0.1)},
    ],
)
def test_other_features_are_computed(
    index: DatasetIndex, computed: list[int], change: dict[str, Any]
) -> None:
    run(index)
    computed.clear()
    if "classifier" in change:
        change = {"classifier": classifier_of(change["classifier"])}
    run(index, **change)
    assert sum(computed) >= 24


def test_another_preprocessing(index: DatasetIndex, computed: list[int]) -> None:
    run(index)
    computed.clear()
    classifier = classifier_of()
    classifier.preprocessing = Preprocessing(resize_px=44, crop_px=32)
    run(index, classifier)
    assert sum(computed) == 30


def test_one_more_view_is_computed(index: DatasetIndex, distinct: list[int]) -> None:
    run(index)
    assert sum(distinct) == 2 * 12 + 6
    distinct.clear()
    run(index, cached_views=3)
    assert sum(distinct) == 12


def test_a_changed_image_is_computed_again(index: DatasetIndex, computed: list[int]) -> None:
    run(index)
    computed.clear()
    path = index.by_split[Split.TRAIN][3].image.path
    photo(4, 77).save(path)
    run(index)
    assert computed == [2, 2]  # both of its views; a single one goes through twice, see `fill`
    computed.clear()
    path.rename(path.with_name("moved.png"))
    run(open_dataset(path.parents[2]))
    assert computed == []


def test_through_a_link(index: DatasetIndex, folder: Path, computed: list[int]) -> None:
    run(index)
    computed.clear()
    link = folder.parent / "link"
    link.symlink_to(folder, target_is_directory=True)
    run(open_dataset(link))
    assert computed == []


@pytest.mark.parametrize("at", [2, 3])
def test_what_a_stopped_run_computed_is_kept(
    index: DatasetIndex, computed: list[int], at: int
) -> None:
    seen: list[int] = []

    def stop_early(event: RunEvent, stop: StopToken) -> None:
        if isinstance(event, FeaturesProgressed):
            seen.append(event.done)
            if len(seen) == at:
                stop.stop()

    run(index, on_event=stop_early, reason=RunEndReason.STOPPED)
    assert seen[-1] > 0
    done = sum(computed)
    computed.clear()
    run(index)
    assert done + sum(computed) == 30


# When something is wrong


def test_an_unreadable_image(index: DatasetIndex, folder: Path) -> None:
    bad = [index.by_split[split][1].image.path for split in (Split.TRAIN, Split.VAL)]
    for path in bad:
        path.write_bytes(b"no image")
    told, history = run(index)
    assert told.skipped == [path.name for path in bad]
    for path in bad:
        path.unlink()
    told, without = run(index)  # the same index: now the files are missing
    assert told.skipped == [path.name for path in bad]
    assert without == history
    assert len({row[2] for row in history}) == 3


def test_all_is_unreadable(index: DatasetIndex) -> None:
    for sample in index.by_split[Split.TRAIN]:
        sample.image.path.unlink()
    told, _ = run(index, reason=RunEndReason.FAILED)
    assert len(told.skipped) == 12


def test_from_disk_the_history_is_the_same(
    index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, history = run(index)
    with monkeypatch.context() as patch:
        patch.setattr(execution, "machine_limits", lambda: Limits(memory_bytes=0))
        told, again = run(index)
        assert told.execution.on_disk
        assert again == history
        told, again = run(index, seed=4, augmentation="rotate_flip")
    assert (again, told.execution.on_disk) == (
        run(index, seed=4, augmentation="rotate_flip")[1],
        True,
    )


def test_too_many_views_for_the_disk_are_live(
    index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "machine_limits", lambda: Limits(192 * 8))
    told, _ = run(index)
    assert told.execution.features is FeatureUse.LIVE
    monkeypatch.setattr(execution, "machine_limits", lambda: Limits(10))
    told, _ = run(index)
    assert told.execution.features is FeatureUse.NONE


def test_a_full_disk_stops_no_run(
    index: DatasetIndex, computed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("“{name}” cannot be written: {why}.", name="a", why="No space left")

    with monkeypatch.context() as patch:
        patch.setattr(FeatureFolder, "add", full)
        _, history = run(index)
    assert sum(computed) == 30
    assert run(index)[1] == history


def test_without_a_cache_folder(
    index: DatasetIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, history = run(index)
    (tmp_path / "cache").write_text("in the way")
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path))
    assert run(index)[1] == history


def test_a_damaged_cache_changes_nothing(
    index: DatasetIndex, own_home: Path, computed: list[int]
) -> None:
    _, history = run(index)
    for number, path in enumerate(sorted((own_home / "cache").rglob("*"))):
        if path.is_file():
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 2] if number % 2 else data[:-40] + b"\x55" * 40)
    computed.clear()
    assert close(run(index)[1], history)
    assert sum(computed) > 0


# What is left behind


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ImageStore]]:
    made: list[ImageStore] = []

    class Seen(ImageStore):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.append(self)

    monkeypatch.setattr(execution, "ImageStore", Seen)
    yield made


def test_no_pictures_are_held_once_all_views_are_there(
    index: DatasetIndex, stores: list[ImageStore]
) -> None:
    held = []
    run(index, on_event=lambda *_: held.append(len(stores[0]._kept) if stores else 0), epochs=4)
    assert max(held) > 0
    assert held[-1] == 0


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells what is open")
def test_no_file_stays_open(index: DatasetIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "machine_limits", lambda: Limits(memory_bytes=0))
    run(index)
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        run(index)
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    assert ".features" not in Path("/proc/self/maps").read_text()


def test_predictions_while_runs_begin(index: DatasetIndex) -> None:
    """Cutting a network in one thread leaves those of others alone."""
    classifier, other = classifier_of(), classifier_of()
    paths = [sample.image for sample in index.by_split[Split.VAL]]
    wanted = [repr(row) for row in predict(other, paths)]
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                if [repr(row) for row in predict(other, paths)] != wanted:
                    wrong.append("other predictions")
                list(predict(classifier, paths))
        except Exception as error:
            wrong.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(4):
            run(index, classifier, ("4", "8"), epochs=1)
    finally:
        done.set()
        thread.join()
    assert wrong == []
