"""File dialogs that do not stop the window: they answer through a callback.

Each begins in the folder that a person last chose for the same kind of thing, or else in one of the
studio's own: never among the photos that happen to be open. That folder is looked for off the GUI
thread, as its drive may be gone.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from shiboken6 import isValid

from tlstudio.core.classroom import SUFFIX as PACK_SUFFIX
from tlstudio.core.storage import documents_dir, is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import language
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.tasks import TaskPool

# What Qt's own dialog says and its Korean translation lacks: ours adds it.
QT_LACKS = (
    QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"),
    QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"),
)
WAIT_MS = 400  # for the folder of the last time; then the dialog begins elsewhere


class Desk(Protocol):
    """The part of the session that file dialogs need."""

    @property
    def preferences(self) -> Preferences: ...
    @property
    def disk_pool(self) -> TaskPool: ...


class Place(StrEnum):
    """The kinds of things whose last folders are remembered apart."""

    DATASETS = "datasets"
    IMAGES = "images"
    WEIGHTS = "weights"
    CODE = "code"
    FIGURES = "figures"  # charts and tables
    REPORTS = "reports"
    EXPORTS = "exports"
    CLASSES = "classes"  # class packs and questions
    KEPT = "kept"  # where the studio keeps runs, features and weights


class Filter(NamedTuple):
    """Files of a kind: their title, their patterns apart by spaces, and where they lie."""

    title: str
    globs: str
    place: Place

    @property
    def suffix(self) -> str:
        """The suffix that is offered, with its dot."""
        return self.globs.split()[0].removeprefix("*")

    def names(self, path: Path) -> bool:
        """Whether a file is called like one of this kind."""
        return f"*{path.suffix.lower()}" in self.globs.split()


IMAGES = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Images"),
    "*.jpg *.jpeg *.jpe *.jfif *.png *.bmp *.gif *.webp *.tif *.tiff *.avif *.heic *.heif *.ppm "
    "*.pgm *.jp2 *.ico",
    Place.IMAGES,
)
DATASETS = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Datasets"),
    "*.zip *.tar *.gz *.tgz *.bz2 *.tbz2 *.xz *.txz *.csv *.tsv *.txt *.jsonl *.parquet *.bin "
    "*-ubyte",
    Place.DATASETS,
)
ANY_DATASET = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "All files"), "*", Place.DATASETS
)  # those of CIFAR have no suffix
VIDEOS = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Videos"),
    "*.mp4 *.mov *.m4v *.avi *.mkv *.webm *.mpg *.wmv *.gif *.webp",
    Place.IMAGES,
)
WEIGHTS = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Weights"),
    "*.pth *.pt *.ckpt *.safetensors *.bin *.tar *.th *.pkl",
    Place.WEIGHTS,
)
ANY_WEIGHTS = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "All files"), "*", Place.WEIGHTS
)  # packed ones, and those that say what they are when they are opened
CLASS_NAMES = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Names of classes"), "*.txt *.json *.names", Place.WEIGHTS
)
PRETRAINED = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Weights"),
    "*.pth *.pt *.safetensors *.bin *.tar *.th",
    Place.WEIGHTS,
)
STATE_DICT = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "PyTorch state dict"), "*.pth *.pt", Place.WEIGHTS
)
SAFETENSORS = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "safetensors"), "*.safetensors", Place.WEIGHTS
)
WEIGHTS_TARGETS = (STATE_DICT, SAFETENSORS)
WHOLE_MODEL = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Whole PyTorch model"), "*.pth *.pt", Place.WEIGHTS
)
CLASS_PACK = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Class pack"), f"*{PACK_SUFFIX}", Place.CLASSES
)
QUIZ = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Questions"), "*.txt", Place.CLASSES)
MANIFEST = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Manifest"), "*.jsonl", Place.DATASETS)
SPLIT = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Split as a table"), "*.csv", Place.DATASETS)
EDITS = Filter(
    QT_TRANSLATE_NOOP("file_dialogs", "Manifest or split"), "*.jsonl *.csv", Place.DATASETS
)
CSV = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Table"), "*.csv", Place.FIGURES)
SVG = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Drawing"), "*.svg", Place.FIGURES)
PNG = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Picture"), "*.png", Place.FIGURES)
HTML = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Web page"), "*.html *.htm", Place.REPORTS)
PDF = Filter(QT_TRANSLATE_NOOP("file_dialogs", "PDF"), "*.pdf", Place.REPORTS)
TEXT = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Text"), "*.txt", Place.REPORTS)
SCRIPT = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Python script"), "*.py", Place.CODE)
NOTEBOOK = Filter(QT_TRANSLATE_NOOP("file_dialogs", "Jupyter notebook"), "*.ipynb", Place.CODE)


def ask_folder(
    parent: QWidget,
    desk: Desk,
    title: str,
    chosen: Callable[[Path], object],
    place: Place = Place.DATASETS,
) -> None:
    """Ask for one folder."""

    def prepare(dialog: QFileDialog) -> None:
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    # Qt names the row of the list first and a typed path after it
    _ask(parent, desk, title, place, prepare, lambda paths: chosen(paths[-1]))


def ask_files(
    parent: QWidget,
    desk: Desk,
    title: str,
    filters: tuple[Filter, ...],
    chosen: Callable[[list[Path]], object],
    *,
    several: bool = True,
) -> None:
    """Ask for existing files; for one only unless `several`."""

    def prepare(dialog: QFileDialog) -> None:
        modes = QFileDialog.FileMode
        dialog.setFileMode(modes.ExistingFiles if several else modes.ExistingFile)
        dialog.setNameFilters(_name_filters(filters))

    _ask(parent, desk, title, filters[0].place, prepare, chosen)


def ask_target(
    parent: QWidget,
    desk: Desk,
    title: str,
    name: str,
    filters: tuple[Filter, ...],
    chosen: Callable[[Path], object],
) -> None:
    """Ask where to write. The suffix of the chosen filter is added where none was typed."""

    def prepare(dialog: QFileDialog) -> None:
        assert isinstance(dialog, _Dialog)
        dialog.prepare_target(name, filters)

    _ask(
        parent,
        desk,
        title,
        filters[0].place,
        prepare,
        lambda paths: chosen(_with_suffix(paths[0], filters, filters[0].suffix)),
    )


class _Dialog(QFileDialog):
    """A dialog that knows which suffixes there are.

    Qt takes whatever follows a dot for one, as in “89.4 %”, and would add none.
    """

    def __init__(self, parent: QWidget, title: str, place: Place) -> None:
        super().__init__(parent, title)
        self.place = place
        self._filters: tuple[Filter, ...] = ()

    def prepare_target(self, name: str, filters: tuple[Filter, ...]) -> None:
        """Ask where to write; `name` is offered, with the suffix of the filter."""
        self._filters = filters
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        self.setNameFilters(_name_filters(filters))
        self.setDefaultSuffix(filters[0].suffix.removeprefix("."))
        self.filterSelected.connect(self._on_filter_selected)
        self.selectFile(str(_with_suffix(Path(name), filters, filters[0].suffix)))

    def accept(self) -> None:
        """Add the suffix first, so that Qt asks about a file of that name."""
        if self._filters and (typed := self.selectedFiles()):
            self._set_path(_with_suffix(Path(typed[0]), self._filters, self._suffix))
        super().accept()

    @property
    def _suffix(self) -> str:
        names = self.nameFilters()
        return self._filters[names.index(self.selectedNameFilter())].suffix

    def _on_filter_selected(self) -> None:
        suffix = self._suffix
        self.setDefaultSuffix(suffix.removeprefix("."))
        if typed := self.selectedFiles():
            path = Path(typed[0])
            self._set_path(path.with_suffix(suffix) if _is_suffix(path, self._filters) else path)

    def _set_path(self, path: Path) -> None:
        """As `selectFile`, which leaves a field alone that a person types in."""
        is_here = path.parent == Path(self.directory().absolutePath())
        name = path.name if is_here else str(path)  # a folder that was typed stays
        field = self.findChild(QLineEdit, "fileNameEdit")
        if field is None:  # the system's own dialog
            self.selectFile(name)
        else:
            field.setText(name)


def _is_suffix(path: Path, filters: tuple[Filter, ...]) -> bool:
    """Whether the end of its name is that of a kind of files, and not a part of the name."""
    return any(row.names(path) for row in filters)


def _with_suffix(path: Path, filters: tuple[Filter, ...], suffix: str) -> Path:
    return path if _is_suffix(path, filters) else path.with_name(path.name + suffix)


def _name_filters(filters: tuple[Filter, ...]) -> list[str]:
    return [
        f"{QCoreApplication.translate('file_dialogs', row.title)} ({row.globs})" for row in filters
    ]


def _ask(
    parent: QWidget,
    desk: Desk,
    title: str,
    place: Place,
    prepare: Callable[[QFileDialog], object],
    chosen: Callable[[list[Path]], object],
) -> None:
    """Open a dialog as soon as it is known where it can begin."""
    opened: list[QFileDialog] = []

    def begin(folder: str) -> None:
        if opened or not isValid(parent):
            return
        dialog = _Dialog(parent, title, place)
        if language.current() != language.resolve("system"):
            # the system's own dialog would speak the system's language
            dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setDirectory(folder)
        prepare(dialog)
        opened.append(dialog)
        _open(dialog, desk.preferences, chosen)

    def begin_elsewhere() -> None:
        if not opened:
            desk.disk_pool.submit(_start_folder, place, "", done=begin)

    last = desk.preferences.last_folder(place)
    desk.disk_pool.submit(_start_folder, place, last, done=begin)
    if last:
        QTimer.singleShot(WAIT_MS, parent, begin_elsewhere)


def _start_folder(place: Place, last: str) -> str:
    """The folder of the last time, the studio's own for what it writes, or a person's home.

    For a worker: it asks disks.
    """
    if last and is_there(Path(last)):
        return last
    if place in (Place.DATASETS, Place.IMAGES):
        return str(Path.home())
    own = documents_dir()
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError:
        return str(Path.home())
    return str(own)


def _open(
    dialog: _Dialog, preferences: Preferences, chosen: Callable[[list[Path]], object]
) -> None:
    def on_accepted() -> None:
        paths = [Path(name) for name in dialog.selectedFiles()]
        if paths:
            preferences.keep_last_folder(dialog.place, str(paths[-1].parent))
            chosen(paths)

    dialog.accepted.connect(on_accepted)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
