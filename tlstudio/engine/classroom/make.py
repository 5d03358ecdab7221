"""Writes a class pack: what a class needs, in one file that opens without a network."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from tlstudio import __version__
from tlstudio.core.classroom.pack import (
    DATASET,
    MANIFEST,
    MAX_FILES,
    QUIZ,
    SETTINGS,
    START,
    WEIGHTS,
    PackContents,
    PackedDataset,
    PackedFile,
    PackedWeights,
    PackMade,
    PackManifest,
    PackProgressed,
    manifest_from_json,
    travelling,
)
from tlstudio.core.config.run_config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError, ImageError, StorageError, WeightsError
from tlstudio.core.lessons.quiz import read_questions
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.runs.events import Stopped, StopToken
from tlstudio.core.storage import atomic_path, check_room, safe_file_name
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.images import SUFFIXES, read_image
from tlstudio.engine.data.samples import find_sample
from tlstudio.engine.health.clean_copy import CopyNames
from tlstudio.engine.models.catalog import get_model, has_model, pretrained_path
from tlstudio.engine.weights.load import split_copy
from tlstudio.engine.weights.start import start_problem

_CHUNK = 1 << 20
_TICK_BYTES = 4 << 20  # between two events
_SAME_DATE = (1980, 1, 1, 0, 0, 0)  # the same contents make the same file, whenever


def packed_weights(config: RunConfig, others: tuple[WeightsName, ...] = ()) -> list[WeightsName]:
    """The weights that a pack with these settings must have: those that not every studio has.

    Raises:
        ConfigError: the catalog has no such network or weights.
        WeightsError: they are not on this machine.
    """
    wanted = list(others)
    if config.initialisation == "pretrained":
        chosen = get_model(config.model).weights_named(config.weights)
        if chosen is not None:
            wanted.insert(0, WeightsName(config.model, chosen.name))
    found: list[WeightsName] = []
    for name in dict.fromkeys(wanted):
        spec = get_model(name.model)
        chosen = spec.weights_named(name.weights)
        if chosen is None or chosen.place is WeightsPlace.ON_BOARD:
            continue
        if not chosen.ready:
            raise WeightsError(
                QT_TRANSLATE_NOOP("core", "The weights of {model} are not on this machine."),
                QT_TRANSLATE_NOOP("core", "Download them first, or leave the network out."),
                model=spec.title,
            )
        found.append(WeightsName(spec.name, chosen.name))
    return found


def make_pack(
    contents: PackContents, target: Path, stop: StopToken
) -> Iterator[PackProgressed | PackMade]:
    """Write a pack; the file is there whole, or not at all.

    Images are written as they are used now, in folders by split and class. Weights that every
    studio has on board are left out. Settings lose what only this machine has, and the file or run
    that training starts from goes along.

    Yields:
        Progress, and last of all `PackMade`, unless it was stopped.

    Raises:
        ConfigError, WeightsError: a network is unknown, or its weights are not here.
        DatasetError: there is nothing to pack, no image can be read, or there are too many.
        StorageError: a file cannot be read or written, or the disk is too full.
    """
    if contents.is_empty():
        raise DatasetError(QT_TRANSLATE_NOOP("core", "There is nothing to put into the pack."))
    with tempfile.TemporaryDirectory(prefix="tlstudio-pack-") as scratch:
        plan = _Plan(contents, Path(scratch))
        check_room(target.parent, plan.total_bytes, _MAKE_ROOM)
        try:
            with atomic_path(target) as temporary:
                with zipfile.ZipFile(temporary, "w", allowZip64=True) as archive:
                    writer = _Writer(archive, stop)
                    yield from plan.write(writer)
                    manifest = plan.manifest_of(tuple(writer.files))
                    _write_manifest(archive, manifest)
                size_bytes = temporary.stat().st_size
        except Stopped:
            return
    yield PackMade(target, manifest, size_bytes, plan.missing)


_MAKE_ROOM = QT_TRANSLATE_NOOP("core", "Make room, or choose a folder on another disk.")


class _Writer:
    """Puts files into the archive one by one, and keeps size and digest of each."""

    def __init__(self, archive: zipfile.ZipFile, stop: StopToken) -> None:
        self._archive = archive
        self._stop = stop
        self.files: list[PackedFile] = []
        self.done_bytes = 0

    def put(self, name: str, source: BinaryIO) -> Iterator[PackProgressed]:
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name, _SAME_DATE)  # images and weights hardly pack: as they are
        info.external_attr = 0o644 << 16
        with self._archive.open(info, "w", force_zip64=True) as target:
            while part := source.read(_CHUNK):
                self._stop.raise_if_stopped()
                digest.update(part)
                target.write(part)
                size += len(part)
                if size % _TICK_BYTES < _CHUNK:
                    yield PackProgressed(self.done_bytes + size, 0, name)
        self.done_bytes += size
        self.files.append(PackedFile(name, size, digest.hexdigest()))


def _write_manifest(archive: zipfile.ZipFile, manifest: PackManifest) -> None:
    info = zipfile.ZipInfo(MANIFEST, _SAME_DATE)
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, manifest.to_json())


class _Plan:
    """Everything that goes in, found before the first byte is written.

    Attributes:
        manifest: without its files.
        total_bytes: as far as it is known.
        missing: images that could not be read.
    """

    def __init__(self, contents: PackContents, scratch: Path) -> None:
        self.missing = 0
        self._texts: dict[str, bytes] = {}
        self._files: dict[str, Path] = {}
        self._images: list[tuple[str, ImageRef]] = []
        config, weights = contents.config, contents.weights
        if config is not None:
            weights = tuple(packed_weights(config, weights))
            config = self._with_start(travelling(config), scratch)
            self._texts[SETTINGS] = config.to_json().encode()
        else:
            weights = tuple(packed_weights(RunConfig(), weights))
        if contents.quiz is not None:
            read_questions(contents.quiz, has_model)  # its faults are told here, not to the class
            self._texts[QUIZ] = _read(contents.quiz)
        packed = tuple(self._weights(name) for name in weights)
        dataset = None
        if contents.sample:
            sample = find_sample(contents.sample)
            dataset = PackedDataset(sample.title, sample=sample.name)
        elif contents.index is not None:
            dataset = self._dataset(contents.index)
        self.manifest = PackManifest(
            _plain(contents.title) or "TLStudio",
            _plain(contents.note),
            __version__,
            dataset,
            packed,
            contents.lesson,
        )
        names = (*self._texts, *self._files, *(name for name, _ in self._images))
        asked = replace(self.manifest, files=tuple(PackedFile(name, 0, "") for name in names))
        manifest_from_json(asked.to_json(), contents.title)  # what is written, others can open
        self.total_bytes = sum(map(len, self._texts.values()))
        self.total_bytes += sum(path.stat().st_size for path in self._files.values())
        self.total_bytes += sum(_size_of(image) for _, image in self._images)

    def manifest_of(self, files: tuple[PackedFile, ...]) -> PackManifest:
        """The manifest of what was written: without the images that could not be read."""
        dataset = self.manifest.dataset
        if dataset is not None:
            dataset = replace(dataset, images=dataset.images - self.missing)
        return replace(self.manifest, dataset=dataset, files=files)

    def write(self, writer: _Writer) -> Iterator[PackProgressed]:
        """Put everything in, images last."""
        for progress in self._written(writer):
            yield replace(progress, total_bytes=max(self.total_bytes, progress.done_bytes))

    def _written(self, writer: _Writer) -> Iterator[PackProgressed]:
        for name, data in self._texts.items():
            yield from writer.put(name, io.BytesIO(data))
        for name, path in self._files.items():
            with _opened(path) as file:
                yield from writer.put(name, file)
        told = writer.done_bytes
        for name, image in self._images:
            try:
                data = _bytes_of(image)
            except (ImageError, OSError):
                self.missing += 1
                continue
            yield from writer.put(name, io.BytesIO(data))
            if writer.done_bytes - told > _TICK_BYTES:
                told = writer.done_bytes
                yield PackProgressed(told, 0, name)
        if self._images and self.missing == len(self._images):
            raise DatasetError(
                QT_TRANSLATE_NOOP("core", "None of the images can be read any more."),
                QT_TRANSLATE_NOOP("core", "Open the dataset again, or pack it without images."),
            )

    def _weights(self, name: WeightsName) -> PackedWeights:
        path = pretrained_path(*name)
        assert path is not None  # `packed_weights` looked
        folder = f"{WEIGHTS}/{safe_file_name(f'{name.model} {name.weights}')}"
        file = f"{folder}/{safe_file_name(path.stem)}{path.suffix}"
        self._files[file] = path
        return PackedWeights(*name, file)

    def _dataset(self, index: DatasetIndex) -> PackedDataset:
        if len(index.samples) > MAX_FILES - 100:
            raise DatasetError(
                QT_TRANSLATE_NOOP("core", "A class pack has {most} images at most."),
                most=f"{MAX_FILES - 100:,}",
            )
        folder = f"{DATASET}/{safe_file_name(index.name)}"
        names = CopyNames(index)
        for sample in index.samples:
            name = f"{folder}/{names.of(sample, by_split=True)}"
            if Path(name).suffix.lower() not in SUFFIXES:
                name += ".png"
            self._images.append((name, sample.image))
        return PackedDataset(index.name, folder, images=len(index.samples))

    def _with_start(self, config: RunConfig, scratch: Path) -> RunConfig:
        """The settings, starting from a file of the pack where they start from one here."""
        if config.initialisation != "file":
            return config.changed(start_from="")
        problem = start_problem(config.start_from)
        if problem is not None:
            raise problem
        path, copy = split_copy(config.start_from)
        if path.is_dir():
            path = _weights_of_run(path, scratch)
        name = f"{START}/{safe_file_name(path.stem)}{path.suffix}"
        self._files[name] = path
        return config.changed(start_from=f"{name}#{copy}" if copy else name)


def _weights_of_run(folder: Path, scratch: Path) -> Path:
    from tlstudio.engine.runs.weights import read_classifier  # which rebuilds networks
    from tlstudio.engine.weights.save import save_weights

    path = scratch / f"{safe_file_name(folder.name)}.safetensors"
    save_weights(read_classifier(folder), path, which="best")
    return path


def _plain(text: str) -> str:
    """What somebody typed, as a file can keep it."""
    return text.encode("utf-8", "replace").decode().strip()


def _bytes_of(image: ImageRef) -> bytes:
    if image.suffix not in SUFFIXES:
        made = io.BytesIO()
        read_image(image).save(made, "PNG")
        return made.getvalue()
    with image.open() as file:
        return file.read()


def _size_of(image: ImageRef) -> int:
    try:
        return image.stat().size_bytes
    except OSError:
        return 0


def _read(path: Path) -> bytes:
    with _opened(path) as file:
        return file.read()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be read."), name=path.name
        ) from error
