"""A class pack: images, weights, settings, lesson and quiz of a class as one file.

It is a zip archive with a manifest, which names every other file with its size and SHA-256. Nothing
in it is code, and a file whose name or kind no pack has is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from tlstudio.core.config.run_config import MACHINE_FIELDS, RunConfig
from tlstudio.core.errors import StorageError
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.storage import is_device_name
from tlstudio.core.texts import QT_TRANSLATE_NOOP, readable

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex

VERSION = 1

MANIFEST = "pack.json"
SETTINGS = "settings.json"
QUIZ = "quiz.txt"
DATASET = "dataset"  # the folder of images
WEIGHTS = "weights"  # the folder of pretrained weights, with one for each network
START = "start"  # the folder of the file that training starts from

MAX_FILES = 300_000
MAX_MANIFEST_BYTES = 64 << 20
MAX_TEXT_BYTES = 1 << 20  # settings, and a quiz
_MAX_TITLE, _MAX_NOTE = 500, 20_000  # characters; what is longer is cut where it is read
_MAX_DEPTH = 6
_MAX_NAME_BYTES = 200  # of one part; systems take 255
_FORBIDDEN = frozenset('<>:"\\|?*')


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a pack, by its path there."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackedDataset:
    """The dataset of a class.

    Attributes:
        title: as a person reads it.
        folder: its folder in the pack; empty where `sample` says which.
        sample: the name of a dataset that comes with every studio.
        images: how many there are.
    """

    title: str
    folder: str = ""
    sample: str = ""
    images: int = 0


@dataclass(frozen=True, slots=True)
class PackedWeights:
    """Pretrained weights by their name in the catalog, and their file in the pack."""

    model: str
    weights: str
    file: str

    @property
    def name(self) -> WeightsName:
        return WeightsName(self.model, self.weights)


@dataclass(frozen=True, slots=True)
class PackManifest:
    """What a pack says of itself.

    Attributes:
        title: what the class is about; also the name of the folder that it opens into.
        note: what the teacher wants to say; may have several lines.
        made_with: the version of the studio.
        dataset: None for a class that brings none.
        weights: of the networks.
        lesson: the place in the Learn window to begin at, e.g. ``lesson/convolution``; may be
            empty.
        files: all of the pack but the manifest itself.
    """

    title: str
    note: str = ""
    made_with: str = ""
    dataset: PackedDataset | None = None
    weights: tuple[PackedWeights, ...] = ()
    lesson: str = ""
    files: tuple[PackedFile, ...] = ()

    @property
    def total_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    def bytes_below(self, folder: str) -> int:
        """The size of the files in one folder of the pack, or of one file."""
        start = f"{folder}/"
        return sum(f.size_bytes for f in self.files if f.name == folder or f.name.startswith(start))

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return any(file.name == name for file in self.files)

    @property
    def start_file(self) -> str:
        """The file that training starts from; empty without one."""
        return next((f.name for f in self.files if f.name.startswith(f"{START}/")), "")

    def to_json(self) -> str:
        values = {"tlstudio_pack": VERSION, **asdict(self)}
        return json.dumps(values, ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True)
class PackContents:
    """What a person wants to put into a pack.

    Attributes:
        index: the dataset; its images are packed as they are used and split now.
        sample: the name of a dataset of every studio, in place of `index`.
        weights: pretrained weights that are on this machine.
        config: the settings; None for those of whoever opens it.
        lesson: see `PackManifest`.
        quiz: a text file of questions.
    """

    title: str
    note: str = ""
    index: DatasetIndex | None = None
    sample: str = ""
    weights: tuple[WeightsName, ...] = ()
    config: RunConfig | None = None
    lesson: str = ""
    quiz: Path | None = None

    def is_empty(self) -> bool:
        """Whether there is nothing to pack."""
        things = (self.index, self.sample, self.weights, self.config, self.lesson, self.quiz)
        return not any(bool(thing) for thing in things)


@dataclass(frozen=True, slots=True)
class PackProgressed:
    """So many bytes of all are packed, or unpacked; `total_bytes` may be 0 while unknown."""

    done_bytes: int
    total_bytes: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class PackMade:
    """A pack that was written, and images that could not be read any more."""

    path: Path
    manifest: PackManifest
    size_bytes: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class PackOpened:
    """A pack that was taken over.

    Attributes:
        folder: that its files are in now.
        dataset: the folder to open; None for a sample dataset, or none at all.
        taken: weights that are on this machine now.
        known: weights that were there before.
        config: the settings; None where it has none.
        quiz: its file of questions; None where it has none.
        was_there: it had been opened before, and its files lie where they did.
    """

    manifest: PackManifest
    folder: Path
    dataset: Path | None = None
    taken: tuple[WeightsName, ...] = ()
    known: tuple[WeightsName, ...] = ()
    config: RunConfig | None = None
    quiz: Path | None = None
    was_there: bool = False


def travelling(config: RunConfig) -> RunConfig:
    """The settings without what only this machine has."""
    usual = RunConfig()
    return config.changed(**{name: getattr(usual, name) for name in MACHINE_FIELDS})


def arrived(config: RunConfig, here: RunConfig) -> RunConfig:
    """The settings of a pack, with what `here` says of the machine."""
    return config.changed(**{name: getattr(here, name) for name in MACHINE_FIELDS})


def manifest_from_json(text: str, pack: str) -> PackManifest:
    """Read what `PackManifest.to_json` wrote, whoever wrote this one.

    Args:
        pack: the name of the file, for sentences.

    Raises:
        StorageError: it is no manifest, of another version, or names files that no pack has.
    """
    try:
        values = json.loads(text)
        version = values.pop("tlstudio_pack")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise not_a_pack(pack) from error
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        raise (
            StorageError(
                QT_TRANSLATE_NOOP("core", "“{name}” was made by a newer TLStudio."),
                QT_TRANSLATE_NOOP("core", "Update TLStudio to open it; the file stays as it is."),
                name=pack,
            )
            if newer
            else not_a_pack(pack)
        )
    try:
        manifest = _manifest(values)
    except (ValueError, TypeError, RecursionError) as error:
        raise not_a_pack(pack) from error
    _check(manifest, pack)
    return manifest


def not_a_pack(pack: str) -> StorageError:
    """The file is something else, or was not written to its end."""
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” is no class pack, or was not copied to its end."),
        QT_TRANSLATE_NOOP("core", "Copy it again, or ask whoever made it."),
        name=pack,
    )


def refused(pack: str, file: str) -> StorageError:
    """A file in the pack is not as the manifest or the format has it."""
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” is not opened: “{file}” in it does not belong there."),
        QT_TRANSLATE_NOOP("core", "Nothing was taken from it. Ask whoever made it."),
        name=pack,
        file=file[:80],
    )


def _manifest(values: Mapping[str, Any]) -> PackManifest:
    from pydantic import TypeAdapter  # not before it is needed

    made: PackManifest = TypeAdapter(PackManifest).validate_python(values)
    dataset = made.dataset
    if dataset is not None:
        dataset = replace(dataset, title=_words(dataset.title, _MAX_TITLE))
    return replace(
        made,
        title=_words(made.title, _MAX_TITLE).strip("� "),
        note=_words(made.note, _MAX_NOTE),
        made_with=_words(made.made_with, _MAX_TITLE),
        lesson=_words(made.lesson, _MAX_TITLE),
        dataset=dataset,
    )


def _words(text: str, most: int) -> str:
    """What whoever made it wrote, as a window or a terminal can show it."""
    text = readable(text)
    return text if len(text) <= most else f"{text[:most]}…"


def _check(manifest: PackManifest, pack: str) -> None:
    """Raise StorageError for a file that no pack has, by its name alone."""
    if not manifest.title.strip() or len(manifest.files) > MAX_FILES:
        raise not_a_pack(pack)
    seen: set[str] = set()
    for file in manifest.files:
        spelled = normalize("NFC", file.name).casefold()  # as systems that take both for one
        if not _is_plain(file.name) or spelled in seen or file.size_bytes < 0:
            raise refused(pack, file.name)
        if file.name in (SETTINGS, QUIZ) and file.size_bytes > MAX_TEXT_BYTES:
            raise refused(pack, file.name)
        seen.add(spelled)
    for name in seen:
        if name.rpartition("/")[0] in seen:  # a file within a file
            raise refused(pack, name)
    names = {file.name for file in manifest.files}
    dataset, images = manifest.dataset, set[str]()
    allowed = {SETTINGS, QUIZ, *(row.file for row in manifest.weights)}
    if manifest.start_file:
        allowed.add(manifest.start_file)
    if dataset is not None and dataset.folder:
        if PurePosixPath(dataset.folder).parts[:1] != (DATASET,) or not _is_plain(dataset.folder):
            raise refused(pack, dataset.folder)
        images = {name for name in names if name.startswith(f"{dataset.folder}/")}
        allowed |= images
    for name in sorted(names - allowed):
        raise refused(pack, name)
    if dataset is not None:
        is_one = bool(images) if dataset.folder else bool(dataset.sample)
        if not is_one or dataset.images != len(images):
            raise not_a_pack(pack)
    for row in manifest.weights:
        if row.file not in names or not row.file.startswith(f"{WEIGHTS}/"):
            raise refused(pack, row.file)


def _is_plain(name: str) -> bool:
    """Whether a path stays in its folder, and can be the name of a file on every system."""
    parts = name.split("/")
    return (
        0 < len(parts) <= _MAX_DEPTH
        and name.isprintable()
        and not _FORBIDDEN & set(name)
        and all(_is_plain_part(part) for part in parts)
    )


def _is_plain_part(part: str) -> bool:
    is_bounded = 0 < len(part.encode("utf-8", "surrogatepass")) <= _MAX_NAME_BYTES
    return is_bounded and not is_device_name(part) and part[0] != "." and part == part.rstrip(" .")
