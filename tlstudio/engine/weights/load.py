"""Loading: from a file to a classifier, with a report, touching nothing that is alive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.inputs import input_preprocessing
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.notes import Note
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.core.weights.report import (
    EntryState,
    LoadingReport,
    LoadingWay,
    ReportEntry,
    WeightsCopy,
)
from tlstudio.engine.models.build import (
    AS_IT_IS,
    has_input_transform,
    network_with,
    set_input_transform,
)
from tlstudio.engine.models.catalog import get_model, has_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.class_names import stated_class_names
from tlstudio.engine.weights.entries import FileEntries, entries_of
from tlstudio.engine.weights.metadata import WeightsMetadata, parse_metadata
from tlstudio.engine.weights.read import RawWeights, read_weights
from tlstudio.engine.weights.recognise import (
    Fit,
    Names,
    best_fit,
    changed_build,
    expected_dtypes,
    expected_shapes,
    fit_of,
    is_average,
    twins,
)
from tlstudio.engine.weights.state import tensors_sha256

_MAX_NAME = 100
_NAMED = 5  # of what is set aside, in a sentence


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


@dataclass(frozen=True, slots=True)
class OpenedWeights:
    """A file that was read and recognised. Nothing is made from it yet.

    Attributes:
        path: where it lies.
        raw: its content.
        told: what the studio's metadata in it says.
        entries: its tensors.
        names: their names and shapes.
        fit: the comparison with the network that it holds, or is nearest to.
        is_wanted: a person said that it is this network.
        build: how that network is built.
        notes: what was assumed so far.
    """

    path: Path
    raw: RawWeights
    told: WeightsMetadata
    entries: FileEntries
    names: Names
    fit: Fit
    is_wanted: bool
    build: BuildConfig
    notes: tuple[Note, ...]

    def copy(self, place: str, model: str = "") -> OpenedWeights:
        """The same file with another of the copies in it, or taken for another network.

        Args:
            place: as `LoadingReport.copies` calls it; the present one if it is empty.
            model: name in the catalog; the present one if it is empty.

        Raises:
            ConfigError: the catalog has no `model`.
        """
        model = get_model(model).name if model else self.fit.model
        wanted = next((p for p in self.fit.copies if p.rstrip(".") == place), self.fit.place)
        if (wanted, model) == (self.fit.place, self.fit.model):
            return self
        is_told = model == self.told.model
        build = _told_build(self.told, self.names) if is_told else self.build
        fit = fit_of(self.names, model, build, wanted)
        if not is_told:
            fit, build = changed_build(self.names, fit) or (fit, build)
        return replace(self, fit=fit, build=build)

    def with_auxiliary(self) -> OpenedWeights:
        """The same file, its auxiliary classifiers taken for a part of the network, if it has any.

        They are left out otherwise, but for files of runs that were trained with them.
        """
        build = replace(self.build, auxiliary=True)
        fit = fit_of(self.names, self.fit.model, build, self.fit.place)
        return replace(self, fit=fit, build=build) if fit.is_exact else self

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names that the file states for its outputs; may be empty."""
        count = self.fit.num_classes
        if not count:
            return ()
        told = self.told.classes
        return told if len(told) == count else stated_class_names(self.raw.values, count)

    def report(self) -> LoadingReport:
        """What the file holds, and what would become of it."""
        fit = self.fit
        ways = (
            *((LoadingWay.EVERYTHING,) if fit.is_exact else ()),
            *((LoadingWay.BACKBONE,) if fit.has_backbone or fit.is_exact else ()),
        )
        return LoadingReport(
            file=self.path.name,
            source=self.raw.source,
            model=fit.model,
            twins=twins(fit.model),
            num_classes=fit.num_classes,
            class_names=self.class_names,
            head=fit.head,
            ways=ways,
            entries=tuple(_report_entries(self)),
            copies=tuple(WeightsCopy(p.rstrip("."), is_average(p)) for p in fit.copies),
            copy=fit.place.rstrip("."),
            build=self.build,
            notes=(*self.notes, *_packing_notes(self)),
        )

    def fault(self) -> WeightsError | None:
        """Why no classifier can be made from it; None if one can."""
        fit, path = self.fit, self.path
        if fit.is_exact:
            return None
        if any(why == "quantised" for why in self.entries.unusable.values()):
            return _unusable(path, self.entries)
        if fit.has_backbone:
            return WeightsError(
                QT_TRANSLATE_NOOP(
                    "core", "“{name}” holds {model} without a head that could answer."
                ),
                QT_TRANSLATE_NOOP(
                    "core", "Train a new head: choose {model} and let it start from this file."
                ),
                name=path.name,
                model=fit.model,
            )
        if self.is_wanted:
            return _wrong_model(path, fit, self._likelier())
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” fits no model of the catalog."),
            QT_TRANSLATE_NOOP(
                "core",
                "The nearest is {model}, but {missing} tensors are missing, {unexpected} unknown "
                "and {mismatched} of another shape, for example {example}.",
            ),
            name=path.name,
            **_counts(fit),
        )

    def values(self) -> tuple[dict[str, torch.Tensor], tuple[Note, ...]]:
        """Own copies of the tensors that fit, in the types that the network computes with.

        Raises:
            WeightsError: some of them are no numbers, or quantised.
        """
        notes: list[Note] = []
        return _tensors(self, notes), tuple(notes)

    def load(
        self, classes: tuple[str, ...] | None = None, names: tuple[str, ...] = ()
    ) -> LoadedWeights:
        """Make a classifier from it.

        Args:
            classes: as in `load_weights`.
            names: of its classes, whatever the file says; empty for those of the file.

        Raises:
            WeightsError: it does not fit, or tells another number of classes apart.
        """
        fit, fault = self.fit, self.fault()
        if fault is not None:
            raise fault
        classes = names or classes
        if classes is not None and len(classes) != fit.num_classes:
            raise WeightsError(
                QT_TRANSLATE_NOOP(
                    "core", "“{name}” tells {found} classes apart, here are {wanted}."
                ),
                QT_TRANSLATE_NOOP(
                    "core",
                    "Open the dataset that it was trained on, or train a new head for this one.",
                ),
                name=self.path.name,
                found=fit.num_classes,
                wanted=len(classes),
            )
        tensors, converted = self.values()
        notes = [*self.notes, *_packing_notes(self), *converted]
        told = self.told
        network = network_with(fit.model, fit.num_classes, tensors, self.build).eval()
        self.settle_input_transform(network, notes)
        config = told.config or RunConfig()
        classifier = Classifier(
            network=network,
            model=fit.model,
            classes=names or _class_names(fit.num_classes, self.class_names, classes, notes),
            preprocessing=self.preprocessing,
            config=config.changed(model=fit.model, **self._build_settings),
            history=told.history,
            temperature=told.temperature,
            novelty=told.novelty if len(told.classes) == fit.num_classes else None,
        )
        return LoadedWeights(classifier, self.raw.source, len(fit.matched), tuple(notes))

    @property
    def preprocessing(self) -> Preprocessing:
        """What inputs must go through."""
        own = self.told.preprocessing
        if own is not None:
            return own
        config = RunConfig().changed(model=self.fit.model, initialisation="random")
        return input_preprocessing(
            config.changed(**self._build_settings), get_model(self.fit.model)
        )

    @property
    def _build_settings(self) -> dict[str, object]:
        """The settings that ask for its build, where the file does not."""
        if self.told.config is not None or self.build == AS_IT_IS:
            return {}
        return self.build.settings()

    def settle_input_transform(self, network: nn.Module, notes: list[Note]) -> None:
        """Switch GoogLeNet's re-normalisation as it was where the file comes from."""
        has_auxiliary = bool(self.fit.auxiliary) or self.build.auxiliary
        _settle_input_transform(network, self.raw, self.told, has_auxiliary, notes)

    def _likelier(self) -> Fit | None:
        """The network that it holds, where it is not the wanted one."""
        told = self.told.model
        said = (
            fit_of(self.names, told, _told_build(self.told, self.names))
            if has_model(told)
            else None
        )
        return said if said is not None and said.is_exact else best_fit(self.names)


def open_weights(path: Path, *, model: str | None = None) -> OpenedWeights:
    """Read weights of any kind and find out which network they belong to. No code in it is run.

    Args:
        path: a state dict (``.pth``, ``.pt``), a whole model, or ``.safetensors``.
        model: the model that it must be; None finds out.

    Raises:
        WeightsError: it cannot be read, or is like no network that the studio knows.
        ConfigError: the catalog has no `model`.
    """
    raw = read_weights(path)
    told = _with_known_name(parse_metadata(raw.metadata))
    entries = entries_of(raw.values)
    if not entries.tensors:
        raise _unusable(path, entries)
    _check_digest(path, raw, told, entries.tensors)
    names = Names(entries.shapes, entries.nests)
    wanted = get_model(model).name if model else ""
    said = told.model or _stated_model(raw.values)
    fit, build = _find_fit(
        names, wanted, said, _told_build(told, names) if told.model else AS_IT_IS
    )
    if fit is None:
        raise _no_network(path, entries)
    if fit.model != told.model:
        fit, build = changed_build(names, fit) or (fit, build)
    is_known = wanted or (fit.model == told.model and fit.is_exact)
    notes = () if is_known else tuple(_recognition_notes(fit, build))
    return OpenedWeights(path, raw, told, entries, names, fit, bool(wanted), build, notes)


def split_copy(name: str) -> tuple[Path, str]:
    """The file or folder, and which copy of the network in it; empty for what was trained last.

    ``last.ckpt#ema`` is the one at ``ema`` in ``last.ckpt``, as in a web address.
    """
    path, mark, copy = name.rpartition("#")
    return (Path(name), "") if not mark or is_there(Path(name)) else (Path(path), copy)


def load_weights(
    path: Path,
    *,
    model: str | None = None,
    classes: tuple[str, ...] | None = None,
    copy: str = "",
) -> LoadedWeights:
    """Read weights of any kind into a network built for them. No code in the file is run.

    Args:
        path: a state dict (``.pth``, ``.pt``), a whole model, or ``.safetensors``.
        model: the model that it must be; None finds out.
        classes: the classes that it must tell apart; None takes them from the file. A file
            without names takes these.
        copy: which copy of the network, as `LoadingReport.copies` calls it; empty for what was
            trained last.

    Raises:
        WeightsError: it cannot be read or does not fit; says which model it looks like.
        ConfigError: the catalog has no `model`.
    """
    return open_weights(path, model=model).copy(copy).load(classes)


def _stated_model(values: Mapping[str, object]) -> str:
    """The network that a training script names beside the weights, as PyTorch's and timm's do."""
    inner = (values.get(key) for key in ("hyper_parameters", "args", "config"))
    places = [values, *(value for value in inner if isinstance(value, Mapping))]
    for place in places:
        for key in ("arch", "model_name", "architecture", "backbone", "model"):
            name = place.get(key)
            if isinstance(name, str) and len(name) < _MAX_NAME and has_model(name):
                return get_model(name).name
    return ""


def _with_known_name(told: WeightsMetadata) -> WeightsMetadata:
    """The model by its name in the catalog: older files may call it timm/<name>."""
    return replace(told, model=get_model(told.model).name) if has_model(told.model) else told


def _told_build(told: WeightsMetadata, names: Names) -> BuildConfig:
    """Read from the metadata what was changed of the network; auxiliary classifiers may be gone."""
    own = told.preprocessing
    if told.config is None or own is None:
        return AS_IT_IS
    asked = BuildConfig.of(told.config, own.crop_px, own.channels)
    return replace(asked, auxiliary=asked.auxiliary and any(map(is_auxiliary, names.shapes)))


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


def _find_fit(
    names: Names, wanted: str, told: str, build: BuildConfig
) -> tuple[Fit | None, BuildConfig]:
    """That with the wanted model, else with the one that the file names, else the best one.

    Args:
        build: of the model that the file names.

    Returns:
        Also the build that it was compared with.
    """
    expected = wanted or (told if has_model(told) else "")
    if expected:
        own = build if expected == told else AS_IT_IS
        fit = fit_of(names, expected, own)
        if wanted or fit.is_exact:
            return fit, own
    return best_fit(names), AS_IT_IS


def _recognition_notes(fit: Fit, build: BuildConfig) -> Iterator[Note]:
    """What is said about a network that neither a person nor the studio's metadata names."""
    if not (fit.is_exact or fit.has_backbone):
        return
    yield Note(
        QT_TRANSLATE_NOOP("core", "Recognised as {model} by the names and shapes of its layers."),
        {"model": fit.model},
    )
    if build.channels == 1:
        yield Note(QT_TRANSLATE_NOOP("core", "It takes grey images."))
    if build.image_px:
        yield Note(
            QT_TRANSLATE_NOOP("core", "It takes images of {side} px."), {"side": build.image_px}
        )
    if build.stem == "small":
        yield Note(QT_TRANSLATE_NOOP("core", "It has the stem for tiny images."))


def _wrong_model(path: Path, fit: Fit, found: Fit | None) -> WeightsError:
    if found is not None and (found.is_exact or found.has_backbone):
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


def _no_network(path: Path, entries: FileEntries) -> WeightsError:
    if entries.unusable:
        return _unusable(path, entries)
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” fits no model of the catalog."),
        QT_TRANSLATE_NOOP(
            "core",
            "It holds {count} tensors, for example {example}. The studio knows the networks for "
            "classification of torchvision and timm.",
        ),
        name=path.name,
        count=len(entries.tensors),
        example=next(iter(entries.tensors))[:100],
    )


def _unusable(path: Path, entries: FileEntries) -> WeightsError:
    """The sentence for a file whose tensors cannot be used, or that has none."""
    reasons = {*entries.unusable.values()}
    if "quantised" in reasons:
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds a quantised network."),
            QT_TRANSLATE_NOOP(
                "core",
                "Choose the file from before quantisation: its numbers are too coarse to train on.",
            ),
            name=path.name,
        )
    if "meta" in reasons:
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds the shapes of a network and no values."),
            QT_TRANSLATE_NOOP("core", "It was saved from torch's meta device; save it again."),
            name=path.name,
        )
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” holds no weights of a network."),
        QT_TRANSLATE_NOOP("core", "Choose a .pth, .pt or .safetensors file."),
        name=path.name,
    )


def _counts(fit: Fit) -> dict[str, object]:
    """The values of the sentences above that tell how a file does not fit."""
    return {
        "model": fit.model,
        "missing": len(fit.missing),
        "unexpected": len(fit.unexpected) + len(fit.outside),
        "mismatched": len(fit.mismatched),
        "example": fit.example or fit.model,
    }


def _report_entries(opened: OpenedWeights) -> Iterator[ReportEntry]:
    """A row for each entry, what needs a look first; what is set aside stands in groups."""
    fit, names = opened.fit, opened.names
    wanted = expected_shapes(fit.model, fit.num_classes, opened.build)

    def stored(name: str) -> str:
        return names.stored[name]

    for name, source in fit.mismatched.items():
        yield ReportEntry(
            EntryState.OTHER_SHAPE, name, stored(source), names.shapes[source], wanted[name]
        )
    for name in fit.missing:
        yield ReportEntry(EntryState.MISSING, name, wanted=wanted[name])
    for name in (*fit.unexpected, *fit.outside):
        yield ReportEntry(EntryState.UNEXPECTED, name, stored(name), names.shapes[name])
    for name in opened.entries.unusable:
        yield ReportEntry(EntryState.UNEXPECTED, name, name)
    for name, tensors in _groups((*fit.aside, *fit.auxiliary), fit.place).items():
        yield ReportEntry(EntryState.SET_ASIDE, name, name, tensors=tensors)
    for name, source in fit.sources.items():
        yield ReportEntry(
            EntryState.MATCHED, name, stored(source), names.shapes[source], wanted[name]
        )


def _groups(names: tuple[str, ...], place: str) -> dict[str, int]:
    """Count names by their beginnings: up to the first part that `place` does not have."""
    groups, own = Counter[str](), place.split(".")
    for name in names:
        parts = name.split(".")
        same = next((n for n, part in enumerate(parts) if own[n : n + 1] != [part]), 0)
        groups[".".join(parts[: same + 1])] += 1
    return dict(groups)


def _packing_notes(opened: OpenedWeights) -> Iterator[Note]:
    """What had to be taken off, chosen and left out to get at the network."""
    fit, names = opened.fit, opened.names
    nest = names.nests.get(next(iter(fit.sources.values()), ""), "")
    if nest:
        yield Note(
            QT_TRANSLATE_NOOP("core", "The weights were found under “{key}” in the file."),
            {"key": nest},
        )
    prefix = fit.place.removeprefix(f"{nest}.") if nest else fit.place
    if prefix:
        yield Note(
            QT_TRANSLATE_NOOP("core", "The prefix “{prefix}” was taken off all names."),
            {"prefix": prefix},
        )
    if len(fit.copies) > 1:
        others = [place.rstrip(".") for place in fit.copies if place != fit.place]
        yield Note(
            QT_TRANSLATE_NOOP("core", "The file also holds the network as {others}."),
            {"others": ", ".join(others[:_NAMED])},
        )
    groups = _groups(fit.aside, fit.place)
    if groups:
        yield Note(
            QT_TRANSLATE_NOOP("core", "No part of the network, and left out: {names}."),
            {"names": ", ".join([*groups][:_NAMED]) + (" …" if len(groups) > _NAMED else "")},
        )
    strange = (*fit.unexpected, *fit.outside)
    if strange:
        yield Note(
            QT_TRANSLATE_NOOP(
                "core", "{count} tensors beside the network are left out, for example {example}."
            ),
            {"count": len(strange), "example": strange[0][:100]},
        )
    unusable = opened.entries.unusable
    if unusable:
        name, kind = next(iter(unusable.items()))
        yield Note(
            QT_TRANSLATE_NOOP(
                "core", "{count} tensors cannot be used, for example {example} ({kind})."
            ),
            {"count": len(unusable), "example": name[:100], "kind": kind},
        )
    if fit.has_zero_bias:
        yield Note(QT_TRANSLATE_NOOP("core", "The head in the file has no bias; it gets zeros."))


def _tensors(opened: OpenedWeights, notes: list[Note]) -> dict[str, torch.Tensor]:
    """Own copies of the tensors, in the types that the network computes with."""
    fit, path = opened.fit, opened.path
    dtypes = expected_dtypes(fit.model, opened.build)
    shapes = expected_shapes(fit.model, fit.num_classes, opened.build)
    tensors = {name: torch.zeros(shapes[name], dtype=dtypes[name]) for name in fit.filled}
    converted: set[str] = set()
    for name, source in fit.sources.items():
        value = opened.entries.tensors[opened.names.stored[source]].detach()
        if dtypes[name].is_floating_point and not value.dtype.is_floating_point:
            raise _unusable(path, FileEntries(unusable={name: "quantised"}))
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
    network: nn.Module,
    raw: RawWeights,
    told: WeightsMetadata,
    has_auxiliary: bool,
    notes: list[Note],
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
    guess = not has_auxiliary and not untrained
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
