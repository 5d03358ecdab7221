"""Measures the costs of a run on this machine, once per network, for forecasts.

It uses all processor threads for about a second: never while a run is going on.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.augmentation import PARTS, UNVARIED, VARIED, AugmentationOptions
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.forecast.costs import ImageCosts, RunCosts
from tlstudio.core.networks.build_config import BuildConfig, build_config
from tlstudio.core.networks.inputs import input_preprocessing
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_picture, read_view
from tlstudio.engine.data.transforms import sample_generator, train_view
from tlstudio.engine.device import resolve_device
from tlstudio.engine.forecast.module_times import DeviceClock
from tlstudio.engine.forecast.network_costs import MeasuringStopped, NetworkCosts, measure_network
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.training.planned_cuts import machine_limits
from tlstudio.engine.training.precision import Precision, resolve_precision
from tlstudio.engine.training.seeding import generators_kept

IMAGES = 8
MAX_PARAMETERS = 400_000_000  # a network of 1.6 GB is not built for a guess

# Small change, seen in runs of the trainer; it matters only where all else is kept: a step of a
# head alone, remembering a parameter in an epoch, a byte of features, a prediction, the cut.
STEP_S, EPOCH_S, BYTE_S, PREDICTION_S, CUT_S = 5e-4, 2e-9, 2e-10, 1e-5, 0.6
# What a solid-state disk takes for a byte: features that are read again, and that are written,
# with their checksums.
DISK_BYTE_S, KEEP_BYTE_S = 1e-9, 3e-9

_CUTS = {"none": UNVARIED, **{name: AugmentationOptions(name) for name in VARIED}}

_measured: dict[tuple[str, BuildConfig, str, str], NetworkCosts] = {}


def run_costs(config: RunConfig, index: DatasetIndex, stop: StopToken) -> RunCosts | None:
    """`measure_costs` of what a run with `config` on `index` would use.

    Raises:
        ConfigError, DeviceError: the model or the device is unknown.
    """
    device = resolve_device(config.device)
    images = [sample.image for sample in index.by_split[Split.TRAIN]]
    precision = resolve_precision(config.precision, device)
    return measure_costs(config, len(index.classes), precision, device, images, stop)


def measure_costs(
    config: RunConfig,
    num_classes: int,
    precision: Precision,
    device: torch.device,
    images: Sequence[ImageRef],
    stop: StopToken | None = None,
) -> RunCosts | None:
    """Measure what one image costs, layer by layer, and what it takes to read it.

    What was measured of a network is remembered for the process, unless the machine was busy.

    Args:
        config: says which network, and how it is built; no weights are needed.
        num_classes: outputs of the head.
        precision: as the run will compute.
        device: where.
        images: those of the dataset, of which a few are read.
        stop: read between passes.

    Returns:
        None if stopped, if no image could be read, or if the network is too large to be tried.

    Raises:
        ConfigError: the catalog has no such model.
    """
    stop = stop or StopToken()
    spec = get_model(config.model)
    build, preprocessing = build_config(config, spec), input_preprocessing(config, spec)
    key = (config.model, build, precision, str(device))
    try:
        with freed_memory_kept():
            image_costs = measure_images(images, preprocessing, stop)
            known = _measured.get(key)
            if image_costs is None or (known is None and spec.parameters > MAX_PARAMETERS):
                return None
            if known is None or not known.is_steady:
                cards = [device] if device.type == "cuda" else []
                with generators_kept(cards):  # a run's numbers are its own
                    network = architecture(config.model, num_classes, build)
                    _measured[key] = measure_network(
                        network,
                        preprocessing.crop_px,
                        precision,
                        device,
                        stop,
                        channels=preprocessing.channels,
                    )
    except MeasuringStopped:
        return None
    return RunCosts(
        precision=precision,
        layers=_measured[key].layers,
        images=image_costs,
        step_s=STEP_S,
        update_s=_measured[key].update_s,
        epoch_s=EPOCH_S,
        byte_s=BYTE_S,
        disk_byte_s=DISK_BYTE_S,
        keep_byte_s=KEEP_BYTE_S,
        prediction_s=PREDICTION_S,
        cut_s=CUT_S,
        limits=machine_limits(),
        is_steady=_measured[key].is_steady,
    )


def measure_images(
    images: Sequence[ImageRef], preprocessing: Preprocessing, stop: StopToken
) -> ImageCosts | None:
    """Measure reading and varying a few of `images`; None if none of them can be read.

    Raises:
        MeasuringStopped: between two images.
    """
    pictures, views = [], []
    clock = DeviceClock()
    decode_s = view_s = 0.0
    for image in images[:: max(1, len(images) // IMAGES)][:IMAGES]:
        if stop.stopped:
            raise MeasuringStopped
        try:
            clock.restart()
            picture = read_picture(image, preprocessing)
            picture_s = clock.restart()
            views.append(read_view(image, preprocessing))
        except ImageError:
            continue
        view_s += clock.restart()
        decode_s += picture_s
        pictures.append(picture)
    if not pictures:
        return None
    number = len(pictures)
    vary_s = {}
    for name, options in {**_CUTS, **PARTS}.items():
        clock.restart()
        for index, picture in enumerate(pictures):
            train_view(picture, options, preprocessing, sample_generator(0, 1, index))
        vary_s[name] = clock.restart() / number
    for name, options in PARTS.items():
        vary_s[name] = max(0.0, vary_s[name] - vary_s[options.augmentation])
    stack(views, preprocessing)
    clock.restart()
    stack(views, preprocessing)
    return ImageCosts(
        decode_s=decode_s / number,
        view_s=view_s / number,
        vary_s=vary_s,
        stack_s=clock.restart() / number,
        picture_bytes=sum(picture.nbytes for picture in pictures) // number,
        view_bytes=sum(view.nbytes for view in views) // number,
    )
