"""What the window asks of the engine. The only module of the window that imports it.

Every function here runs on a worker thread, and imports what it needs when it is called: the
window is up before torch is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from tlstudio.core.compare import SpeedRecord
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile, ImagesGlance, SplitConfig
    from tlstudio.core.devices import DeviceRecord
    from tlstudio.core.errors import TLStudioError
    from tlstudio.core.forecast.costs import RunCosts
    from tlstudio.core.networks.blocks.graph import NetworkGraph
    from tlstudio.core.networks.catalog import ModelSpec
    from tlstudio.core.networks.downloads import (
        DownloadProgress,
        PartialDownload,
        StoredWeights,
        WeightsGuess,
        WeightsName,
    )
    from tlstudio.core.networks.inputs import InputConfig
    from tlstudio.core.networks.layer_table import LayerTable
    from tlstudio.core.networks.layers import LayerTree
    from tlstudio.core.runs.events import RunEvent, StopToken
    from tlstudio.core.runs.predictions import PredictionRecord
    from tlstudio.core.settings import Settings
    from tlstudio.engine.data.images import ImageDetails as ImageDetails
    from tlstudio.engine.data.preview import AugmentedView as AugmentedView
    from tlstudio.engine.data.samples import SampleDataset as SampleDataset
    from tlstudio.engine.feature_maps.lens import Lens as Lens

    # the rest of the window takes these names from here
    from tlstudio.engine.models.classifier import Classifier as Classifier
    from tlstudio.engine.weights.load import LoadedWeights as LoadedWeights

Progress = Callable[[int, int], None]


def warm_up() -> tuple[DeviceRecord, ...]:
    """Import torch and the libraries of the models, and say which devices there are."""
    # Thumbnails need it, too. Whoever opens a library while torch's are being opened waits for
    # them with the interpreter's lock in hand, and everybody else waits as well.
    import tlstudio.engine.data.images  # noqa: F401
    from tlstudio.engine.loading import smooth_imports

    with smooth_imports():
        from tlstudio.engine.device import available_devices
        from tlstudio.engine.models.catalog import list_models

        list_models()  # what it finds out is kept
        return available_devices()


def list_models() -> tuple[ModelSpec, ...]:
    from tlstudio.engine.models.catalog import list_models

    return list_models()


def layer_tree(model: str, num_classes: int, inputs: InputConfig) -> LayerTree:
    from tlstudio.engine.models.tree import layer_tree

    return layer_tree(model, num_classes, inputs)


def layer_table(model: str, num_classes: int, inputs: InputConfig) -> LayerTable:
    from tlstudio.engine.inspection.layer_table import catalog_layer_table

    return catalog_layer_table(model, num_classes, inputs)


def block_graph(model: str, num_classes: int, inputs: InputConfig) -> NetworkGraph:
    from tlstudio.engine.inspection.blocks.graph import block_graph

    return block_graph(model, num_classes, inputs)


def entrance_problems(model: str) -> Mapping[str, TLStudioError]:
    """Which changes at its entrance a network refuses and why, by the name of the setting."""
    from tlstudio.engine.models.entrance_checks import entrance_problems

    return entrance_problems(model)


def open_dataset(
    root: Path,
    split: SplitConfig | None = None,
    *,
    stop: StopToken | None = None,
    on_progress: Progress | None = None,
) -> DatasetIndex:
    from tlstudio.engine.data.sources import open_dataset

    index = open_dataset(root, split, stop=stop, on_progress=on_progress)
    assert index.by_split and index.counts  # counted here, not when they are first shown
    return index


def glance(paths: Sequence[Path]) -> ImagesGlance | None:
    from tlstudio.engine.data.glance import glance

    return glance(paths)


def store_split(root: Path, split: SplitConfig) -> None:
    from tlstudio.engine.data.sources import store_split

    store_split(root, split)


def sample_datasets() -> tuple[SampleDataset, ...]:
    from tlstudio.engine.data.samples import SAMPLE_DATASETS

    return SAMPLE_DATASETS


def sample_dataset_folder(name: str) -> Path:
    from tlstudio.engine.data.samples import sample_dataset_folder

    return sample_dataset_folder(name)


def sample_previews(name: str, count: int, size_px: int) -> list[np.ndarray[Any, Any]]:
    """A few pictures of a sample dataset, each uint8 ``[h, w, 3]``."""
    from tlstudio.engine.data.sample_previews import sample_previews

    return list(sample_previews(name, count, size_px))


def thumbnail(path: Path, size_px: int) -> np.ndarray[Any, Any]:
    """uint8 ``[h, w, 3]``, fitted into a square of `size_px`."""
    from tlstudio.engine.data.images import thumbnail

    return thumbnail(path, size_px)


def image_details(path: Path) -> ImageDetails:
    from tlstudio.engine.data.images import image_details

    return image_details(path)


def augmented_views(
    index: DatasetIndex, config: RunConfig, count: int, seed: int, class_index: int | None = None
) -> list[AugmentedView]:
    """Training images as the network will see them, de-normalised: uint8 ``[H, W, 3]``."""
    from tlstudio.core.networks.inputs import input_preprocessing
    from tlstudio.engine.data.preview import augmented_views
    from tlstudio.engine.models.catalog import get_model

    preprocessing = input_preprocessing(config, get_model(config.model))
    return augmented_views(index, config, preprocessing, count, seed, class_index)


def network_view(path: Path, classifier: Classifier) -> np.ndarray[Any, Any]:
    """One image as `classifier` sees it, de-normalised: uint8 ``[H, W, 3]``."""
    from tlstudio.engine.data.preview import network_view

    return network_view(path, classifier.preprocessing)


def build_classifier(config: RunConfig, classes: tuple[str, ...]) -> Classifier:
    from tlstudio.engine.models.build import build_classifier

    return build_classifier(config, classes)


def check_run(settings: Settings, index: DatasetIndex) -> list[TLStudioError]:
    """All that speaks against a run; empty if it can start."""
    from tlstudio.engine.training.run_checks import check_run

    return check_run(settings.config, index, plan=settings.plan)


def measure_costs(config: RunConfig, index: DatasetIndex, *, stop: StopToken) -> RunCosts | None:
    """What a run of `config` on `index` costs on this machine; None if it cannot be told."""
    from tlstudio.engine.forecast.costs import run_costs

    return run_costs(config, index, stop)


def known_speeds(precision: str, device: str) -> tuple[SpeedRecord, ...]:
    """What was measured before on this machine."""
    from tlstudio.engine.compare.model_speed import known_speeds

    return known_speeds(precision, device)  # type: ignore[arg-type]  # the settings' own values


def measure_speed(
    model: str,
    image_px: int,
    precision: str,
    device: str,
    *,
    stop: StopToken,
    on_progress: Progress | None = None,
) -> SpeedRecord | None:
    """How fast a network runs here; None if stopped."""
    from tlstudio.engine.compare.model_speed import measure_speed
    from tlstudio.engine.forecast.network_costs import MeasuringStopped

    try:
        return measure_speed(
            model,
            precision,  # type: ignore[arg-type]  # the settings' own value
            device,
            stop,
            on_progress,
            image_px=image_px,
        )
    except MeasuringStopped:
        return None


def train(
    settings: Settings, index: DatasetIndex, stop: StopToken, classifier: Classifier
) -> Iterator[RunEvent]:
    from tlstudio.engine.training.trainer import train

    return train(settings.config, index, stop, classifier, plan=settings.plan)


def predict(
    classifier: Classifier, paths: Sequence[Path], stop: StopToken
) -> Iterator[PredictionRecord | ExcludedFile]:
    """Answers for images and for all images in folders; unreadable ones with the reason."""
    from tlstudio.engine.inference import find_images, predict

    return predict(classifier, find_images(paths), stop=stop)


def save_weights(classifier: Classifier, path: Path, which: str) -> tuple[Classifier, Path]:
    """Returns what was saved and where."""
    from tlstudio.engine.weights.save import save_weights

    save_weights(classifier, path, which="last" if which == "last" else "best")
    return classifier, path


def save_model(classifier: Classifier, path: Path) -> tuple[Classifier, Path]:
    """Returns what was saved and where."""
    from tlstudio.engine.weights.save import save_model

    save_model(classifier, path)
    return classifier, path


def load_weights(path: Path, classes: tuple[str, ...] | None) -> tuple[Path, LoadedWeights]:
    """The file and a new classifier from it; `classes` are those of the open dataset, if any."""
    from tlstudio.engine.weights.load import load_weights

    return path, load_weights(path, classes=classes)


def download_weights(
    model: str,
    weights: str,
    *,
    restart: bool,
    stop: StopToken,
    on_progress: Callable[[DownloadProgress], None],
) -> Path:
    from tlstudio.engine.weights.download import download_weights

    return download_weights(model, weights, restart=restart, stop=stop, on_progress=on_progress)


def stored_weights() -> tuple[tuple[StoredWeights, ...], tuple[PartialDownload, ...], Path]:
    """Weights on this machine, what unfinished downloads have left, and torch's folder."""
    from tlstudio.engine.weights.stored import partial_downloads, stored_weights, weights_folders

    return stored_weights(), partial_downloads(), weights_folders()[0]


def remove_weights(model: str, weights: str) -> Path:
    from tlstudio.engine.weights.stored import remove_weights

    return remove_weights(model, weights)


def discard_partial(model: str, weights: str) -> None:
    from tlstudio.engine.weights.stored import discard_partial

    discard_partial(model, weights)


def recognise_weights(path: Path) -> tuple[Path, WeightsGuess]:
    """The file, and what it may be."""
    from tlstudio.engine.weights.import_file import recognise_weights

    return path, recognise_weights(path)


def import_weights(path: Path, model: str, weights: str) -> WeightsName:
    from tlstudio.engine.weights.import_file import import_weights

    return import_weights(path, model, weights)


def open_lens(config: RunConfig, num_classes: int, classifier: Classifier | None) -> Lens:
    """What shows how a network sees images. One thread after another may use it."""
    from tlstudio.engine.feature_maps.lens import Lens

    return Lens(config, num_classes, classifier)


def sample_image() -> Path:
    """A picture that travels with the studio."""
    from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder

    folder = sample_dataset_folder(SAMPLE_DATASETS[0].name)
    return min(path for path in folder.rglob("*.*") if path.suffix in (".jpg", ".png"))
