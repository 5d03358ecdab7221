"""Networks with a head of the wanted size, pretrained or random."""

from __future__ import annotations

import contextlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import Initialisation
from tlstudio.core.errors import ModelError, TLStudioError, WeightsError, WeightsMissingError
from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.build_config import LINEAR_HEAD, BuildConfig, build_config
from tlstudio.core.networks.catalog import Library, ModelSpec, SizeRule, WeightsPlace, WeightsSpec
from tlstudio.core.networks.inputs import input_preprocessing
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.heads import extend_head, head_path, replace_head
from tlstudio.engine.models.input_layers import change_input_layers
from tlstudio.engine.models.libraries import library_network, timm_inputs
from tlstudio.engine.models.onboard import verify_onboard
from tlstudio.engine.models.rows import catalog_row
from tlstudio.engine.models.spelling import todays_spelling
from tlstudio.engine.training.seeding import generators_kept
from tlstudio.engine.weights.read import read_weights

AS_IT_IS = BuildConfig()

# What the libraries raise at a file that is not what it should be.
_BROKEN = (RuntimeError, TypeError, AttributeError, KeyError, ValueError, OSError)

# Where timm looks for weights in a file, the preferred place first.
_TIMM_NESTS = ("state_dict_ema", "model_ema", "state_dict", "model")

# torchvision's GoogLeNet and Inception weights come from another framework: their networks
# re-normalise their input, and do so only with these weights.
_INPUT_TRANSFORM = "transform_input"


def build_network(
    model: str,
    num_classes: int,
    *,
    initialisation: Initialisation,
    seed: int | None = None,
    weights: str = "",
    build: BuildConfig = AS_IT_IS,
) -> nn.Module:
    """A network of the catalog with a fresh head, on the CPU.

    Args:
        model: its name.
        num_classes: outputs of the head.
        initialisation: with pretrained weights; else random all through.
        seed: decides all random values, and leaves torch's global generator as it was; None takes
            them from that generator.
        weights: name of the pretrained weights; empty for the default ones.
        build: with which input, stem and heads.

    Raises:
        ConfigError: the catalog has no such model, or the model no such weights.
        ModelError: `num_classes` is below 1, or the network cannot be changed like that.
        WeightsMissingError: the pretrained weights are not on this machine. Nothing is downloaded.
        WeightsError: they are damaged.
    """
    _check_classes(num_classes)
    with _seeded(seed):
        if initialisation != "pretrained":
            return _start(model, num_classes, build, is_start=True)
        network = _pretrained(model, weights, num_classes, replace(build, head=LINEAR_HEAD))
        replace_head(network, num_classes)
        extend_head(network, build.head)
        return network


def build_classifier(config: RunConfig, classes: tuple[str, ...]) -> Classifier:
    """The network that a run starts from, with the meaning of its inputs and outputs.

    Raises:
        ConfigError, ModelError, WeightsMissingError, WeightsError: see `build_network`; and
            the file or run that it starts from is gone, damaged or of another network.
    """
    spec = get_model(config.model)
    config = config.changed(model=spec.name)  # it may be asked for as timm/<name>
    network = build_network(
        config.model,
        len(classes),
        initialisation=config.initialisation,
        seed=config.seed,
        weights=config.weights,
        build=build_config(config, spec),
    )
    classifier = Classifier(
        network=network,
        model=config.model,
        classes=classes,
        preprocessing=input_preprocessing(config, spec),
        config=config,
    )
    if config.initialisation == "file":
        from tlstudio.engine.weights.start import take_values  # it builds networks itself

        take_values(classifier, config.start_from)
    return classifier


def architecture(model: str, num_classes: int, build: BuildConfig = AS_IT_IS) -> nn.Module:
    """The network without meaningful values, for loading weights into and for looking at.

    Fast and without memory under ``torch.device("meta")``.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: `num_classes` is below 1, or the network cannot be changed like that.
    """
    _check_classes(num_classes)
    return _start(model, num_classes, build, is_start=False)


def network_with(
    model: str,
    num_classes: int,
    state: Mapping[str, torch.Tensor],
    build: BuildConfig = AS_IT_IS,
) -> nn.Module:
    """The network whose parameters and buffers are the tensors of `state`, not copies of them.

    Raises:
        ConfigError: the catalog has no such model.
        RuntimeError: names or shapes do not fit, as from a strict `load_state_dict`.
    """
    with torch.device("meta"):
        network = architecture(model, num_classes, build)
    # MNASNet refuses a mapping that does not say of which version it is. Only the network itself is
    # given one: norms without a version may lack their counters, as in files of 2017.
    state = OrderedDict(state)
    state._metadata = {"": {"version": network._version}}  # type: ignore[attr-defined]
    network.load_state_dict(state, strict=True, assign=True)
    if any(buffer.is_meta for buffer in network.buffers()):  # some are in no state dict
        network = architecture(model, num_classes, build)
        network.load_state_dict(state, strict=True)
    return network


def set_input_transform(network: nn.Module, wanted: bool) -> None:
    """Switch the re-normalisation of inputs inside GoogLeNet; other networks have none."""
    if hasattr(network, _INPUT_TRANSFORM):
        setattr(network, _INPUT_TRANSFORM, wanted)


def has_input_transform(network: nn.Module) -> bool:
    """Whether the network can re-normalise its input itself."""
    return hasattr(network, _INPUT_TRANSFORM)


def _start(model: str, num_classes: int, build: BuildConfig, *, is_start: bool) -> nn.Module:
    try:
        network = library_network(
            model,
            num_classes,
            image_px=build.image_px,
            channels=build.channels or 3,
            auxiliary=build.auxiliary,
            is_start=is_start,
        )
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        refused = refused_build(model, replace(build, stem="original"))  # it is changed later
        if refused is None:
            raise
        raise refused from error
    change_input_layers(network, _left_to_change(catalog_row(model).library, build))
    extend_head(network, build.head)
    return network


def _left_to_change(library: Library, build: BuildConfig) -> BuildConfig:
    """timm fits its networks to the number of channels itself."""
    return replace(build, channels=0) if library is Library.TIMM else build


def refused_build(model: str, build: BuildConfig) -> ModelError | None:
    """The sentence for a network that fails with `build`; None if they are its own.

    Raises:
        ConfigError: the catalog has no such model.
    """
    spec = get_model(model)
    own = spec.preprocessing
    if build.stem == "small":
        return ModelError(
            QT_TRANSLATE_NOOP("core", "{model} does not work with the stem for tiny images."),
            QT_TRANSLATE_NOOP("core", "Choose the original stem: tiny images are enlarged then."),
            model=spec.title,
        )
    if build.image_px in (0, own.crop_px):
        if build.channels in (0, own.channels):
            return None
        return ModelError(
            QT_TRANSLATE_NOOP("core", "{kind} cannot take images of {channels} channels."),
            QT_TRANSLATE_NOOP("core", "Choose another model, or leave the colours as they are."),
            kind=spec.title,
            channels=build.channels,
        )
    return ModelError(
        QT_TRANSLATE_NOOP("core", "{model} does not work with images of {side} px."),
        QT_TRANSLATE_NOOP(
            "core", "Choose a multiple of 32 near to its own size, or leave the input size at 0."
        ),
        model=spec.title,
        side=build.image_px,
    )


def _pretrained(model: str, weights: str, num_classes: int, build: BuildConfig) -> nn.Module:
    """The network with pretrained values, its head that of the weights or a fresh one."""
    spec = get_model(model)
    chosen, path = spec.weights_named(weights), pretrained_path(model, weights)
    if chosen is None or path is None:
        raise missing_weights(spec, chosen)
    return pretrained_from(spec, chosen, path, num_classes, build)


def pretrained_from(
    spec: ModelSpec,
    weights: WeightsSpec,
    path: Path,
    num_classes: int = 0,
    build: BuildConfig = AS_IT_IS,
) -> nn.Module:
    """The network with the values of a file that is to hold its pretrained weights.

    Args:
        num_classes: where timm fits the head, its outputs; 0 for those of the weights.

    Raises:
        ModelError: the network cannot be changed as `build` asks.
        WeightsError: the file is damaged or does not fit.
    """
    classes = num_classes or weights.num_classes
    try:
        if spec.library is Library.TIMM and weights.place is not WeightsPlace.ON_BOARD:
            return _timm_pretrained(spec, weights, path, classes, build)
        return _library_pretrained(spec, weights, path, build)
    except TLStudioError:
        raise
    except _BROKEN as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” does not hold the pretrained weights of {model}."),
            QT_TRANSLATE_NOOP("core", "Delete the file and download it again: {path}"),
            name=path.name,
            model=spec.name,
            path=path,
        ) from error


def _timm_pretrained(
    spec: ModelSpec, weights: WeightsSpec, path: Path, num_classes: int, build: BuildConfig
) -> nn.Module:
    """timm fits weights to heads, sizes and channels itself, each network in its own way."""
    import timm

    row = catalog_row(spec.name)
    network: nn.Module = timm.create_model(
        f"{row.plain}.{weights.name}",
        pretrained=True,
        pretrained_cfg_overlay={"state_dict": _timm_state(path)},
        num_classes=num_classes,
        **timm_inputs(row, build.image_px, build.channels or 3),
    )
    network.pretrained_cfg.pop("state_dict", None)  # type: ignore[operator, union-attr]
    change_input_layers(network, _left_to_change(spec.library, build))
    return network


def _timm_state(path: Path) -> dict[str, Any]:
    """The values of a file for timm, which never gets the path: its readers have run code.

    They are taken from where timm's own reader would look for them.
    """
    try:
        values = read_weights(path).values
    except WeightsError as error:  # told as all else that is wrong with the library's own files
        raise ValueError(str(error)) from error
    inner = next((values[key] for key in _TIMM_NESTS if isinstance(values.get(key), dict)), values)
    state = {
        re.sub(r"^(_orig_mod\.|module\.)+", "", name): value
        for name, value in inner.items()
        if isinstance(name, str) and isinstance(value, torch.Tensor | dict)
    }
    if not state:  # timm would go and download some
        raise ValueError("no tensors")
    return state


def _library_pretrained(
    spec: ModelSpec, weights: WeightsSpec, path: Path, build: BuildConfig
) -> nn.Module:
    if weights.place is WeightsPlace.ON_BOARD:
        verify_onboard(catalog_row(spec.name).plain, path)
    state = todays_spelling(read_weights(path).values)
    plain = {name: value for name, value in state.items() if not is_auxiliary(name)}
    has_auxiliary = build.auxiliary and len(plain) < len(state)
    tensors = state if has_auxiliary else plain
    side = build.image_px or weights.preprocessing.crop_px
    if side != weights.preprocessing.crop_px and spec.size_rule is SizeRule.INTERPOLATED:
        tensors = _resampled(spec, side, tensors)
    changes = BuildConfig(image_px=side, auxiliary=has_auxiliary)
    network = network_with(spec.name, weights.num_classes, tensors, changes)
    if build.auxiliary and not has_auxiliary:
        network = _with_fresh_auxiliary(spec.name, network)
    if has_input_transform(network):
        if build.channels == 1:
            raise ModelError(
                QT_TRANSLATE_NOOP(
                    "core", "The pretrained weights of {model} mix the colours of their input."
                ),
                QT_TRANSLATE_NOOP("core", "Leave the colours as they are: grey images work, too."),
                model=spec.title,
            )
        set_input_transform(network, True)
    change_input_layers(network, build)
    return network


def _with_fresh_auxiliary(model: str, network: nn.Module) -> nn.Module:
    """The same network with auxiliary classifiers of random values, which its file does not have.

    There may be none for this network.
    """
    head = network.get_submodule(head_path(network))
    assert isinstance(head, nn.Linear)
    whole = library_network(model, head.out_features, auxiliary=True, is_start=True)
    missing, unexpected = whole.load_state_dict(network.state_dict(), strict=False)
    assert not unexpected and all(map(is_auxiliary, missing))
    return whole


def _resampled(
    spec: ModelSpec, image_px: int, state: dict[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """The position embeddings of torchvision's Vision Transformers at another size."""
    from torchvision.models.vision_transformer import interpolate_embeddings

    patch = state["conv_proj.weight"].shape[-1]
    return dict(interpolate_embeddings(image_px, patch, OrderedDict(state)))


def missing_weights(spec: ModelSpec, weights: WeightsSpec | None) -> TLStudioError:
    """The sentence for weights that are not there: not here yet, or nowhere."""
    if weights is None:
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "There are no pretrained weights of {model}."),
            QT_TRANSLATE_NOOP("core", "Start from random values, or choose another model."),
            model=spec.title,
        )
    return WeightsMissingError(
        QT_TRANSLATE_NOOP(
            "core",
            "The pretrained weights of {title} ({size_mb} MB) are not on this machine yet.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Download them where the model is chosen, or on a terminal: "
            "tlstudio-cli models --download {model}",
        ),
        title=spec.title,
        model=spec.name if weights == spec.weights[0] else f"{spec.name} --weights {weights.name}",
        size_mb=max(1, round(weights.size_bytes / 1e6)),
    )


def _check_classes(num_classes: int) -> None:
    if num_classes < 1:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "A network needs at least one class."),
            QT_TRANSLATE_NOOP("core", "Open a dataset with a folder for each class."),
        )


@contextlib.contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    if seed is None:
        yield
        return
    with generators_kept():
        torch.default_generator.manual_seed(seed)
        yield
