"""The engine as the window sees it: functions for worker threads, and the types of their results.

Each imports what it needs when it is called, as the window is up before torch is. A function of the
engine that fits as it is stands here by its name only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    import numpy as np

    from tlstudio.core.compare import SpeedRecord
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile, ImagesGlance, SplitConfig
    from tlstudio.core.data.image_ref import ImageRef
    from tlstudio.core.data.manifest import Manifest
    from tlstudio.core.data.options import ReadOptions
    from tlstudio.core.devices import DeviceRecord
    from tlstudio.core.errors import TLStudioError
    from tlstudio.core.networks.downloads import (
        PartialDownload,
        StoredWeights,
        WeightsGuess,
    )
    from tlstudio.core.networks.preprocessing import Preprocessing
    from tlstudio.core.runs.events import StopToken
    from tlstudio.core.runs.predictions import PredictionRecord
    from tlstudio.core.settings import Settings
    from tlstudio.core.use.pictures import ImagesFound
    from tlstudio.core.weights.report import LoadingReport
    from tlstudio.engine.compare.model_speed import known_speeds as known_speeds
    from tlstudio.engine.data.groups import find_groups as find_groups
    from tlstudio.engine.data.images import ImageDetails as ImageDetails
    from tlstudio.engine.data.images import image_details as image_details
    from tlstudio.engine.data.images import thumbnail as thumbnail
    from tlstudio.engine.data.manifest_file import brought_manifest as brought_manifest
    from tlstudio.engine.data.manifest_file import manifest_text as manifest_text
    from tlstudio.engine.data.preview import AugmentedView as AugmentedView
    from tlstudio.engine.data.sample_previews import sample_previews as sample_previews
    from tlstudio.engine.data.samples import SampleDataset as SampleDataset
    from tlstudio.engine.data.samples import sample_dataset_folder as sample_dataset_folder
    from tlstudio.engine.data.sources import is_dataset as is_dataset
    from tlstudio.engine.data.sources import store_manifest as store_manifest
    from tlstudio.engine.data.sources import store_options as store_options
    from tlstudio.engine.data.sources import store_split as store_split
    from tlstudio.engine.data.split_file import placed_by as placed_by
    from tlstudio.engine.data.split_file import split_csv as split_csv
    from tlstudio.engine.feature_maps.lens import Lens as Lens
    from tlstudio.engine.forecast.costs import run_costs as run_costs
    from tlstudio.engine.forecast.kept import kept_features as kept_features
    from tlstudio.engine.inspection.blocks.graph import block_graph as block_graph
    from tlstudio.engine.inspection.layer_table import catalog_layer_table as catalog_layer_table
    from tlstudio.engine.inspection.side_by_side import side_by_side as side_by_side
    from tlstudio.engine.leftovers import sweep as sweep
    from tlstudio.engine.models.build import build_classifier as build_classifier
    from tlstudio.engine.models.build_checks import refused_settings as refused_settings
    from tlstudio.engine.models.catalog import has_model as has_model
    from tlstudio.engine.models.catalog import known_models as known_models
    from tlstudio.engine.models.catalog import list_models as list_models
    from tlstudio.engine.models.classifier import Classifier as Classifier
    from tlstudio.engine.models.tree import layer_tree as layer_tree
    from tlstudio.engine.threads import set_threads as set_threads
    from tlstudio.engine.training.planned_cuts import planned_rows as planned_rows
    from tlstudio.engine.weights.class_names import read_class_names as read_class_names
    from tlstudio.engine.weights.download import download_weights as download_weights
    from tlstudio.engine.weights.import_file import import_weights as import_weights
    from tlstudio.engine.weights.load import LoadedWeights as LoadedWeights
    from tlstudio.engine.weights.load import OpenedWeights as OpenedWeights
    from tlstudio.engine.weights.stored import discard_partial as discard_partial
    from tlstudio.engine.weights.stored import remove_weights as remove_weights
else:
    # functions of the engine as they are: imported when they are called
    known_speeds = later("tlstudio.engine.compare.model_speed", "known_speeds")
    find_groups = later("tlstudio.engine.data.groups", "find_groups")
    image_details = later("tlstudio.engine.data.images", "image_details")
    thumbnail = later("tlstudio.engine.data.images", "thumbnail")
    brought_manifest = later("tlstudio.engine.data.manifest_file", "brought_manifest")
    manifest_text = later("tlstudio.engine.data.manifest_file", "manifest_text")
    sample_previews = later("tlstudio.engine.data.sample_previews", "sample_previews")
    sample_dataset_folder = later("tlstudio.engine.data.samples", "sample_dataset_folder")
    is_dataset = later("tlstudio.engine.data.sources", "is_dataset")
    store_manifest = later("tlstudio.engine.data.sources", "store_manifest")
    store_options = later("tlstudio.engine.data.sources", "store_options")
    store_split = later("tlstudio.engine.data.sources", "store_split")
    placed_by = later("tlstudio.engine.data.split_file", "placed_by")
    split_csv = later("tlstudio.engine.data.split_file", "split_csv")
    run_costs = later("tlstudio.engine.forecast.costs", "run_costs")
    kept_features = later("tlstudio.engine.forecast.kept", "kept_features")
    block_graph = later("tlstudio.engine.inspection.blocks.graph", "block_graph")
    catalog_layer_table = later("tlstudio.engine.inspection.layer_table", "catalog_layer_table")
    side_by_side = later("tlstudio.engine.inspection.side_by_side", "side_by_side")
    sweep = later("tlstudio.engine.leftovers", "sweep")
    build_classifier = later("tlstudio.engine.models.build", "build_classifier")
    has_model = later("tlstudio.engine.models.catalog", "has_model")
    known_models = later("tlstudio.engine.models.catalog", "known_models")
    list_models = later("tlstudio.engine.models.catalog", "list_models")
    refused_settings = later("tlstudio.engine.models.build_checks", "refused_settings")
    layer_tree = later("tlstudio.engine.models.tree", "layer_tree")
    set_threads = later("tlstudio.engine.threads", "set_threads")
    planned_rows = later("tlstudio.engine.training.planned_cuts", "planned_rows")
    download_weights = later("tlstudio.engine.weights.download", "download_weights")
    import_weights = later("tlstudio.engine.weights.import_file", "import_weights")
    read_class_names = later("tlstudio.engine.weights.class_names", "read_class_names")
    discard_partial = later("tlstudio.engine.weights.stored", "discard_partial")
    remove_weights = later("tlstudio.engine.weights.stored", "remove_weights")

Progress = Callable[[int, int], None]


def warm_up() -> tuple[DeviceRecord, ...]:
    """Import torch and the libraries of the models, and say which devices there are."""
    # Thumbnails and drags need them, too. Whoever opens a library while torch's are being opened
    # waits for them with the interpreter's lock in hand, and everybody else waits as well.
    import tlstudio.engine.data.sources  # noqa: F401
    from tlstudio.engine.loading import smooth_imports

    with smooth_imports():
        from tlstudio.engine.device import available_devices
        from tlstudio.engine.models.catalog import list_models
        from tlstudio.engine.models.libraries import import_libraries

        import_libraries()
        list_models()  # what it finds out is kept
        return available_devices()


def open_dataset(
    root: Path,
    split: SplitConfig | None = None,
    options: ReadOptions | None = None,
    *,
    stop: StopToken | None = None,
    on_progress: Progress | None = None,
) -> DatasetIndex:
    from tlstudio.engine.data.sources import open_dataset

    index = open_dataset(root, split, options, stop=stop, on_progress=on_progress)
    assert index.by_split and index.counts and index.fingerprint  # here, not on the GUI thread
    return index


def edited_dataset(index: DatasetIndex, manifest: Manifest) -> DatasetIndex:
    """The dataset with other changes by hand."""
    edited = index.edited(manifest)
    assert edited.by_split and edited.counts and edited.fingerprint  # likewise
    return edited


def glance(index: DatasetIndex) -> ImagesGlance | None:
    """What some of the training images look like."""
    from tlstudio.core.data.dataset import Split
    from tlstudio.engine.data.glance import glance

    return glance([sample.image for sample in index.by_split[Split.TRAIN]])


def sample_datasets() -> tuple[SampleDataset, ...]:
    from tlstudio.engine.data.samples import SAMPLE_DATASETS

    return SAMPLE_DATASETS


def augmented_views(
    index: DatasetIndex, config: RunConfig, count: int, seed: int, class_index: int | None = None
) -> list[AugmentedView]:
    """Training images as the network will see them."""
    from tlstudio.engine.data.preview import augmented_views

    return augmented_views(index, config, preprocessing_of(config), count, seed, class_index)


def image_variations(
    image: ImageRef, index: DatasetIndex, config: RunConfig, count: int, seed: int
) -> list[AugmentedView]:
    """One image as the network will see it: plain, and then in `count` variations."""
    from tlstudio.engine.data.preview import image_variations

    return image_variations(image, index, config, preprocessing_of(config), count, seed)


def preprocessing_of(config: RunConfig) -> Preprocessing:
    """What images go through before the network sees them."""
    from tlstudio.core.networks.inputs import input_preprocessing
    from tlstudio.engine.models.catalog import get_model

    return input_preprocessing(config, get_model(config.model))


def network_view(image: ImageRef, classifier: Classifier) -> np.ndarray[Any, Any]:
    """Return an image as `classifier` sees it, de-normalised: uint8 ``[H, W, 3]``."""
    from tlstudio.engine.data.preview import network_view

    return network_view(image, classifier.preprocessing)


def check_run(settings: Settings, index: DatasetIndex) -> list[TLStudioError]:
    """Return all problems that keep a run from starting."""
    from tlstudio.engine.training.run_checks import check_run

    return check_run(settings.config, index, plan=settings.plan)


def measure_speed(
    model: str,
    image_px: int,
    precision: str,
    device: str,
    *,
    stop: StopToken,
    on_progress: Progress | None = None,
) -> SpeedRecord | None:
    """Measure how fast a network runs on this machine; None if stopped."""
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


def predict(
    classifier: Classifier, asked: Sequence[ImageRef | Path], stop: StopToken
) -> Iterator[ImagesFound | PredictionRecord | ExcludedFile]:
    """Answers for images and for all in folders and archives; unreadable ones with the reason.

    Where a folder is called like a class, the answer says that this is true.
    """
    from tlstudio.core.use.pictures import ImagesFound
    from tlstudio.engine.inference import predict
    from tlstudio.engine.use.finding import find_images, with_truth

    images = find_images(asked, stop)
    yield ImagesFound(len(images))
    yield from with_truth(predict(classifier, images, stop=stop), classifier.classes)


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


def open_weights(path: Path) -> tuple[OpenedWeights, LoadingReport]:
    """A file that was read and recognised, and what there is to say about it."""
    from tlstudio.engine.weights.load import open_weights

    opened = open_weights(path)
    return opened, opened.report()


def chosen_weights(
    opened: OpenedWeights, place: str, model: str
) -> tuple[OpenedWeights, LoadingReport]:
    """The same file with another of the copies in it, or taken for another network."""
    chosen = opened.copy(place, model)
    return chosen, chosen.report()


def load_opened(opened: OpenedWeights, names: tuple[str, ...]) -> tuple[Path, LoadedWeights]:
    """The file and a new classifier from it; `names` of its classes go before those in it."""
    return opened.path, opened.load(names=names)


def stored_weights() -> tuple[tuple[StoredWeights, ...], tuple[PartialDownload, ...], Path]:
    """Weights on this machine, what unfinished downloads have left, and torch's folder."""
    from tlstudio.engine.weights.stored import partial_downloads, stored_weights, weights_folders

    return stored_weights(), partial_downloads(), weights_folders()[0]


def recognise_weights(path: Path) -> tuple[Path, WeightsGuess]:
    """The file, and what it may be."""
    from tlstudio.engine.weights.import_file import recognise_weights

    return path, recognise_weights(path)


def sample_image() -> ImageRef:
    """A picture that travels with the studio."""
    from tlstudio.core.data.image_ref import ImageRef
    from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder

    folder = sample_dataset_folder(SAMPLE_DATASETS[0].name)
    files = (path for path in folder.rglob("*.*") if path.suffix in (".jpg", ".png"))
    return ImageRef.of_file(min(files))


def open_lens(config: RunConfig, num_classes: int, classifier: Classifier | None) -> Lens:
    """Return what shows how a network sees images. One thread after another may use it."""
    from tlstudio.engine.feature_maps.lens import Lens

    return Lens(config, num_classes, classifier)
