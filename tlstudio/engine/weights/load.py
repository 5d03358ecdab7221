"""Loading: from a file to a classifier, with a report, touching nothing that is alive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.inputs import InputConfig
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.build import (
    AS_IT_IS,
    has_input_transform,
    network_with,
    set_input_transform,
)
from tlstudio.engine.models.catalog import get_model, has_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.spelling import todays_spelling
from tlstudio.engine.weights.metadata import WeightsMetadata, parse_metadata
from tlstudio.engine.weights.read import RawWeights, read_weights
from tlstudio.engine.weights.recognise import Fit, best_fit, expected_dtypes, fit_of
from tlstudio.engine.weights.state import flat_state, tensors_sha256


@dataclass(frozen=True, slots=True)
class LoadedWeights:
    """A classifier made from a file, and what there is to say about it.

    Attributes:
        classifier: new, on the CPU, in eval mode.
        source: ``state_dict``, ``whole_model`` or ``safetensors``.
        matched: tensors that came from the file.
        notes: what was assumed, converted or left out.
    """

    classifier: Classifier
    source: str
    matched: int
    notes: tuple[Note, ...]


def load_weights(
    path: Path, *, model: str | None = None, classes: tuple[str, ...] | None = None
) -> LoadedWeights:
    """Read weights of any kind into a network built for them. No code in the file is run.

    Args:
        path: a state dict (``.pth``, ``.pt``), a whole model, or ``.safetensors``.
        model: the model that it must be; None finds out.
        classes: the classes that it must tell apart; None takes them from the file. A file
            without names takes these.

    Raises:
        WeightsError: it cannot be read or does not fit; says which model it looks like.
        ConfigError: the catalog has no `model`.
    """
    raw = read_weights(path)
    told = _with_known_name(parse_metadata(raw.metadata))
    flat, notes = flat_state(raw.values)
    if not flat:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds no weights of a network."),
            QT_TRANSLATE_NOOP("core", "Choose a .pth, .pt or .safetensors file."),
            name=path.name,
        )
    _check_digest(path, raw, told, flat)
    state = todays_spelling(flat)
    inputs = _told_inputs(told)
    fit = _find_model(path, state, model, told.model, inputs, notes)
    if fit.model != told.model:
        inputs = AS_IT_IS
    if classes is not None and len(classes) != fit.num_classes:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” tells {found} classes apart, here are {wanted}."),
            QT_TRANSLATE_NOOP(
                "core", "Open the dataset that it was trained on, or train a new head for this one."
            ),
            name=path.name,
            found=fit.num_classes,
            wanted=len(classes),
        )
    tensors = _tensors(path, state, fit, inputs, notes)
    network = network_with(fit.model, fit.num_classes, tensors, inputs).eval()
    _settle_input_transform(network, raw, told, fit, notes)
    config = told.config or RunConfig()
    classifier = Classifier(
        network=network,
        model=fit.model,
        classes=_class_names(fit.num_classes, told.classes, classes, notes),
        preprocessing=told.preprocessing or get_model(fit.model).preprocessing,
        config=config.changed(model=fit.model),
        history=told.history,
        temperature=told.temperature,
        novelty=told.novelty if len(told.classes) == fit.num_classes else None,
    )
    return LoadedWeights(classifier, raw.source, len(fit.matched), tuple(notes))


def _with_known_name(told: WeightsMetadata) -> WeightsMetadata:
    """The model by its name in the catalog: older files may call it timm/<name>."""
    return replace(told, model=get_model(told.model).name) if has_model(told.model) else told


def _told_inputs(told: WeightsMetadata) -> InputConfig:
    """Read from the metadata what was changed at the entrance of the network."""
    own = told.preprocessing
    if told.config is None or own is None:
        return AS_IT_IS
    return InputConfig(own.crop_px, own.channels, told.config.stem)


def _check_digest(
    path: Path, raw: RawWeights, told: WeightsMetadata, state: Mapping[str, torch.Tensor]
) -> None:
    """The .safetensors files of the studio carry a digest, because the format has no checksum."""
    is_ours = raw.source == "safetensors" and bool(raw.metadata)
    if is_ours and told.sha256 != tensors_sha256(state):
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” is damaged: its checksum does not match."),
            QT_TRANSLATE_NOOP("core", "Copy or download it again, or choose another file."),
            name=path.name,
        )


def _find_model(
    path: Path,
    state: Mapping[str, torch.Tensor],
    wanted: str | None,
    told: str,
    inputs: InputConfig,
    notes: list[Note],
) -> Fit:
    """The wanted model, else the one that the file names, else the one that it looks like."""
    wanted = get_model(wanted).name if wanted else None
    expected = wanted or (told if has_model(told) else None)
    if expected is not None:
        fit = fit_of(state, expected, inputs if expected == told else AS_IT_IS)
        if fit.is_exact:
            return fit
    said = fit_of(state, told, inputs) if wanted is not None and has_model(told) else None
    found = said if said is not None and said.is_exact else best_fit(state)
    if wanted is not None:
        raise _wrong_model(path, fit_of(state, wanted), found)
    if not found.is_exact:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” fits no model of the catalog."),
            QT_TRANSLATE_NOOP(
                "core",
                "The nearest is {model}, but {missing} tensors are missing, {unexpected} unknown "
                "and {mismatched} of another shape, for example {example}.",
            ),
            name=path.name,
            **_counts(found),
        )
    notes.append(
        Note(
            QT_TRANSLATE_NOOP(
                "core", "Recognised as {model} by the names and shapes of its layers."
            ),
            {"model": found.model},
        )
    )
    return found


def _wrong_model(path: Path, fit: Fit, found: Fit) -> WeightsError:
    if found.is_exact:
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds weights of {found}, not of {model}."),
            QT_TRANSLATE_NOOP("core", "Choose the model {found}, or another file."),
            name=path.name,
            found=found.model,
            model=fit.model,
        )
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "core",
            "“{name}” does not fit {model}: {missing} tensors are missing, {unexpected} unknown "
            "and {mismatched} of another shape, for example {example}.",
        ),
        QT_TRANSLATE_NOOP("core", "Choose the model that the file was made with, or another file."),
        name=path.name,
        **_counts(fit),
    )


def _counts(fit: Fit) -> dict[str, object]:
    """The values of the sentences above that tell how a file does not fit."""
    return {
        "model": fit.model,
        "missing": len(fit.missing),
        "unexpected": len(fit.unexpected),
        "mismatched": len(fit.mismatched),
        "example": fit.example or fit.model,
    }


def _tensors(
    path: Path,
    state: Mapping[str, torch.Tensor],
    fit: Fit,
    inputs: InputConfig,
    notes: list[Note],
) -> dict[str, torch.Tensor]:
    """Own copies of the tensors, in the types that the network computes with."""
    dtypes = expected_dtypes(fit.model, inputs)
    tensors = {name: torch.zeros((), dtype=dtypes[name]) for name in fit.filled}
    converted: set[str] = set()
    for name in fit.matched:
        value = state[name].detach()
        if value.dtype != dtypes[name]:
            converted.add(str(value.dtype).removeprefix("torch."))
        tensors[name] = value.to(dtypes[name]).clone(memory_format=torch.contiguous_format)
    broken = [
        name
        for name, value in tensors.items()
        if value.is_floating_point() and not bool(torch.isfinite(value).all())
    ]
    if broken:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "core", "“{name}” holds values that are not numbers, for example in {layer}."
            ),
            QT_TRANSLATE_NOOP(
                "core",
                "The training behind it went astray; train again with a lower learning rate.",
            ),
            name=path.name,
            layer=broken[0],
        )
    if converted:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP("core", "Values of type {types} were converted to float32."),
                {"types": ", ".join(sorted(converted))},
            )
        )
    if fit.auxiliary:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "The auxiliary heads in the file were left out ({count} tensors); "
                    "predictions do not use them.",
                ),
                {"count": len(fit.auxiliary)},
            )
        )
    return tensors


def _settle_input_transform(
    network: nn.Module, raw: RawWeights, told: WeightsMetadata, fit: Fit, notes: list[Note]
) -> None:
    """GoogLeNet re-normalises its input when it began with torchvision's weights, else not.

    A plain state dict does not tell. torchvision drops the auxiliary heads with its weights and
    keeps them without; and a network that never trained has no running means yet.
    """
    if not has_input_transform(network):
        return
    said = raw.attributes.get("transform_input", told.input_transform)
    if isinstance(said, bool):
        set_input_transform(network, said)
        return
    means = [b for name, b in network.named_buffers() if name.endswith("running_mean")]
    untrained = not any(bool(mean.any()) for mean in means)
    guess = not fit.auxiliary and not untrained
    set_input_transform(network, guess)
    notes.append(
        Note(
            QT_TRANSLATE_NOOP(
                "core",
                "The file does not say how it scales its input; it is taken for one that began "
                "with torchvision's pretrained weights.",
            )
            if guess
            else QT_TRANSLATE_NOOP(
                "core",
                "The file does not say how it scales its input; it is taken for one that began "
                "with random values.",
            )
        )
    )


def _class_names(
    count: int, told: tuple[str, ...], wanted: tuple[str, ...] | None, notes: list[Note]
) -> tuple[str, ...]:
    """The file's names where it has them: they are what its outputs mean."""
    if len(told) == count:
        if wanted is not None and set(told) != set(wanted):
            notes.append(
                Note(
                    QT_TRANSLATE_NOOP(
                        "core", "The file's classes are {told}; those of the dataset are {wanted}."
                    ),
                    {"told": ", ".join(told), "wanted": ", ".join(wanted)},
                )
            )
        elif wanted is not None and told != wanted:
            notes.append(
                Note(
                    QT_TRANSLATE_NOOP("core", "The file has the classes in another order: {told}."),
                    {"told": ", ".join(told)},
                )
            )
        return told
    if wanted is not None:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP(
                    "core", "The file has no class names; those of the dataset are taken in order."
                )
            )
        )
        return wanted
    notes.append(
        Note(QT_TRANSLATE_NOOP("core", "The file has no class names; they are numbered instead."))
    )
    return tuple(f"class {number}" for number in range(1, count + 1))
